/** A server that wants a key: the form opens by a click alone, says whose key it is for, and sends one answer (Z37). */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { readToEnd as armed } from '../../../drivers/prompt.ts';
import type { Fake } from '../support/fake-browser.ts';
import { stageForTests } from '../support/open.ts';

declare const fake: Fake;

const stage = stageForTests();
const HOST = 'mcp.tickets.example.org';
const SECRET = 'canary-0123456789';

const show = async (flow = 'key'): Promise<Page> => {
  const page = await stage.open(`consent.html?flow=${flow}`);
  await armed(page);
  return page;
};
const openForm = async (page: Page) => {
  await page.click('#allow');
  await page.waitForSelector('#key-value');
};
const save = async (page: Page) => {
  await armed(page);
  await page.click('#allow');
};
const sent = (page: Page) => page.evaluate(() => fake.sent);
const words = (page: Page) => page.$eval('main', (main) => (main as HTMLElement).innerText);
const DECISION = { flow: 'f1', nonce: 'nonce-1', digest: 'd1'.repeat(32) };
const decided = (rest: object) => [{ call: 'decide', params: { ...DECISION, ...rest } }];

describe('a server that wants a key', () => {
  it('has no form until the user opens it, and the click that does sends nothing (Z37)', async () => {
    const page = await show();
    expect(await page.$('input')).toBeNull();
    await openForm(page);
    expect(await sent(page)).toEqual([]);
    expect(await page.$eval('#allow', (button) => button.getAttribute('data-armed'))).toBe('false');
  });

  it('has its host on the form, and no other word of a page or a server (Z37)', async () => {
    const page = await show();
    await openForm(page);
    expect(await page.$eval('.key-host', (host) => host.textContent)).toBe(HOST);
    const shown = await words(page);
    expect(shown).not.toContain('chat.example.com');
    expect(shown).not.toContain('/v1/mcp');
    expect(await page.$eval('#key-value', (field) => (field as HTMLInputElement).type)).toBe(
      'password',
    );
  });

  it('gets the key with the header that most servers want, for as long as chosen (Z37)', async () => {
    const page = await show();
    await openForm(page);
    await page.type('#key-value', `  ${SECRET} `);
    await page.select('#duration', 'day');
    await save(page);
    await page.waitForSelector('#step');
    const key = { header: 'Authorization', value: `Bearer ${SECRET}` };
    expect(await sent(page)).toEqual(decided({ decision: 'allow', duration: 'day', key }));
    expect(await page.content()).not.toContain(SECRET);
  });

  it('wants a second word for a key that looks like another company’s (Z37)', async () => {
    const page = await show();
    await openForm(page);
    await page.type('#key-value', 'ghp_0123456789');
    await save(page);
    await page.waitForSelector('#key-confirmed');
    expect(await sent(page)).toEqual([]);
    await page.click('#key-confirmed');
    await save(page);
    await page.waitForSelector('#step');
    const key = { header: 'Authorization', value: 'Bearer ghp_0123456789', confirmed: true };
    expect(await sent(page)).toEqual(decided({ decision: 'allow', duration: 'always', key }));
  });

  it('is signed in at instead where that is offered, and only there (Z38)', async () => {
    expect(await (await show()).$('#sign-in-instead')).toBeNull();
    const page = await show('key-or-sign-in');
    await page.click('#sign-in-instead');
    await page.waitForSelector('#step');
    expect(await sent(page)).toEqual(decided({ decision: 'choose', way: 'sign_in' }));
  });

  it('says so where it has refused a key (Z37)', async () => {
    const page = await show('key-refused');
    expect(await words(page)).toContain('mcp.tickets.example.org rejected your key');
  });

  it('is one Allow where a key is held already, without a field (Z37)', async () => {
    const page = await show('key-held');
    expect(await page.$('#key-value')).toBeNull();
    await page.click('#allow');
    await page.waitForSelector('#step');
    expect(await sent(page)).toEqual(decided({ decision: 'allow', duration: 'always' }));
  });
});

describe('a server where one signs in', () => {
  it('takes a key by the user’s choice, behind a fold (Z37)', async () => {
    const page = await show('allow');
    expect(await page.$eval('#key-instead', (fold) => fold.hasAttribute('open'))).toBe(false);
    // Part of it may lie behind the footer, until the user scrolls.
    await page.$eval('#key-instead button', (button) => (button as HTMLElement).click());
    await page.waitForSelector('#step');
    expect(await sent(page)).toEqual(decided({ decision: 'choose', way: 'key' }));
  });
});
