/** The failure screen: what happened, for the user and for the server's owner, and what can be done. */
import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { FAILURE_REASONS } from '../../../src/shared/errors.ts';
import { lookOf } from '../../../src/shared/failure-look.ts';
import type { Fake } from '../support/fake-browser.ts';
import { FAILED_PROMPTS } from '../support/scenes-failures.ts';
import { textOf } from '../support/reading.ts';
import { stageForTests } from '../support/open.ts';

declare const fake: Fake;

const stage = stageForTests();

const show = async (reason: string): Promise<Page> => {
  const page = await stage.open(`consent.html?flow=failed-${reason.replaceAll('_', '-')}`);
  await page.waitForSelector('#failure');
  return page;
};
const calls = (page: Page) => page.evaluate(() => fake.sent.map(({ call }) => call));

/** Brings a page from one failure to the next. */
const turnTo = async (page: Page, reason: string): Promise<void> => {
  const { failure } = FAILED_PROMPTS[`failed-${reason.replaceAll('_', '-')}`]!;
  await page.evaluate((next) => {
    fake.prompt!.failure = next!;
    fake.ring();
  }, failure);
  await page.waitForSelector(`#failure[data-reason="${reason}"]`);
};

it('each reason has words of its own, names site, server and host, and says what to do', async () => {
  const page = await show('no_pkce');
  const seen = new Set<string>();
  for (const reason of FAILURE_REASONS) {
    await turnTo(page, reason);
    const told = await page.$$eval('.told > *', (lines) => lines.map((line) => line.textContent));
    expect(told.filter((line) => line.trim() === '')).toEqual([]);
    expect(told[0]!.replaceAll(/\s+/g, ' ')).toBe(
      'Site: chat.example.com Server: mcp.files.example.net/v1',
    );
    expect(await page.$('.told > .next')).not.toBeNull();
    const { host } = FAILED_PROMPTS[`failed-${reason.replaceAll('_', '-')}`]!.failure!;
    if (host !== undefined) expect(told.join(' ')).toContain(host);
    seen.add(told[2]!);
  }
  expect(seen.size).toBe(FAILURE_REASONS.length);
});

it('each reason has its look: heading, shape, colour, and the first button, which alone is filled', async () => {
  const page = await show('no_pkce');
  const HEADINGS = {
    calm: 'Not connected',
    fault: 'Couldn’t connect',
    danger: 'Sign-in stopped for your safety',
  };
  const shapes = new Map<string, Set<string>>();
  for (const reason of FAILURE_REASONS) {
    await turnTo(page, reason);
    const look = lookOf(FAILED_PROMPTS[`failed-${reason.replaceAll('_', '-')}`]!.failure!);
    expect(await textOf(page, 'h1')).toBe(HEADINGS[look]);
    const seen = await page.evaluate(() => {
      const styleOf = (name: string) => getComputedStyle(document.querySelector(name)!);
      const buttons = [...document.querySelectorAll('.choice .button')];
      return {
        looks: [
          document.querySelector('.failure-icon path')?.getAttribute('d'),
          styleOf('.failure-icon').stroke,
          styleOf('.told').backgroundColor,
          styleOf('.next').borderInlineStartWidth,
        ].join(),
        filled: [...document.querySelectorAll('.button-main')].map((one) => one.id),
        first: buttons[0]?.id,
        hasRetry: buttons.some((one) => one.id === 'retry'),
        low: buttons.filter((one) => one.getBoundingClientRect().height < 44).length,
      };
    });
    shapes.set(look, (shapes.get(look) ?? new Set()).add(seen.looks));
    expect(seen.filled).toEqual([seen.first]);
    expect(seen.low).toBe(0);
    if (look !== 'calm') expect(['copy-report', 'copy-address']).toContain(seen.first);
    if (look === 'danger') expect(seen.hasRetry).toBe(false);
  }
  // One appearance for each look, and no two looks with the same.
  expect([...shapes.values()].map((looks) => looks.size)).toEqual([1, 1, 1]);
  expect(new Set([...shapes.values()].flatMap((looks) => [...looks])).size).toBe(3);
});

it('a person who cancelled at the provider is met calmly, and nothing draws them back', async () => {
  const page = await show('provider_refused');
  expect(await page.$eval('#failure', (sheet) => sheet.getAttribute('data-look'))).toBe('calm');
  expect(await textOf(page, '.lead')).toMatch(/^You cancelled at login\.example\.net/);
  expect(await textOf(page, '.next')).not.toContain('whoever runs the server');
  expect(await page.$$eval('.choice .button', (all) => all.map((one) => one.id))).toEqual([
    'close',
    'retry',
  ]);
  expect(await page.$eval('.report', (report) => (report as HTMLDetailsElement).open)).toBe(false);
});

it('after what may be an attack it says what to do now, and that the site got nothing', async () => {
  const page = await show('state_wrong');
  expect(await textOf(page, '.lead')).toContain('The site got no new access');
  const steps = await page.$$eval('.next li', (all) => all.map((one) => one.textContent));
  expect(steps).toEqual([
    expect.stringContaining('change it now'),
    expect.stringContaining('Don’t try again'),
  ]);
});

it('one click leads from the failure to the steps of this very sign-in', async () => {
  const page = await show('no_pkce');
  await page.waitForSelector('#to-trace');
  const href = await page.$eval('#to-trace', (link) => link.getAttribute('href'));
  expect(href).toBe('/src/popup/activity/activity.html#trace=f1');
  const steps = await stage.open('activity.html?flow=failed-no-pkce#trace=f1');
  await steps.waitForSelector('#steps li');
  const height = await page.$eval('#to-trace', (link) => link.getBoundingClientRect().height);
  expect(height).toBeGreaterThanOrEqual(24);
});

it('where no steps were kept there is no link to them', async () => {
  const page = await stage.open('consent.html?flow=failed-blocked');
  await page.waitForSelector('#failure');
  await page.waitForFunction(() => fake.sent.some(({ call }) => call === 'trace'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await page.$('#to-trace')).toBeNull();
});

it.each([
  ['own', 'Report for the makers of Grantkeeper'],
  ['storage_failed', 'Report for the makers of Grantkeeper'],
  ['no_pkce', 'Report for whoever runs the server'],
])('the report about %s is for those who can change it: %s', async (reason, heading) => {
  const page = await show(reason);
  expect(await textOf(page, '.report summary')).toBe(heading);
  const told = await textOf(page, '.told');
  expect(told.includes('whoever runs the server')).toBe(reason === 'no_pkce');
});

it.each(['sign_in_expired', 'storage_full', 'storage_newer', 'unread'])(
  'nobody is sent a report of %s, which nobody has to change',
  async (reason) => {
    const page = await show(reason);
    expect(await page.$('.report')).toBeNull();
    expect(await page.$('#copy-report')).toBeNull();
  },
);

it('a long address keeps its host, and leaves room for the rest', async () => {
  const page = await show('no_pkce');
  await page.evaluate(() => {
    const asked = `https://mcp.files.example.net:8443/${'long/'.repeat(400)}`;
    fake.prompt = { ...fake.prompt!, snapshot: { ...fake.prompt!.snapshot, asked } };
    fake.ring();
  });
  await page.waitForFunction(() => document.querySelector('#server')?.textContent.includes('8443'));
  expect(await textOf(page, '#server')).toBe('mcp.files.example.net:8443');
});

it('the report for the owner has code, reason, host, issuer, time, version, and not the site', async () => {
  const page = await show('iss_wrong');
  await page.evaluate(() => {
    const copied: string[] = [];
    Object.assign(window, { copied });
    navigator.clipboard.writeText = (words) => Promise.resolve(void copied.push(words));
  });
  expect(await page.$eval('details', (report) => report.open)).toBe(true);
  await page.click('#copy-report');
  await page.waitForFunction(() =>
    document.querySelector('.choice [role=status]')?.textContent.includes('Copied'),
  );
  const [report = ''] = await page.evaluate(
    () => (window as unknown as { copied: string[] }).copied,
  );
  expect(report.split('\n').slice(2)).toEqual([
    'code: issuer_mismatch',
    'reason: iss_wrong',
    'host: login.example.net',
    'expected_issuer: https://login.example.net',
    'received_issuer: another',
    expect.stringMatching(/^time: \d{4}-\d\d-\d\dT/),
    'version: Grantkeeper 0.1.0',
  ]);
  expect(report).not.toContain('chat.example.com');
  expect(report).not.toContain('/v1');
});

it.each(['redirect_refused', 'sign_in_closed'])(
  'of %s the return address that would have to be allowed is shown, copied and reported (P8)',
  async (reason) => {
    const page = await show(reason);
    await page.evaluate(() => {
      const copied: string[] = [];
      Object.assign(window, { copied });
      navigator.clipboard.writeText = (words) => Promise.resolve(void copied.push(words));
    });
    const isMain = reason === 'redirect_refused';
    await page.click(isMain ? '#copy-address' : '.return-address .copy button');
    await page.waitForFunction(() =>
      [...document.querySelectorAll('[role=status]')].some((one) =>
        one.textContent.includes('Copied'),
      ),
    );
    const address = await page.evaluate(() => fake.prompt?.failure?.redirectUri ?? 'none');
    expect(await textOf(page, '#redirect-uri')).toBe(address);
    expect(await page.evaluate(() => (window as unknown as { copied: string[] }).copied)).toEqual([
      address,
    ]);
    expect((await textOf(page, '#report')).split('\n')).toContain(`redirect_uri: ${address}`);
    expect(await page.$('#to-settings')).not.toBeNull();
    expect(await page.$('#retry')).not.toBeNull();
  },
);

it('what stands out is what is advised: the report where only the owner can help', async () => {
  const mains = async (reason: string) => {
    const page = await show(reason);
    return page.$$eval('.button-main', (all) => all.map((one) => one.textContent));
  };
  expect(await mains('no_pkce')).toEqual(['Copy report']);
  expect(await mains('iss_wrong')).toEqual(['Copy report']);
  expect(await mains('unreachable')).toEqual(['Try again']);
  expect(await mains('sign_in_closed')).toEqual(['Try again']);
  expect(await mains('redirect_refused')).toEqual(['Copy return address']);
  expect(await mains('registration_refused')).toEqual(['Copy report']);
  expect(await mains('provider_refused')).toEqual(['Close']);
  expect(await mains('own')).toEqual(['Copy report']);
  expect(await mains('wrong_client')).toEqual(['Open settings']);
});

it('names the guide for a provider that is known, where its ways may be the cause (Z53)', async () => {
  const page = await show('recipe');
  expect(await textOf(page, '#recipe')).toBe('A guide shows each step for Okta: Open the guide');
  expect(await page.$eval('#report', (one) => one.textContent)).not.toContain('recipe');
});

it('a refused list leads to less by one click, where less can be asked for (Z45)', async () => {
  const less = await show('offers_less');
  expect(await textOf(less, '.next')).toBe(
    'Try again. Grantkeeper then asks the provider for less.',
  );
  expect(await less.$$eval('.button-main', (all) => all.map((one) => one.id))).toEqual(['retry']);
  const all = await show('scope_refused');
  expect(await textOf(all, '.next')).toMatch(/^Send the report/);
});

it('a clipboard that refuses is told, and the text stays to be selected', async () => {
  const page = await show('iss_wrong');
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
  });
  await page.click('#copy-report');
  await page.waitForFunction(() =>
    document.querySelector('.choice [role=status]')?.textContent.includes('Couldn’t copy'),
  );
  expect(await page.$eval('.report', (report) => report.textContent.length)).toBeGreaterThan(100);
});

it('Try again runs the flow again, once, and shows its steps', async () => {
  const page = await show('unreachable');
  await page.evaluate(() => {
    fake.sent.length = 0;
  });
  await page.click('#retry', { count: 2 });
  await page.evaluate(() => {
    fake.prompt = { ...fake.prompt!, step: 'discovering' };
    fake.ring();
  });
  await page.waitForSelector('#step[data-step="discovering"]');
  // The steps are asked for when the screen comes.
  expect((await calls(page)).filter((call) => call !== 'trace')).toEqual(['retry']);
});

it('a flow that is gone cannot be tried again, and that is told', async () => {
  const page = await show('unreachable');
  await page.evaluate(() => (fake.accepts = false));
  await page.click('#retry');
  await page.waitForFunction(() =>
    document.querySelector('.choice [role=status]')?.textContent.includes('Go back to the site'),
  );
  expect(await page.$('#retry')).toBeNull();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('close');
});

it('where a client id helps, a link leads to its field for this very issuer (R23)', async () => {
  const page = await show('no_registration');
  expect(await page.$eval('#to-settings', (link) => link.getAttribute('href'))).toBe(
    '/src/popup/settings/settings.html#client=https%3A%2F%2Flogin.example.net',
  );
  expect(await (await show('unreachable')).$('#to-settings')).toBeNull();
});

it.each(['iss_missing', 'iss_wrong', 'state_wrong'])(
  'a response that may be an attack is not repeated with one click: %s',
  async (reason) => {
    const page = await show(reason);
    expect(await page.$('#retry')).toBeNull();
    await page.click('#close');
    expect(await page.evaluate(() => fake.closed)).toBe(true);
  },
);

it('a background that was silent is asked again', async () => {
  const page = await stage.open('consent.html?flow=allow&scene=silent');
  await page.waitForSelector('#failure[data-code="broker_unavailable"]');
  await page.evaluate(() => {
    delete fake.popup.silent;
  });
  await page.click('#retry');
  await page.waitForSelector('#allow');
  expect(await page.$('#failure')).toBeNull();
});

it('an address on this computer is one click, in which the browser is asked for access (Z13, Z35)', async () => {
  const page = await stage.open('consent.html?flow=other-address');
  await page.waitForSelector('#use-loopback.button-main');
  await page.click('#use-loopback');
  await page.waitForFunction(() => fake.requested.length > 0);
  expect(await page.evaluate(() => fake.requested)).toEqual([
    { origins: ['http://127.0.0.1/*', 'http://localhost/*'], active: true },
  ]);
  await page.evaluate(() => fake.answerHostAccess(true));
  await page.waitForFunction(() => fake.sent.some(({ call }) => call === 'retry'));
  const params = await page.evaluate(
    () => fake.sent.find(({ call }) => call === 'retry')?.params as unknown,
  );
  expect(params).toEqual({ flow: 'other-address', returnTo: 'loopback' });
});

it('the address that the owner could allow on this computer is shown and reported (P8, Z35)', async () => {
  const page = await stage.open('consent.html?flow=other-address-none');
  await page.waitForSelector('#loopback-uri');
  const uri = 'http://127.0.0.1:53817/callback';
  expect(await textOf(page, '#loopback-uri')).toBe(uri);
  expect((await textOf(page, '#report')).split('\n')).toContain(`or_redirect_uri: ${uri}`);
  expect(await page.$('#use-loopback')).toBeNull();
});

it('an address from the instructions is taken when it is on this computer, and sent as it is (Z35)', async () => {
  const page = await stage.open('consent.html?flow=other-address-none');
  await page.waitForSelector('#given-address summary');
  await page.focus('#given-address summary');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#return-to', { visible: true, timeout: 5000 });
  await page.type('#return-to', 'https://evil.example/cb');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#return-to-fault');
  await page.waitForFunction(() => document.activeElement?.id === 'return-to', { timeout: 5000 });
  expect(await calls(page)).not.toContain('retry');
  await page.$eval('#return-to', (field) => (field as HTMLInputElement).select());
  await page.type('#return-to', 'http://localhost:3118/cb');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => fake.requested.length > 0, { timeout: 5000 });
  await page.evaluate(() => fake.answerHostAccess(true));
  await page.waitForFunction(() => fake.sent.some(({ call }) => call === 'retry'), {
    timeout: 5000,
  });
  const sent = await page.evaluate(() => fake.sent.at(-1)?.params as unknown);
  expect(JSON.stringify(sent)).toContain('http://localhost:3118/cb');
});
