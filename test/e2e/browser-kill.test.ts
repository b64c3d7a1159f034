/** The whole browser is killed with SIGKILL, and started again with the same profile (THREATS 5.3, T-36, T-40). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { POPUP } from '../../drivers/driver.ts';
import { holdAt, type Hold } from '../support/background-hold.ts';
import { reportBar } from '../support/bars.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let profile: string;
let site: WebClient;
beforeEach(async () => {
  profile = mkdtempSync(path.join(tmpdir(), 'grantkeeper-killed-'));
  stage = await openTestStage({ https: true, profile });
  site = await stage.visit('siteA');
});
afterEach(async () => {
  await stage.close();
  rmSync(profile, { recursive: true, force: true });
});

const counted = { kills: 0, exchanges: 0, grantsLost: 0 };
/** Renewals that are each followed by a kill. */
const RENEWALS = 1;

const ASKED = { scopes: ['notes:read'] };
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
  await page.evaluate(`(globalThis.browser ?? chrome).permissions.request(${hosts})`);
  await page.close();
}

const EARLY: [string, Hold, 'approve' | 'signIn'][] = [
  ['K02', { store: 'flows', match: '"deciding"' }, 'approve'],
  ['K16', { store: 'flows', match: '"exchanging"' }, 'signIn'],
];

describe(inBrowser('a browser that is killed'), () => {
  it.each(EARLY)(
    'at %s asks nothing twice that was allowed, and spends one code (T-36, T-40)',
    async (_name, hold, then) => {
      const mark = stage.lab.ledger.mark();
      const reached = await holdAt(stage.browser, hold);
      unheard(site.getToken(ASKED));
      if (then === 'signIn') {
        await stage.answer('allow', 'allow');
        unheard(stage.signIn());
      }
      await reached();
      await startAgain();
      if (then === 'signIn') await giveAccess();
      const call = site.getToken(ASKED);
      await stage[then]();
      expect(await call).toHaveProperty('token');
      const { exchanges } = stage.lab.ledger.since(mark).cost();
      expect(exchanges).toBe(1);
      counted.exchanges += exchanges;
    },
  );

  it('while the person signs in goes back to the sign-in, and asks no more (K13)', async () => {
    unheard(site.getToken(ASKED));
    await stage.answer('allow', 'allow');
    await stage.browser.authorizationWindow('/interaction/');
    await startAgain();
    await giveAccess();
    expect(stage.browser.consentWindows.length).toBe(0);
    const call = site.getToken(ASKED);
    await stage.signIn();
    expect(await call).toHaveProperty('token');
    expect(stage.browser.consentWindows.length).toBe(0);
  });

  it('once the grant is on disk has it, and sends nothing (K19)', async () => {
    const reached = await holdAt(stage.browser, { store: 'grants' });
    unheard(site.getToken(ASKED));
    await stage.answer('allow', 'allow');
    unheard(stage.signIn());
    await reached();
    await startAgain();
    const mark = stage.lab.ledger.mark();
    const outcome = await site.getToken({ interactive: false });
    counted.grantsLost += 'token' in outcome ? 0 : 1;
    expect(outcome).toHaveProperty('token');
    expect(stage.lab.ledger.since(mark).cost()).toMatchObject({ exchanges: 0, refreshes: 0 });
  });

  it('as soon as a page has a renewed token still holds that one (DUR-2, T-39)', async () => {
    const first = site.getToken(ASKED);
    await stage.approve();
    let held = await first;
    const dur = { kills: 0, kept: 0 };
    while (dur.kills < RENEWALS) {
      if (!('token' in held)) throw new Error(held.code);
      const rejected = held.token.access_token;
      const challenge = 'Bearer error="invalid_token"';
      const renewed = await site.getToken({ challenge, rejected });
      await startAgain();
      dur.kills += 1;
      expect(renewed).toHaveProperty('token');
      const mark = stage.lab.ledger.mark();
      const outcome = await site.getToken({ interactive: false });
      counted.grantsLost += 'token' in outcome ? 0 : 1;
      expect(outcome).toEqual(renewed);
      expect(outcome).not.toEqual(held);
      expect(stage.lab.ledger.since(mark).cost()).toMatchObject({ exchanges: 0, refreshes: 0 });
      dur.kept += 1;
      held = outcome;
    }
    reportBar(inBrowser('DUR-2'), dur);
  });
});

afterAll(() => {
  reportBar(inBrowser('kills of the whole browser'), counted);
});
