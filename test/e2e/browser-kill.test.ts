/** The whole browser is killed with SIGKILL, and started again with the same profile (THREATS 5.3, T-36, T-40). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POPUP } from '../../drivers/driver.ts';
import { holdAt } from '../support/background-hold.ts';
import { isFullForm, reportBar } from '../support/bars.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import {
  actAfter,
  actUntil,
  connect,
  costOf,
  KILL_POINTS,
  prepare,
  refusedBy,
  say,
} from '../support/kill-points.ts';
import type { Outcome, Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let profile: string;
let site: WebClient;
beforeAll(async () => {
  profile = mkdtempSync(path.join(tmpdir(), 'grantkeeper-killed-'));
  stage = await openTestStage({ https: true, profile });
  site = await stage.visit('siteA');
});
afterAll(async () => {
  await stage.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
});

/** Before a question, before a code is sent, and with an answer lost; DUR-2 has what comes after a grant. */
const SHORT = ['K02', 'K16', 'K22'];
const FULL = ['K02', 'K05', 'K07', 'K12', 'K13', 'K16', 'K19', 'K21', 'K22', 'K24'];
const CHOSEN = isFullForm ? FULL : SHORT;
const POINTS = KILL_POINTS.filter(([name]) => CHOSEN.includes(name));
const KILLS = isFullForm ? 20 : 2;
/** A browser starts for each; on a machine that did other work at the same time it has taken 50 seconds. */
const PER_KILL_MS = 120_000;

const counted = { points: 0, kills: 0, prompts: 0, exchanges: 0 };

/** A page that is killed with its browser hears nothing. */
const unheard = (call: Promise<unknown>) => void call.catch(() => undefined);

async function startAgain(): Promise<void> {
  await stage.crash();
  counted.kills += 1;
  site = await stage.visit('siteA');
}

/** What was allowed to be reached is gone with a browser that dies seconds later: the person gives it again. */
async function giveAccess(): Promise<void> {
  if (stage.browser.ways.holdsHostAccessFromStart) return;
  const page = await stage.browser.extensionPage(POPUP);
  const hosts = JSON.stringify({ origins: ['https://as.test/*', 'https://mcp.test/*'] });
  await page.evaluate(`chrome.permissions.request(${hosts})`);
  await page.close();
}

describe(inBrowser('a browser that is killed'), () => {
  it.each(POINTS)(
    'at %s loses nothing, and asks nothing twice (T-36, T-39, T-40; K02, K05, K07, K12, K13, K16, K19, K21, K22, K24)',
    { timeout: PER_KILL_MS },
    async (_name, point) => {
      const params = await prepare(stage, site, point);
      const mark = stage.lab.ledger.mark();
      const reached = await holdAt(stage.browser, point.hold);
      unheard(site.getToken(params));
      await actUntil(stage, point);
      await reached();
      await startAgain();
      if (point.then !== 'ask and sign in') await giveAccess();
      const call = site.getToken({ ...params, interactive: point.then !== 'nothing' });
      await actAfter(stage, point);
      expect(await call).toHaveProperty('token');
      const spent = stage.lab.ledger.since(mark).cost();
      expect(spent).toMatchObject(costOf(point));
      const prompts = stage.browser.consentWindows.length;
      expect(prompts).toBe(point.then === 'ask and sign in' ? 1 : 0);
      expect(stage.browser.faults).toEqual([]);
      counted.points += 1;
      counted.prompts += prompts;
      counted.exchanges += spent.exchanges;
    },
  );

  it(
    'as soon as a page has a token still holds that one, and what renews it (DUR-2, T-39)',
    { timeout: KILLS * PER_KILL_MS },
    async () => {
      const dur = { kills: 0, grantsBefore: 0, grantsAfter: 0, renewed: 0 };
      while (dur.kills < KILLS) {
        await say(stage.browser, { call: 'erase', params: { what: 'everything' } });
        const first = await connect(stage, site);
        dur.grantsBefore += 1;
        dur.grantsAfter += await heldAfterKill(first);
        const renewed = await renew('invalid_token', first);
        dur.grantsBefore += 1;
        dur.grantsAfter += await heldAfterKill(renewed);
        // Sent to a provider that takes each refresh token once.
        const again = await renew('insufficient_scope', renewed);
        expect(again).not.toEqual(renewed);
        dur.renewed += 1;
        dur.kills += 2;
        expect(dur.grantsAfter).toBe(dur.grantsBefore);
      }
      reportBar(inBrowser('DUR-2'), dur);
    },
  );

  it('was killed at every point, and is counted', () => {
    expect(counted.points).toBe(POINTS.length);
    reportBar(inBrowser('kills of the whole browser'), counted);
  });
});

type WithToken = Extract<Outcome, { token: unknown }>;

async function renew(error: string, { token }: WithToken): Promise<WithToken> {
  const outcome = await site.getToken(refusedBy(error, token.access_token));
  if (!('token' in outcome)) throw new Error(outcome.code);
  expect(outcome.token.access_token).not.toBe(token.access_token);
  return outcome;
}

/** Kills at once; resolves how many grants there are afterwards, of which the page's is one. */
async function heldAfterKill(told: WithToken): Promise<number> {
  await startAgain();
  await giveAccess();
  const mark = stage.lab.ledger.mark();
  expect(await site.getToken({ interactive: false })).toEqual(told);
  expect(stage.lab.ledger.since(mark).cost()).toMatchObject({ exchanges: 0, refreshes: 0 });
  const listed = await say(stage.browser, { call: 'grants', params: {} });
  return (listed as unknown[]).length;
}
