/** Nothing is allowed unseen: at the real size of the window, in a real browser, by wheel, keys and focus (T-15). */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { readToEnd } from '../../../drivers/prompt.ts';
import type { PromptSnapshot } from '../../../src/shared/prompt.ts';
import type { Fake } from '../support/fake-browser.ts';
import { stageForTests } from '../support/open.ts';
import { unseen, watchPieces } from '../support/seen-pieces.ts';
import { textOf } from '../support/reading.ts';
import { PROMPTS } from '../support/scenes.ts';
import { MORE_PROMPTS } from '../support/scenes-prompt.ts';

declare const fake: Fake;

const stage = stageForTests();

/** The window less its title bar; CSS pixels. */
const WINDOW = { width: 460, height: 685 };

const show = async (flow: string, window = WINDOW): Promise<Page> => {
  const page = await stage.open(`consent.html?flow=${flow}`, (blank) => blank.setViewport(window));
  await page.waitForSelector('#allow');
  return page;
};
const isArmed = (page: Page) =>
  page.$eval('#allow', (one) => one.getAttribute('data-armed') === 'true');
const second = () => new Promise((resolve) => setTimeout(resolve, 1500));
const ask = async (page: Page, snapshot: Partial<PromptSnapshot>) => {
  await page.evaluate((changes) => {
    const { snapshot: held } = fake.prompt!;
    fake.prompt = { ...fake.prompt!, nonce: 'n2', digest: 'd2', snapshot: { ...held, ...changes } };
    fake.ring();
  }, snapshot);
  await page.waitForSelector('#allow[data-armed="false"]');
};
describe('Allow', () => {
  it('sleeps until the whole list was in view, and says how long it is (T-15, T-19)', async () => {
    const page = await show('long-list');
    await second();
    expect(await isArmed(page)).toBe(false);
    const labels = await page.evaluate(async () => {
      const seen = new Set<string>();
      for (let looks = 0; looks < 30; looks += 1) {
        seen.add(document.querySelector('#allow .label')?.textContent ?? '');
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
      return [...seen];
    });
    expect(labels).toEqual(['Scroll to read all 24']);
    expect(await page.$eval('#allow', (one) => one.ariaDisabled)).toBe('true');
    // The end alone is not all of it.
    await page.evaluate(() => scrollTo(0, 1e6));
    await second();
    expect(await isArmed(page)).toBe(false);
    await readToEnd(page);
    expect(await textOf(page, '#allow .label')).toBe('Allow');
  });

  const flows = Object.entries({ ...PROMPTS, ...MORE_PROMPTS });
  const asking = flows.filter(([, view]) => view?.step === 'deciding').map(([flow]) => flow);
  it.each(asking.filter((flow) => !/^(warnings|missing)/.test(flow)))(
    'wakes only after everything was in view: %s (T-15)',
    async (flow) => {
      const page = await show(flow, { width: 320, height: 420 });
      await watchPieces(page);
      const unmarked = await page.$$eval('.warning, .party, #scopes-new > li', (pieces) =>
        pieces.filter((one) => !one.matches('[data-read]') && !one.querySelector('[data-read]')),
      );
      expect(unmarked).toEqual([]);
      await readToEnd(page);
      expect(await unseen(page)).toEqual([]);
    },
  );

  it('sleeps for another question that was not seen, and for a window that is resized (T-15)', async () => {
    const page = await show('allow');
    await readToEnd(page);
    const added = Array.from({ length: 24 }, (_, i) => `area-${String(i)}:write`);
    await ask(page, { scopes: { added, held: [] } });
    await second();
    expect(await isArmed(page)).toBe(false);
  });

  it.each(['PageDown', 'ArrowDown'] as const)(
    'wakes for those who read with %s alone (T-15)',
    async (key) => {
      const page = await show('long-list');
      for (let presses = 0; presses < 80 && (await page.$('#allow[data-left]')); presses += 1) {
        await page.keyboard.press(key);
        await new Promise((resolve) => setTimeout(resolve, 120));
      }
      expect(await page.waitForSelector('#allow[data-armed="true"]')).not.toBeNull();
    },
  );

  it('leads on with each early press, and decides nothing by it (T-15)', async () => {
    const page = await show('long-list');
    await page.waitForSelector('#allow[data-left]');
    for (let presses = 0; presses < 9 && (await page.$('#allow[data-left]')); presses += 1) {
      await page.click('#allow');
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(await page.evaluate(() => fake.sent)).toEqual([]);
    await page.waitForSelector('#allow[data-armed="true"]');
  });
});

describe('a name that looks like another one', () => {
  it('takes an act of its own before Allow, and its letters are marked (T-17)', async () => {
    const page = await show('warnings');
    const marks = () => page.$$eval('#names mark', (all) => all.map((one) => one.textContent));
    expect(await marks()).toEqual(['m', 'rn']);
    await page.evaluate(() => scrollTo(0, 1e6));
    await second();
    await page.evaluate(() => scrollTo(0, 0));
    await second();
    expect(await isArmed(page)).toBe(false);
    // Under the footer a person can't click it either.
    await page.$eval('#confirm-name', (box) => box.scrollIntoView({ block: 'center' }));
    await page.click('#confirm-name');
    await readToEnd(page);
    const { snapshot } = PROMPTS['warnings']!;
    await ask(page, { ...snapshot, duration: 'day' });
    expect(await page.$eval('#confirm-name', (box) => (box as HTMLInputElement).checked)).toBe(
      false,
    );
  });
});

describe('what is in view', () => {
  it.each([460, 320])(
    'at %i px an address of 1,970 letters takes two lines, its host whole',
    async (width) => {
      const page = await show('allow', { width, height: 685 });
      await ask(page, { asked: `https://mcp.files.example.net/${'long-path/'.repeat(194)}` });
      await page.waitForSelector('#server .address-folded');
      const lines = await page.$eval('#server', (one) => one.getBoundingClientRect().height / 20);
      expect(lines).toBeLessThan(2.6);
      expect(await page.$eval('#server .address', (one) => one.textContent.length)).toBe(1970);
      await readToEnd(page);
      await page.click('.address-more');
      expect(await page.$('.address-folded')).toBeNull();
    },
  );

  it('has to be the provider that is picked among several, and what other parts add (T-15)', async () => {
    const page = await show('issuers');
    const picked = '.issuers [data-read="party provider"] :checked';
    expect(await page.$eval(picked, (one) => (one as HTMLInputElement).value)).toBe(
      MORE_PROMPTS['issuers']!.snapshot.issuer,
    );
    await ask(page, { fewer: true, issuers: [] });
    expect(await page.waitForSelector('#fewer[data-read]')).not.toBeNull();
  });

  it('permissions stand above the warnings, and none of the new ones below the fold in an ordinary question', async () => {
    const page = await show('warnings');
    const tops = await page.$$eval('#scopes-new, .warnings', (all) =>
      all.map((one) => one.getBoundingClientRect().top),
    );
    expect(tops[0]).toBeLessThan(tops[1]!);
  });

  it('of a loopback server host and port are strong, and the place is said once (T-17)', async () => {
    const page = await show('reach-local');
    const strong = await page.$$eval('.party strong', (all) => all.map((one) => one.textContent));
    expect(strong).toEqual(['localhost:5173', '127.0.0.1:8080']);
    expect((await page.$$('.party .mark')).length).toBe(1);
  });
});

describe('fewer permissions', () => {
  it('one click asks for reading only, and that is sent (Z45)', async () => {
    const page = await show('allow');
    await ask(page, { scopes: { added: ['a:read', 'a:write', 'offline_access'], held: [] } });
    await page.click('[name=mode][value=reading]');
    await readToEnd(page);
    await page.click('#allow');
    await page.waitForSelector('#step');
    const [sent] = await page.evaluate(() => fake.sent);
    expect(sent?.params).toMatchObject({
      decision: 'allow',
      scopes: ['a:read', 'offline_access'],
    });
  });

  it('stay the choice when the same is asked again, and are none for another list (Z45)', async () => {
    const page = await show('allow');
    const added = ['a:read', 'a:write', 'offline_access'];
    await ask(page, { scopes: { added, held: [] } });
    await page.click('[name=mode][value=reading]');
    const mode = () => page.$eval('[name=mode]:checked', (one) => (one as HTMLInputElement).value);
    // As after a sign-in that failed, and Try again.
    const again = async (scopes: string[], nonce: string) => {
      const step = async (part: object) => {
        await page.evaluate((given) => {
          fake.prompt = { ...fake.prompt!, ...given };
          fake.ring();
        }, part);
      };
      await step({ step: 'failed', failure: { code: 'connect_failed' } });
      await page.waitForSelector('#failure');
      const { snapshot } = (await page.evaluate(() => fake.prompt))!;
      const asked = { ...snapshot, scopes: { added: scopes, held: [] } };
      await step({ step: 'deciding', nonce, digest: nonce, failure: undefined, snapshot: asked });
      await page.waitForSelector('[name=mode]');
    };
    await again(added, 'n3');
    expect(await mode()).toBe('reading');
    await again([...added, 'b:write'], 'n4');
    expect(await mode()).toBe('all');
    await again(added, 'n5');
    // A question in which nothing can be chosen shows everything.
    await ask(page, { stage: 'hand' });
    await page.waitForFunction(() => document.querySelectorAll('#scopes-new code').length === 3);
  });

  it('118 are chosen from in groups, found by a search that hides nothing from the reading, and none is no answer (T-19, Z45)', async () => {
    const page = await show('allow');
    const added = Array.from(
      { length: 118 },
      (_, i) => `area-${String(i % 40)}.${String(i)}:${i % 3 ? 'read' : 'write'}`,
    );
    await ask(page, { scopes: { added: [...added, 'admin:all'], held: [] } });
    await page.waitForSelector('.scope-group');
    expect(await textOf(page, '#scopes-new > li:not(.scope-group) code')).toBe('admin:all');
    const foot = await page.$eval('#allow', (one) => one.getBoundingClientRect().bottom);
    expect(foot).toBeLessThanOrEqual(WINDOW.height);
    await page.type('#scope-search', 'nothing like it');
    await second();
    expect((await page.$$('#scopes-new > li')).length).toBe(0);
    await page.$eval('#scope-search', (field) => (field as HTMLInputElement).select());
    await page.keyboard.press('Backspace');
    await page.click('[name=mode][value=choose]');
    await readToEnd(page);
    for (const box of await page.$$('#scopes-new > li > input, #scopes-new > li > label > input')) {
      await box.click();
    }
    await page.waitForSelector('#allow[data-armed="false"]');
    expect(await textOf(page, '#allow .label')).toBe('Tick at least one');
  });
});
