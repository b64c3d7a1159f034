/** The settings page in a real Chromium: every setting, every failure inline, nothing lost. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ElementHandle, Page } from 'puppeteer-core';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { DocumentFault } from '../../../src/shared/facts/document-fault.ts';
import type { Fake } from '../support/fake-browser.ts';
import { REDIRECT_URI } from '../support/answers-settings.ts';
import { confirmByKey } from '../support/keyboard.ts';
import { fail, focused, paramsOf, says, textOf, valueOf } from '../support/reading.ts';
import { stageForTests } from '../support/open.ts';

declare const fake: Fake;

const stage = stageForTests();
const folder = mkdtempSync(path.join(tmpdir(), 'grantkeeper-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const show = async (scene: string, hash = ''): Promise<Page> => {
  const page = await stage.open(`settings.html?scene=${scene}${hash}`);
  await page.waitForSelector('main[aria-busy="false"] #erase');
  return page;
};
describe('providers set up by hand (R23)', () => {
  const ROW = '[data-issuer="https://login.example.net/"]';

  it('one is added with its secret, listed without it, and the focus comes back', async () => {
    const page = await show('bare');
    await page.click('#add-client');
    expect(await focused(page)).toBe('issuer');
    await page.type('#issuer', ' https://login.example.net/ ');
    await page.type('#client-id', 'c1');
    await page.select('#client-auth', 'client_secret_basic');
    await page.type('#client-secret', 'top-s3cret');
    await page.keyboard.press('Enter');
    await page.waitForSelector(ROW);
    await says(page, '#client [role=status]', 'Saved.');
    expect(await paramsOf(page, 'saveClient')).toEqual([
      {
        issuer: 'https://login.example.net/',
        clientId: 'c1',
        authMethod: 'client_secret_basic',
        clientSecret: 'top-s3cret',
      },
    ]);
    expect(await page.$eval('html', (html) => html.outerHTML)).not.toContain('top-s3cret');
    expect(await focused(page)).toBe('add-client');
  });

  it('the redirect address to register is there whole', async () => {
    expect(await textOf(await show('bare'), '#redirect-uri')).toBe(REDIRECT_URI);
  });

  it('what is wrong is said at its field, and the first of these has the focus', async () => {
    const page = await show('full');
    await page.click('#add-client');
    await page.type('#issuer', 'http://login.example.net');
    await page.click('.client-form [type=submit]');
    await page.waitForSelector('#issuer[aria-invalid="true"]:focus');
    expect(await textOf(page, '#issuer-fault')).toBe(
      'Must be an https address without user name, password, “?” or “#”.',
    );
    expect(await textOf(page, '#client-id-fault')).toBe('Enter the “client ID”.');
    expect(await page.$eval('#issuer', (field) => field.getAttribute('aria-describedby'))).toBe(
      'issuer-hint issuer-fault',
    );
    await page.$eval('#issuer', (field) => ((field as HTMLInputElement).value = ''));
    await page.type('#issuer', 'https://login.example.net/');
    await page.click('.client-form [type=submit]');
    await says(page, '#issuer-fault', 'already in the list');
    expect(await paramsOf(page, 'saveClient')).toEqual([]);
  });

  it('a save that failed says so and keeps what was typed', async () => {
    const page = await show('bare');
    await fail(page, 'saveClient');
    await page.click('#add-client');
    await page.type('#issuer', 'https://login.example.net');
    await page.type('#client-id', 'c1');
    await page.click('.client-form [type=submit]');
    await page.waitForSelector('.client-form [role=alert]');
    await page.evaluate(() => fake.ring());
    expect(await valueOf(page, '#issuer')).toBe('https://login.example.net');
    expect(await valueOf(page, '#client-id')).toBe('c1');
  });

  it('a change keeps the stored secret unless another is typed', async () => {
    const page = await show('full');
    await page.click(`${ROW} .edit`);
    await page.waitForSelector(`${ROW} #client-id:focus`);
    expect(await page.$('#issuer')).toBeNull();
    expect(await valueOf(page, '#client-secret')).toBe('');
    await page.select('#client-auth', 'client_secret_post');
    await page.focus('#client-id');
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${ROW} .edit`);
    expect(await paramsOf(page, 'saveClient')).toEqual([
      {
        issuer: 'https://login.example.net/',
        clientId: 'grantkeeper-web',
        authMethod: 'client_secret_post',
      },
    ]);
  });

  it('another client id needs a secret of its own (R37)', async () => {
    const page = await show('full');
    await page.click(`${ROW} .edit`);
    await page.waitForSelector(`${ROW} #client-id:focus`);
    await page.type('#client-id', '-2');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#client-secret[aria-invalid="true"]:focus');
    expect(await paramsOf(page, 'saveClient')).toEqual([]);
  });

  it('deleting asks once more', async () => {
    const page = await show('full');
    await page.click(`${ROW} .delete`);
    await page.keyboard.press('Escape');
    expect(await focused(page)).toContain('delete');
    expect(await paramsOf(page, 'deleteClient')).toEqual([]);
    await page.keyboard.press('Enter');
    await page.click(`${ROW} .confirm`);
    await page.waitForFunction((row) => !document.querySelector(row), {}, ROW);
    expect(await paramsOf(page, 'deleteClient')).toEqual([
      { issuer: 'https://login.example.net/' },
    ]);
  });

  it.each([
    ['https://new.example/a?b', 'issuer', 'https://new.example/a?b'],
    ['https://login.example.net/', 'client-id', 'grantkeeper-web'],
  ])('a link for %s leads to its field', async (issuer, field, value) => {
    const page = await show('full', `#client=${encodeURIComponent(issuer)}`);
    await page.waitForSelector('#client-id:focus');
    expect(await valueOf(page, `#${field}`)).toBe(value);
  });
});

describe('the client id metadata document (Z20)', () => {
  const URL_OF = 'https://me.example.org/grantkeeper.json';
  const check = async (page: Page) => {
    await page.type('#document-url', URL_OF);
    await page.click('#check-document');
  };

  it('a document that passes the check is used', async () => {
    const page = await show('bare');
    await check(page);
    await says(page, '#document-in-use', `your own ${URL_OF}`);
    expect(await paramsOf(page, 'configure')).toEqual([
      { clientDocument: { url: URL_OF, trusted: false } },
    ]);
  });

  it('each fault has its words, and only what could not be read can be vouched for', async () => {
    const page = await show('unreadable');
    const words = new Set<string>();
    const faults: DocumentFault[] = [
      'address',
      'unreadable',
      'malformed',
      'client_id',
      'redirect_uris',
    ];
    for (const fault of faults) {
      await page.evaluate((next) => (fake.own.verdict = { usable: false, fault: next }), fault);
      await page.$eval('#document-url', (field) => ((field as HTMLInputElement).value = ''));
      await check(page);
      await page.waitForSelector('#document-url-fault');
      words.add(await textOf(page, '#document-url-fault'));
      expect((await page.$('#trust-document')) !== null).toBe(fault === 'unreadable');
      await page.type('#document-url', 'x');
    }
    expect(words.size).toBe(faults.length);
    expect(await paramsOf(page, 'configure')).toEqual([]);
  });

  it('vouching uses it unchecked, and says so', async () => {
    const page = await show('unreadable');
    await check(page);
    await page.waitForSelector('#trust-document');
    await page.click('#trust-document');
    await says(page, '#document-in-use', 'unchecked');
    expect(await paramsOf(page, 'configure')).toEqual([
      { clientDocument: { url: URL_OF, trusted: true } },
    ]);
  });

  it('the browser is asked for the one host, inside the click, and then it is checked again', async () => {
    const page = await show('unreadable');
    await check(page);
    await page.waitForSelector('#read-document');
    await page.click('#read-document');
    expect(await page.evaluate(() => fake.requested)).toEqual([
      { origins: ['https://me.example.org/*'], active: true },
    ]);
    await page.evaluate(() => {
      fake.own.verdict = { usable: true };
      fake.answerHostAccess(true);
    });
    await says(page, '#document-in-use', 'your own');
    expect((await paramsOf(page, 'checkDocument')).length).toBe(2);
  });

  it('one’s own can be given up again', async () => {
    const page = await show('full');
    await page.click('#reset-document');
    await says(page, '#document-in-use', 'came with Grantkeeper');
    expect(await paramsOf(page, 'configure')).toEqual([{ clientDocument: null }]);
  });
});

describe('host access (Z13)', () => {
  const hosts = (page: Page) =>
    page.$$eval('[data-host]', (rows) => rows.map((row) => row.getAttribute('data-host')));

  it('each host can be given back, and all of them after a second step', async () => {
    const page = await show('full');
    await page.click('[data-host="https://login.example.net/*"] button');
    await says(page, '#hosts [role=status]', 'Removed.');
    expect(await hosts(page)).toEqual(['http://127.0.0.1/*', 'https://mcp.files.example.net/*']);
    await page.click('.drop-all');
    expect((await hosts(page)).length).toBe(2);
    await page.click('#hosts .confirm');
    await page.waitForSelector('#no-hosts');
  });

  it('all servers are asked for inside the click, and appear by themselves', async () => {
    const page = await show('bare');
    await page.click('#allow-all');
    expect(await page.evaluate(() => fake.requested)).toEqual([
      { origins: ['https://*/*'], active: true },
    ]);
    await page.evaluate(() => fake.answerHostAccess(true));
    await says(page, '#host-list', 'All servers');
    expect(await page.$('#allow-all')).toBeNull();
  });

  it('a host that the browser keeps is told', async () => {
    const page = await show('kept-hosts');
    await page.click('[data-host="https://login.example.net/*"] button');
    await says(page, '#hosts [role=alert]', 'kept it');
    expect((await hosts(page)).length).toBe(3);
  });

  it('where sites are reached by a content script, the page says what removing does', async () => {
    expect(await textOf(await show('relay'), '#hosts')).toContain('can’t ask');
    expect(await textOf(await show('full'), '#hosts')).not.toContain('can’t ask');
  });
});

describe('sites', () => {
  it('a paused site is resumed', async () => {
    const page = await show('full');
    await page.click('[data-paused="https://pushy.example.com"] .resume');
    await page.waitForFunction(() => document.querySelectorAll('[data-paused]').length === 1);
    expect(await paramsOf(page, 'pause')).toEqual([
      { origin: 'https://pushy.example.com', paused: false },
    ]);
  });

  it('a refusal is undone, and the empty list says so (Z24)', async () => {
    const page = await show('full');
    await page.click('#refusals .forgive');
    await says(page, '#refusals', 'No blocked sites.');
    expect((await paramsOf(page, 'forgive')).length).toBe(1);
  });

  it('what did not work is told', async () => {
    const page = await show('full');
    await fail(page, 'pause');
    await page.click('[data-paused] .resume');
    await page.waitForSelector('#paused [role=alert]');
  });
});

describe('another browser', () => {
  const choose = async (page: Page, content: string) => {
    const file = path.join(folder, 'chosen.json');
    writeFileSync(file, content);
    const field = (await page.$('#import-file')) as ElementHandle<HTMLInputElement>;
    await field.uploadFile(file);
  };

  it('the settings are saved to a file', async () => {
    const page = await show('full');
    const session = await page.createCDPSession();
    await session.send('Browser.setDownloadBehavior', {
      behavior: 'allow',
      downloadPath: folder,
    });
    await page.click('#export');
    const file = path.join(folder, 'grantkeeper-settings.json');
    await vi.waitFor(() => expect(readdirSync(folder)).toContain('grantkeeper-settings.json'), {
      timeout: 5000,
    });
    await vi.waitFor(() =>
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
        grantkeeper: 1,
        clients: [{ clientId: 'grantkeeper-web' }, {}],
      }),
    );
  });

  it('a file is imported once it was said whose clients it brings, and what it brought is told (T-52)', async () => {
    const page = await show('bare');
    await choose(page, '{"grantkeeper":1}');
    await says(page, '#import-preview', 'Import this file?');
    const brings = await textOf(page, '#import-preview');
    for (const part of ['theirs', 'grantkeeper-web', 'login.example', 'somebody.example']) {
      expect(brings).toContain(part);
    }
    expect(await paramsOf(page, 'importSettings')).toEqual([]);
    await page.click('#import-preview .confirm');
    await says(page, '#transfer [role=status]', 'Imported, with 2 providers.');
    expect(await paramsOf(page, 'importSettings')).toEqual([{ file: { grantkeeper: 1 } }]);
  });

  it.each([
    ['no JSON', 'hello', 0],
    ['some other JSON', '{"a":1}', 1],
    ['far too large', `"${'x'.repeat(1_000_001)}"`, 0],
  ])(
    'a file that is %s is refused, and can be mended and chosen again',
    async (_, content, calls) => {
      const page = await show('bare');
      await choose(page, content);
      await says(page, '#transfer [role=alert]', 'Nothing changed');
      expect((await paramsOf(page, 'previewSettings')).length).toBe(calls);
      await choose(page, '{"grantkeeper":1}');
      await says(page, '#import-preview', 'Import this file?');
      await page.click('#import-preview .confirm');
      await says(page, '#transfer [role=status]', 'Imported');
    },
  );
});

describe('erasing', () => {
  it.each([
    ['activity', 'Sites keep their permissions', 'Activity erased.'],
    ['everything', 'can’t be undone', 'Everything is erased.'],
  ])('%s: a second step says what goes', async (what, warning, outcome) => {
    const page = await show('full');
    await page.click(`.erase-${what}`, { count: 2 });
    expect(await textOf(page, '#erase .confirming')).toContain(warning);
    await page.click('#erase .keep');
    expect(await focused(page)).toContain(`erase-${what}`);
    expect(await paramsOf(page, 'erase')).toEqual([]);
    await page.click(`.erase-${what}`);
    await page.click('#erase .confirm');
    await says(page, '#erase [role=status]', outcome);
    expect(await paramsOf(page, 'erase')).toEqual([{ what }]);
  });

  it.each([
    [1, 'One sign-in wasn’t confirmed as ended.'],
    [3, '3 sign-ins weren’t confirmed as ended.'],
  ])('sign-ins whose end nobody confirmed are counted: %i', async (unconfirmed, counted) => {
    const page = await show('full');
    await page.evaluate((count) => (fake.own.unconfirmed = count), unconfirmed);
    await page.click('.erase-everything');
    await page.click('#erase .confirm');
    expect(await says(page, '#erase [role=status]', counted)).toBeTruthy();
  });

  it('erasing that failed can be tried again', async () => {
    const page = await show('full');
    await fail(page, 'erase');
    await page.click('.erase-everything');
    await page.click('#erase .confirm');
    await page.waitForSelector('#erase [role=alert]');
    expect(await focused(page)).toContain('erase-everything');
  });
});

it('the switch of developer mode shows what the background took (Z3)', async () => {
  const page = await show('bare');
  await page.click('#developer-mode');
  await page.waitForSelector('#developer-mode:checked:enabled');
  expect(await paramsOf(page, 'configure')).toEqual([{ developerMode: true }]);
});

it('a link leads to its section and moves the focus there', async () => {
  const page = await show('full', '#document');
  await page.waitForSelector('#document-heading:focus');
  await page.click('nav a[href="#erase"]');
  expect(await page.waitForSelector('#erase-heading:focus')).not.toBeNull();
});

it('the keyboard alone adds a provider and erases everything', async () => {
  const page = await show('bare', '#client');
  await page.waitForSelector('#client-heading:focus');
  const tabTo = async (selector: string) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      if (await page.$(`${selector}:focus`)) return;
    }
    throw new Error(`${selector} cannot be reached`);
  };
  await tabTo('#add-client');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#issuer:focus');
  await page.keyboard.type('https://login.example.net');
  await tabTo('#client-id');
  await page.keyboard.type('c1');
  await tabTo('.client-form [type=submit]');
  await page.keyboard.press('Space');
  await page.waitForSelector('[data-issuer="https://login.example.net"]');
  await tabTo('.erase-everything');
  await page.keyboard.press('Enter');
  // Enter twice erases nothing.
  await confirmByKey(page);
  expect(await says(page, '#erase [role=status]', 'Everything is erased.')).toBeTruthy();
});

it('a background that does not answer is told, not hidden', async () => {
  const page = await stage.open('settings.html?scene=silent');
  await page.waitForSelector('main [role=alert]');
  expect(await textOf(page, 'main [role=alert]')).toContain('isn’t responding');
});
