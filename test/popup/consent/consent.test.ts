/** The prompt window in a real Chromium: trusted input, real focus, and the manifest's policy (T-13 … T-18). */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { readToEnd as armed } from '../../../drivers/prompt.ts';
import { QUIET_MS } from '../../../src/popup/consent/arming.ts';
import type { PromptView } from '../../../src/shared/prompt.ts';
import type { Fake } from '../support/fake-browser.ts';
import { PROMPTS } from '../support/scenes.ts';
import { textOf } from '../support/reading.ts';
import { stageForTests } from '../support/open.ts';

declare const fake: Fake;

const stage = stageForTests();

const show = async (flow: string): Promise<Page> => {
  const page = await stage.open(`consent.html?flow=${flow}`);
  await page.waitForSelector('#stage, .framed, main p');
  return page;
};
const sent = (page: Page) => page.evaluate(() => fake.sent);
/** Long enough for a message that should not be sent to have been sent. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 150));
const change = (page: Page, view: Partial<PromptView> | null) =>
  page.evaluate((next) => {
    fake.prompt = next && fake.prompt && { ...fake.prompt, ...next };
    fake.ring();
  }, view);

const DECISION = { flow: 'f1', nonce: 'nonce-1', digest: 'd1'.repeat(32) };
const ALLOWED = [
  { call: 'decide', params: { ...DECISION, decision: 'allow', duration: 'always' } },
];
const DENIED = [{ call: 'decide', params: { ...DECISION, decision: 'deny' } }];

describe('what is shown', () => {
  it('the whole addresses, and new scopes apart from held ones', async () => {
    const page = await show('step-up');
    expect(await textOf(page, '#site')).toBe('https://chat.example.com');
    expect(await textOf(page, '#server')).toBe('https://mcp.files.example.net/v1');
    expect(await textOf(page, '#provider')).toBe('https://login.example.net');
    const scopes = (id: string) =>
      page.$$eval(`#${id} code`, (codes) => codes.map((code) => code.textContent));
    expect(await scopes('scopes-new')).toEqual(['files:write', 'files:delete']);
    expect(await scopes('scopes-held')).toEqual(['files:read', 'offline_access']);
    expect(await page.$eval('#stage', (main) => main.getAttribute('data-stage'))).toBe('allow');
  });

  it('every warning that there is cause for', async () => {
    const page = await show('warnings');
    expect(await textOf(page, '#provider-changed dl')).toBe(
      'fromhttps://login.example.nettohttps://login.exarnple.net',
    );
    expect(await textOf(page, '#wider')).toBe(
      'This covers everything at https://mcp.files.example.net',
    );
    expect(await textOf(page, '#foreign-hosts ul')).toBe('api.exarnple.nettokens.example.org:8443');
    expect((await page.$$('#scopes-new .mark-warn')).length).toBe(3);
    expect(await page.$('#many-scopes')).toBeNull();
  });

  it('that the host does not confirm what the server asks for (Z41)', async () => {
    const page = await show('unconfirmed');
    expect(await textOf(page, '#declared.warning-grave ul')).toBe('https://mcp.files.example.net');
    expect((await page.$$('.warning')).length).toBe(1);
  });

  it('that a new host takes part, apart from those that were shown before, and where one signs in (Z42)', async () => {
    const page = await show('new-hosts');
    expect(await textOf(page, '#new-hosts.warning-grave ul')).toBe('login.honest.example.org');
    expect(await textOf(page, '#signs-in-at.warning-grave ul')).toBe('login.honest.example.org');
    expect(await textOf(page, '#foreign-hosts ul')).toBe('api.example.net');
  });

  it('that the provider protects less than it did, and nothing of a page at its own domain (T-43)', async () => {
    const page = await show('weaker');
    expect(await page.$('#weaker.warning-grave')).not.toBeNull();
    expect(await page.$('#signs-in-at')).toBeNull();
    expect((await page.$$('.warning')).length).toBe(1);
  });

  it('whose access at other sites a sign-in would end (P1)', async () => {
    const page = await show('ends-others');
    expect(await textOf(page, '#ends-others ul')).toBe(
      'https://notes.example.co.ukhttps://board.example.org',
    );
    expect((await page.$$('.warning')).length).toBe(1);
  });

  it('that a sign-in may end another site’s access where more sites sign in than can be told apart (Z56)', async () => {
    const page = await show('crowded');
    expect(await textOf(page, '#crowded')).toMatch(/may end another site’s access/);
    expect((await page.$$('.warning')).length).toBe(1);
  });

  it('that less is asked for since the provider refused more, and nothing else for that (Z45)', async () => {
    const page = await show('fewer');
    expect(await textOf(page, '#fewer')).toMatch(/asks for less/);
    expect(await page.$('.warning')).toBeNull();
    const none = await show('fewer-none');
    expect(await textOf(none, '#server-decides')).toBe('The server decides what this site can do.');
  });

  it('no warning without a cause', async () => {
    const page = await show('allow');
    expect(await page.$('.warning')).toBeNull();
  });

  it('a list of more than twenty new scopes is pointed out', async () => {
    expect(await (await show('long-list')).$('#many-scopes')).not.toBeNull();
  });

  it('markup in a name stays text', async () => {
    const page = await show('allow');
    const { snapshot } = PROMPTS['allow']!;
    const added = ['<img/src=x/onerror=alert(1)>', '<script>alert(1)</script>'];
    await change(page, {
      snapshot: {
        ...snapshot,
        asked: 'javascript:alert(1)//<b>x</b>',
        scopes: { added, held: [] },
      },
    });
    await page.waitForFunction(() => document.querySelectorAll('#scopes-new li').length === 2);
    expect(await textOf(page, '#scopes-new code')).toBe(added[0]);
    expect(await page.$('main img, main script, main b, a')).toBeNull();
  });

  it('Deny has the focus, and Allow can be reached but says that it sleeps', async () => {
    const page = await show('allow');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('deny');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('allow');
    expect(await page.$eval('#allow', (button) => button.ariaDisabled)).toBe('true');
    await armed(page);
    expect(await page.$eval('#allow', (button) => button.ariaDisabled)).toBe('false');
    expect(await textOf(page, '[role=status]')).toBe('Allow is ready.');
  });
});

describe('Allow', () => {
  it('a click at once does nothing; one after waking decides, and a double-click decides once', async () => {
    const page = await show('allow');
    await page.click('#allow');
    await pause();
    expect(await sent(page)).toEqual([]);
    await armed(page);
    await page.click('#allow', { count: 2 });
    await page.waitForSelector('#step');
    await pause();
    expect(await sent(page)).toEqual(ALLOWED);
  });

  it('a press that began before waking does nothing', async () => {
    const page = await show('allow');
    await page.hover('#allow');
    await page.mouse.down();
    await armed(page);
    await page.mouse.up();
    await pause();
    expect(await sent(page)).toEqual([]);
  });

  it('a click made by a script does nothing', async () => {
    const page = await show('allow');
    await armed(page);
    await page.$eval('#allow', (button) => (button as HTMLElement).click());
    await pause();
    expect(await sent(page)).toEqual([]);
  });

  it.each(['Enter', 'Space'] as const)(
    '%s that is held does nothing; a new press decides',
    async (key) => {
      const page = await show('allow');
      await page.focus('#allow');
      await page.keyboard.down(key);
      await armed(page);
      await page.keyboard.down(key);
      await page.keyboard.up(key);
      await pause();
      expect(await sent(page)).toEqual([]);
      await page.keyboard.press(key);
      await page.waitForSelector('#step');
      expect(await sent(page)).toEqual(ALLOWED);
    },
  );

  it('a change of what is shown puts Allow back to sleep and the focus back on Deny', async () => {
    const page = await show('allow');
    await armed(page);
    await page.focus('#allow');
    const { snapshot } = PROMPTS['allow']!;
    await change(page, {
      nonce: 'nonce-2',
      digest: 'd2',
      snapshot: { ...snapshot, scopes: { added: ['admin'], held: [] } },
    });
    await page.waitForSelector('#allow[data-armed="false"]');
    await page.click('#allow');
    await pause();
    expect(await sent(page)).toEqual([]);
    expect(await textOf(page, '#scopes-new code')).toBe('admin');
    await armed(page);
    await page.click('#allow');
    await page.waitForSelector('#step');
    expect(await sent(page)).toEqual([
      {
        call: 'decide',
        params: {
          flow: 'f1',
          nonce: 'nonce-2',
          digest: 'd2',
          decision: 'allow',
          // What is powerful is not preset to last for ever.
          duration: 'day',
        },
      },
    ]);
  });

  it('another window in front, or a resize, puts Allow back to sleep', async () => {
    const page = await show('allow');
    await armed(page);
    const other = await stage.open('consent.html?flow=none');
    await page.waitForSelector('#allow[data-armed="false"]');
    await other.close();
    await page.bringToFront();
    await armed(page);
    await page.setViewport({ width: 400, height: 640 });
    await page.waitForSelector('#allow[data-armed="false"]');
    await armed(page);
    expect(await page.evaluate(() => fake.sent.filter(({ call }) => call === 'decide'))).toEqual(
      [],
    );
  });

  it('host access is asked for inside the click, and declining it is not a refusal', async () => {
    const page = await show('allow-host-access');
    await armed(page);
    await page.click('#allow');
    await page.waitForSelector('#step[data-step="host-access"]');
    expect(await page.evaluate(() => fake.requested)).toEqual([
      {
        origins: ['https://login.example.net/*', 'https://tokens.example.org/*'],
        active: true,
      },
    ]);
    expect(await sent(page)).toEqual([]);
    await page.evaluate(() => fake.answerHostAccess(false));
    await page.waitForSelector('#step[data-step="answering"]');
    expect(await sent(page)).toEqual(ALLOWED);
  });

  it('a decision that was not taken is asked for again, with its own wait', async () => {
    const page = await show('allow');
    await page.evaluate(() => (fake.accepts = false));
    await armed(page);
    await page.click('#allow');
    await page.waitForSelector('#allow[data-armed="false"]');
    await page.evaluate(() => (fake.accepts = true));
    await armed(page);
    await page.click('#allow');
    await page.waitForSelector('#step');
    expect(await sent(page)).toEqual([...ALLOWED, ...ALLOWED]);
  });
});

describe('Deny', () => {
  it('a click decides at once, without a question about hosts', async () => {
    const page = await show('allow-host-access');
    await page.click('#deny', { count: 2 });
    await page.waitForSelector('#step');
    await pause();
    expect(await sent(page)).toEqual(DENIED);
    expect(await page.evaluate(() => fake.requested)).toEqual([]);
  });

  it('a key decides only once the window has been looked at', async () => {
    const page = await show('allow');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    await pause();
    expect(await sent(page)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS + 100));
    await page.keyboard.press('Enter');
    await page.waitForSelector('#step');
    expect(await sent(page)).toEqual(DENIED);
  });

  it('is not what a key means while somebody types, and Not now closes without any answer (T-15, Z24)', async () => {
    const page = await show('allow');
    await armed(page);
    await page.keyboard.type('hello you', { delay: 100 });
    await pause();
    expect(await sent(page)).toEqual([]);
    await page.click('#later');
    expect(await page.evaluate(() => fake.closed)).toBe(true);
    expect(await sent(page)).toEqual([]);
  });
});

describe('afterwards', () => {
  it.each(['discovering', 'registering', 'authorizing', 'exchanging'])(
    '%s is told in a live region',
    async (step) => {
      const page = await show('discovering');
      await change(page, { step: step as PromptView['step'] });
      await page.waitForSelector(`[role=status] #step[data-step="${step}"]`);
      expect(await textOf(page, '.track [aria-current=step]')).toBe(await textOf(page, '#step'));
    },
  );

  it('a failure says what happened, where, and what to do', async () => {
    const page = await show('failed-issuer');
    const words = await textOf(page, '#failure');
    expect(words).toContain('came from a different sign-in provider');
    expect(words).toContain('login.example.net');
    expect(words).toContain('Don’t try again');
    await page.click('#close');
    expect(await page.evaluate(() => fake.closed)).toBe(true);
  });

  it('the window closes when its flow is gone', async () => {
    const page = await show('allow');
    await change(page, null);
    await page.waitForFunction(() => fake.closed);
    expect(await page.$('#allow')).toBeNull();
  });
});

it('a prompt that a page has opened shows nothing and asks nothing', async () => {
  const opener = await show('none');
  const popup = new Promise<Page | null>((resolve) => opener.once('popup', resolve));
  await opener.evaluate(() => void window.open('consent.html?flow=allow'));
  const page = (await popup)!;
  await page.waitForSelector('.framed');
  expect(await page.$('#allow, #deny')).toBeNull();
});
