/** Runs the rows in one browser: each provider with a browser of its own, over https, and a program on its ports. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BROWSERS, type BrowserName } from '../../drivers/driver.ts';
import { BUILDS } from '../../drivers/open.ts';
import { loopbackToAllow } from '../../src/protocol/redirect-choice.ts';
import { LOOPBACK_PATTERNS } from '../../src/shared/facts/loopback-redirect.ts';
import { sha256Hex } from '../../src/shared/facts/sha256.ts';
import { plantListener } from '../support/planted-listener.ts';
import { openStage, type Stage, type WebClient } from '../support/stage.ts';
import { seatPerson, type Trouble } from './person.ts';
import { makeException } from './exception.ts';
import { ROWS, type ProviderAtWork, type ProviderRow } from './rows.ts';

/** How one provider went in one browser. */
export interface Result extends Trouble {
  browser: BrowserName;
  row: Pick<ProviderRow, 'id' | 'title' | 'types'>;
  /** What the page has in the end: a token, or the code of a failure. */
  outcome: string;
  /** Bytes that a program on the sign-in's port was given. */
  leaked: number;
  /** Access to this computer's addresses that is held at the end, and was not at the start. */
  kept: string[];
}

/** How often the page asks: each time what was clicked meanwhile may have brought the grant. */
const MOST_CALLS = 6;

/** Whether a word names a browser. */
export const isBrowser = (word: string): word is BrowserName =>
  BROWSERS.some((name) => name === word);

/** Runs rows in one browser, and hands on each result as it comes. */
export async function runIn(
  { browser, extension }: { browser: BrowserName; extension: string },
  ids: readonly string[],
  tell: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const row of ROWS.filter(({ id }) => ids.includes(id))) {
    const provider = row.open(BUILDS[browser].redirectHost);
    const stage = await openStage({ browser, extension, https: true, ...provider.options });
    try {
      const { id, title, types } = row;
      const result = { browser, row: { id, title, types }, ...(await go(stage, provider)) };
      results.push(result);
      tell(result);
    } finally {
      await stage.close();
    }
  }
  return results;
}

async function go(
  stage: Stage,
  provider: ProviderAtWork,
): Promise<Omit<Result, 'browser' | 'row'>> {
  const { issuer } = stage.lab.authorizationServer;
  await stage.browser.preApproveHostAccess(LOOPBACK_PATTERNS);
  const before = await heldOf(stage);
  const uri = loopbackToAllow({ issuerHash: await sha256Hex(issuer) });
  const ports = [uri, provider.entered?.redirectUri ?? uri].map((one) => Number(new URL(one).port));
  const listeners = await Promise.all([...new Set(ports)].map(plantListener));
  const person = seatPerson(stage.browser, issuer, provider);
  try {
    person.trouble.typed += await makeException(stage, provider);
    const outcome = await askUntil(await stage.visit('siteA'));
    await person.leave();
    const held = await heldOf(stage);
    const kept = held.filter((pattern) => !before.includes(pattern));
    const leaked = listeners.reduce((sum, listener) => sum + listener.got().bytes, 0);
    return { ...person.trouble, outcome, leaked, kept };
  } finally {
    await person.leave();
    await Promise.all(listeners.map((listener) => listener.close()));
  }
}

async function heldOf({ browser }: Stage): Promise<string[]> {
  const held = [];
  for (const pattern of LOOPBACK_PATTERNS)
    if (await browser.holdsHostAccess(pattern)) held.push(pattern);
  return held;
}

/** As a page does whose user clicks "connect" again once the window says that it worked. */
async function askUntil(site: WebClient): Promise<string> {
  let outcome = '';
  for (let left = MOST_CALLS; left > 0; left -= 1) {
    const answer = await site.getToken({ scopes: ['notes:read'] });
    if ('token' in answer) return 'token';
    outcome = answer.code;
    await sleep(1000);
  }
  return outcome;
}
