/**
 * The background (Chromium's worker, Firefox's event page) is killed, as the browser kills it, at the worst moments. After each: one prompt at most, every
 * promise of the page settles, no code is exchanged twice, and the call succeeds when it is made again.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readToEnd } from '../../drivers/prompt.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Outcome, Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let site: WebClient;
beforeEach(async () => {
  stage = await openTestStage({ https: true });
  site = await stage.visit('siteA');
});
afterEach(() => stage.close());

/** Checks what must hold after every kill, and prints the counts. */
async function expectSound(point: string, outcome: Outcome): Promise<void> {
  const { exchanges, registrations, authorizations } = stage.lab.ledger.cost();
  const prompts = stage.browser.consentWindows.length;
  const settled = 'token' in outcome ? 'a token' : outcome.code;
  console.info(
    `killed ${point}: ${prompts} prompt, ${registrations} registration, ` +
      `${authorizations} authorizations, ${exchanges} exchanges; the page got ${settled}`,
  );
  expect(['a token', 'interrupted']).toContain(settled);
  expect(prompts).toBe(1);
  expect(registrations).toBe(1);
  const codes = stage.lab.ledger.tokenRequests('authorization_code');
  expect(codes.filter(({ status }) => status === 400)).toEqual([]);
  expect(await site.getToken({ interactive: false })).toHaveProperty('token');
  expect(stage.browser.faults).toEqual([]);
}

describe(inBrowser('a background killed'), () => {
  it('while the prompt is open: the same prompt can still be answered (K03)', async () => {
    const call = site.getToken({ scopes: ['notes:read'] });
    const prompt = await stage.browser.consentPrompt();
    await readToEnd(prompt);
    await stage.browser.killBackground();
    await stage.answer('allow', 'allow');
    await stage.signIn();
    await expectSound('while the prompt was open', await call);
    expect(stage.lab.ledger.cost()).toMatchObject({ authorizations: 1, exchanges: 1 });
  });

  it('while the sign-in window is open: the sign-in starts again, the question does not (K13)', async () => {
    const call = site.getToken({ scopes: ['notes:read'] });
    await stage.answer('allow', 'allow');
    const abandoned = await stage.browser.authorizationWindow('/interaction/');
    await abandoned.waitForSelector('#sign-in');
    const closed = stage.browser.whenClosed(abandoned);
    await stage.browser.killBackground();
    await closed;
    await stage.signIn();
    await expectSound('while the sign-in window was open', await call);
    expect(stage.lab.ledger.cost()).toMatchObject({ authorizations: 2, exchanges: 1 });
  });

  it('while the token response is on its way: the code is spent (K17)', async () => {
    const held = stage.lab.authorizationServer.holdTokenResponses();
    const call = site.getToken({ scopes: ['notes:read'] });
    await stage.answer('allow', 'allow');
    await stage.signIn();
    await held.reached;
    await stage.browser.killBackground();
    held.release();
    await stage.signIn();
    await expectSound('while the token response was on its way', await call);
    expect(stage.lab.ledger.cost()).toMatchObject({ authorizations: 2, exchanges: 2 });
  });

  it('between token response and commit: the code is spent, the tokens are lost (K18)', async () => {
    const call = site.getToken({ scopes: ['notes:read'] });
    await stage.answer('allow', 'allow');
    const window = await stage.browser.authorizationWindow('/interaction/');
    await window.waitForSelector('#sign-in');
    // Tokens are encrypted before they are written: the product's background waits there for ever.
    await stage.browser.evaluateInBackground((background) => {
      const scope = background as { reachedCommit?: boolean } & typeof globalThis;
      scope.crypto.subtle.encrypt = () => {
        scope.reachedCommit = true;
        return new Promise(() => undefined);
      };
    });
    await stage.signIn();
    const hasReached = (background: typeof globalThis) => 'reachedCommit' in background;
    await expect
      .poll(() => stage.browser.evaluateInBackground(hasReached), { timeout: 10_000 })
      .toBe(true);
    await stage.browser.killBackground();
    await stage.signIn();
    await expectSound('between token response and commit', await call);
    expect(stage.lab.ledger.cost()).toMatchObject({ authorizations: 2, exchanges: 2 });
  });
});
