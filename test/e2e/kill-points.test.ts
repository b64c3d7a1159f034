/** The background is killed at the points of THREATS 5.3, in one browser one after the other (T-36, Z4). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POPUP } from '../../drivers/driver.ts';
import { killAt, type Hold } from '../support/background-hold.ts';
import { reportBar } from '../support/bars.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage({ https: true });
  site = await stage.visit('siteA');
});
afterAll(() => stage.close());

const counted = { points: 0, prompts: 0, exchanges: 0 };

/** As the user does it from a page of ours. */
async function say(message: object): Promise<void> {
  const page = await stage.browser.extensionPage(POPUP);
  const send = `(globalThis.browser ?? chrome).runtime.sendMessage(${JSON.stringify(message)})`;
  await page.evaluate(send);
  await page.close();
}

/** Whether a prompt that asks is on the screen. */
async function answerOnce(): Promise<void> {
  await stage.answer('allow', 'allow');
}

/** What is done until the background dies, and after that. */
type Rest = 'ask and sign in' | 'sign in' | 'nothing';

const POINTS: [string, Hold, Rest, Rest, Partial<Record<'exchanges' | 'registrations', number>>][] =
  [
    ['K02', { store: 'flows', match: '"deciding"' }, 'nothing', 'ask and sign in', {}],
    ['K05', { store: 'flows', match: '"decision":"allow"' }, 'ask and sign in', 'sign in', {}],
    [
      'K06',
      { request: 'oauth-protected-resource', when: 'after' },
      'nothing',
      'ask and sign in',
      {},
    ],
    ['K07', { store: 'documents' }, 'nothing', 'ask and sign in', {}],
    [
      'K08',
      { request: 'oauth-authorization-server', when: 'after' },
      'nothing',
      'ask and sign in',
      {},
    ],
    ['K09', { request: 'redirect_uris', when: 'before' }, 'ask and sign in', 'sign in', {}],
    [
      'K10',
      { request: 'redirect_uris', when: 'after' },
      'ask and sign in',
      'sign in',
      { registrations: 2 },
    ],
    ['K11', { store: 'registrations' }, 'ask and sign in', 'sign in', {}],
    ['K12', { store: 'flows', match: '"authorizing"' }, 'ask and sign in', 'sign in', {}],
    ['K16', { store: 'flows', match: '"exchanging"' }, 'sign in', 'sign in', {}],
    [
      'K17',
      { request: 'grant_type=authorization_code', when: 'after' },
      'sign in',
      'sign in',
      { exchanges: 2 },
    ],
    ['K18', { store: 'unfinished' }, 'sign in', 'nothing', {}],
    ['K19', { store: 'grants' }, 'sign in', 'nothing', {}],
  ];

describe(inBrowser('a background that is killed on the way to a grant'), () => {
  it.each(POINTS)(
    'at %s loses nothing, asks once, and the page gets its token (T-36, T-40)',
    async (...[, hold, until, then, cost]) => {
      await say({ door: 'extension', call: 'erase', params: { what: 'everything' } });
      const mark = stage.lab.ledger.mark();
      const prompts = stage.browser.consentWindows.length;
      const kill = await killAt(stage.browser, hold);
      const call = site.getToken({ scopes: ['notes:read'] });
      if (until !== 'nothing') await answerOnce();
      const signedIn = until === 'sign in' ? stage.signIn() : undefined;
      await kill();
      if (then === 'ask and sign in') await answerOnce();
      if (then !== 'nothing') await stage.signIn();
      await signedIn?.catch(() => undefined);
      expect(await call).toHaveProperty('token');
      const spent = stage.lab.ledger.since(mark).cost();
      expect(spent).toMatchObject({ exchanges: 1, registrations: 1, ...cost });
      counted.points += 1;
      counted.exchanges += spent.exchanges;
      counted.prompts += stage.browser.consentWindows.length - prompts;
    },
  );
});

it('says what was counted', () => {
  expect(counted.points).toBe(POINTS.length);
  reportBar(inBrowser('kills at named points'), counted);
});
