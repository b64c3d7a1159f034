/** Two sites ask at the same time, each for another server. Firefox by itself would mix their sign-ins up (PF-11). */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../demo/lab.ts';
import { CONSENT } from '../../drivers/driver.ts';
import { allow } from '../../drivers/prompt.ts';
import { inBrowser, openTestStage, startTestLab } from '../support/browser-under-test.ts';
import type { Outcome, Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let other: Lab;
let sites: [WebClient, WebClient];
let labs: [Lab, Lab];
beforeAll(async () => {
  [stage, other] = await Promise.all([openTestStage(), startTestLab()]);
  sites = [await stage.visit('siteA'), await stage.visit('siteB')];
  labs = [stage.lab, other];
});
afterAll(() => Promise.all([stage.close(), other.close()]));

/** The prompts that ask something now. */
async function questions(): Promise<Page[]> {
  const isPrompt = (url: string) => url.startsWith(stage.browser.root + CONSENT);
  const prompts = await stage.browser.openPages(isPrompt);
  const asks = await Promise.all(prompts.map((prompt) => prompt.$('#allow').catch(() => null)));
  return prompts.filter((_, i) => asks[i] !== null);
}

/** The sign-in windows that are open now, of either server. */
function signIns(): Promise<Page[]> {
  const issuers = labs.map((lab) => lab.authorizationServer.issuer);
  return stage.browser.openPages((url) => issuers.some((issuer) => url.startsWith(issuer)));
}

/** Goes to and fro between the tabs and allows all that is asked; resolves how many were asked at once at most. */
async function allowAll(count: number): Promise<number> {
  let most = 0;
  for (let allowed = 0; allowed < count;) {
    for (const { page } of sites) await page.bringToFront();
    const open = await questions();
    most = Math.max(most, open.length);
    const [prompt] = open;
    if (!prompt) continue;
    await prompt.bringToFront();
    await allow(prompt);
    allowed += 1;
  }
  return most;
}

/** What a token is for, as the server that issued it knows. */
async function resourceOf(lab: Lab, outcome: Outcome | undefined): Promise<string | undefined> {
  const { token } = outcome as Extract<Outcome, { token: unknown }>;
  return (await lab.authorizationServer.findAccessToken(token.access_token))?.resource;
}

describe(inBrowser('two sites that ask at once, for two servers'), () => {
  let outcomes: Promise<Outcome[]>;

  it('are asked about one after the other (Z4, T-13)', async () => {
    const ask = (site: WebClient, lab: Lab) => site.getToken({ resource: lab.mcpServer.url });
    outcomes = Promise.all(sites.map((site, i) => ask(site, labs[i]!)));
    // Whether the server may be contacted, and what the site may do there: two questions for each site.
    expect(await allowAll(4)).toBe(1);
  });

  it('sign in one after the other (PF-11)', async () => {
    const started = () => labs.reduce((sum, { ledger }) => sum + ledger.cost().authorizations, 0);
    await expect.poll(async () => (await signIns()).length, { timeout: 10_000 }).toBe(1);
    expect(started()).toBe(1);
    const first = labs.findIndex(({ ledger }) => ledger.cost().authorizations === 1);
    await stage.signIn(labs[first]!.authorizationServer.issuer);
    await stage.signIn(labs[1 - first]!.authorizationServer.issuer);
    expect(started()).toBe(2);
  });

  it('each get the token that is meant for them, from the server that they asked for (Z1)', async () => {
    const [forA, forB] = await outcomes;
    expect(await resourceOf(stage.lab, forA)).toBe(stage.lab.mcpServer.url);
    expect(await resourceOf(other, forB)).toBe(other.mcpServer.url);
    for (const { ledger } of labs) {
      expect(ledger.cost()).toMatchObject({ registrations: 1, authorizations: 1, exchanges: 1 });
    }
    expect(stage.browser.consentWindows.length).toBe(2);
    expect(stage.browser.faults).toEqual([]);
  });

  it('renew their tokens each under a lock of its own name, so that neither waits (T-38)', async () => {
    const rejected = (await outcomes).map((outcome) =>
      'token' in outcome ? outcome.token.access_token : '',
    );
    const challenge = 'Bearer error="invalid_token"';
    const held = labs.map((lab) => lab.authorizationServer.holdTokenResponses());
    const renewed = sites.map((site, i) =>
      site.getToken({
        resource: labs[i]!.mcpServer.url,
        challenge,
        rejected: rejected[i]!,
        interactive: false,
      }),
    );
    await Promise.all(held.map(({ reached }) => reached));
    const names = await stage.browser.evaluateInBackground(async ({ navigator }) =>
      ((await navigator.locks.query()).held ?? []).map(({ name }) => name),
    );
    for (const { release } of held) release();
    const tokens = await Promise.all(renewed);
    const wanted = labs.map((lab, i) => {
      const { origin } = new URL(sites[i]!.page.url());
      return `refresh ${origin} ${lab.mcpServer.url} default`;
    });
    expect(names.sort()).toEqual(wanted.sort());
    expect(tokens.every((outcome) => 'token' in outcome)).toBe(true);
  });
});
