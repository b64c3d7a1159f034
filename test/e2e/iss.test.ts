/**
 * The authorization response is judged by its issuer before anything in it is believed (RFC 9207 §2.4). The
 * demo's real authorization server answers; on the last redirect one thing is changed, as an attacker or a careless
 * server would.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Twist } from '../../demo/response-faults.ts';
import { closeFailed } from '../../drivers/prompt.ts';
import { dumpDatabase } from '../support/database.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Outcome, Stage, WebClient } from '../support/stage.ts';

/** Words of the server that nobody may be shown or told. */
const MARKER = 'call-this-number-7f3a';

/** All that a site without a grant learns. */
const DULL = {
  code: 'connect_failed',
  message: 'The connection to this MCP server could not be set up.',
  retryable: false,
};

let stage: Stage;
let site: WebClient;
/** What the site is told of its refused calls, ten seconds after each (Z43), and what our window said meanwhile. */
let told: { outcome: Promise<Outcome>; shown: string }[];

/** Opens everything anew: metadata that was read once is remembered. */
function open(advertised: boolean): () => Promise<void> {
  return async () => {
    stage = await openTestStage({ https: true });
    stage.lab.authorizationServer.advertiseIss(advertised);
    told = [];
  };
}

const saying =
  (iss: (issuer: string) => string | undefined): Twist =>
  (response) => {
    const value = iss(stage.lab.authorizationServer.issuer);
    if (value === undefined) response.delete('iss');
    else response.set('iss', value);
    response.set('error_description', MARKER);
  };

/** A refusal in the name of somebody else, instead of the code. */
const failing: Twist = (response) => {
  response.delete('code');
  response.set('iss', 'https://elsewhere.test');
  response.set('error', 'access_denied');
  response.set('error_description', MARKER);
};

/** Asks for a token; the user allows it and signs in, and the response is twisted on its way back. */
async function askTwisted(twist: Twist | undefined): Promise<{ outcome: Promise<Outcome> }> {
  // A page of its own: the SDK would share the call of the case before, which is held back still.
  site = await stage.visit('siteA');
  stage.lab.authorizationServer.twistResponses(twist);
  const outcome = site.getToken({ scopes: ['notes:read'] });
  await stage.answer('allow', 'allow');
  await stage.signIn();
  return { outcome };
}

/** The failure in plain words: the response names somebody else, or nobody where a name was promised. */
const OF_ANOTHER = 'came from a different sign-in provider';
const OF_NOBODY = 'didn’t say which sign-in provider sent it';

/** What the extension's own window says of the failure; then closes it. */
async function readFailure(): Promise<{
  code: string | null;
  look: string | null;
  text: string;
}> {
  const prompt = await stage.browser.consentPrompt();
  const failure = await prompt.waitForSelector('#failure');
  // It is there only if the steps of this sign-in are.
  await prompt.waitForSelector('#to-trace');
  const shown = await failure!.evaluate((box) => ({
    code: box.getAttribute('data-code'),
    look: box.getAttribute('data-look'),
    text: document.documentElement.outerHTML + document.body.innerText,
  }));
  const closed = stage.browser.whenClosed(prompt);
  await closeFailed(prompt);
  await closed;
  return shown;
}

/** No word of the server, and no name that it dropped, is anywhere but on its own pages. */
async function expectNothingTold(outcome: Outcome, shown: string): Promise<void> {
  const places = [JSON.stringify(outcome), shown, ...stage.browser.faults];
  // The trace shows the user whose name the response bore: theirs alone, and nothing else of it.
  const untraced = await dumpDatabase(stage.browser, ['traces']);
  for (const place of [...places, await dumpDatabase(stage.browser)]) {
    expect(place).not.toContain(MARKER);
  }
  for (const place of [...places, untraced]) expect(place).not.toContain('elsewhere.test');
}

async function expectRefused(twist: Twist, words = OF_ANOTHER): Promise<void> {
  const mark = stage.lab.ledger.mark();
  const { outcome } = await askTwisted(twist);
  const { code, look, text } = await readFailure();
  expect(stage.lab.ledger.since(mark).authorizationRequests().length).toBeGreaterThan(0);
  expect(stage.lab.ledger.since(mark).tokenRequests()).toEqual([]);
  expect([code, look]).toEqual(['issuer_mismatch', 'danger']);
  expect(text).toContain(`received_issuer: ${words === OF_NOBODY ? 'none' : 'another'}`);
  expect(text).toContain('as.test');
  expect(text).toContain(words);
  told.push({ outcome, shown: text });
}

/** All that was refused so far; each was held back for its own ten seconds, side by side. */
async function expectDull(): Promise<void> {
  expect(told.length).toBeGreaterThan(0);
  for (const { outcome, shown } of told) {
    expect(await outcome).toEqual(DULL);
    await expectNothingTold(await outcome, shown);
  }
}

describe(inBrowser('a provider that promises to name itself'), () => {
  beforeAll(open(true));
  afterAll(() => stage.close());

  it.each([
    ['names another issuer (R90)', saying(() => 'https://elsewhere.test')],
    ['does not name itself', saying(() => undefined), OF_NOBODY],
    ['names itself with a slash more (R64)', saying((issuer) => `${issuer}/`)],
    ['names nobody, with an empty name (ISS-2)', saying(() => '')],
    ['tells an error in another one’s name (B11, B12)', failing],
  ])(
    'gets no code exchanged when it %s, and only our own window says why (R63, R65)',
    (_case, twist, words?: string) => expectRefused(twist, words),
  );

  it('leads to the same dull answer for its site, whatever it named (Z2, Z11)', expectDull);

  it('is connected as soon as it keeps its promise, and nothing was held against it (R66)', async () => {
    expect(await (await askTwisted(undefined)).outcome).toHaveProperty('token');
  });

  it('changes nothing of a grant that is held when its answer to a step-up is another issuer’s (R66)', async () => {
    const { token } = (await site.getToken()) as Extract<Outcome, { token: unknown }>;
    const mark = stage.lab.ledger.mark();
    stage.lab.authorizationServer.twistResponses(saying(() => 'https://elsewhere.test'));
    const call = site.getToken({ scopes: ['notes:write'] });
    await stage.answer('allow', 'allow');
    await stage.signIn();
    // A site that holds a grant may know which kind of failure it was.
    expect(await call).toMatchObject({ code: 'issuer_mismatch', retryable: false });
    expect(stage.lab.ledger.since(mark).tokenRequests()).toEqual([]);
    const { text } = await readFailure();
    await expectNothingTold(await call, text);
    expect(await site.getToken({ interactive: false })).toEqual({ token });
  });

  it('leaves no word of its own in what the extension logs (T-32)', () => {
    expect(stage.browser.faults).toEqual([]);
  });
});

describe(inBrowser('a provider that does not promise to name itself'), () => {
  beforeAll(open(false));
  afterAll(() => stage.close());

  it.each([
    ['names another issuer all the same', saying(() => 'https://elsewhere.test')],
    ['names itself with a slash more (R64)', saying((issuer) => `${issuer}/`)],
  ])(
    'gets no code exchanged when it %s, and only our own window says why (R63, R65)',
    (_case, twist) => expectRefused(twist),
  );

  it('leads to the same dull answer for its site, whatever it named (Z2, Z11)', expectDull);

  it('is no attacker when a person cancels there: our window is calm, and sends for nobody', async () => {
    const { outcome } = await askTwisted((response) => {
      response.delete('code');
      response.set('error', 'access_denied');
      response.set('error_description', MARKER);
    });
    const { code, look, text } = await readFailure();
    expect([code, look]).toEqual(['access_denied', 'calm']);
    expect(text).toContain('You cancelled at as.test');
    expect(await outcome).toMatchObject({ code: 'access_denied' });
    await expectNothingTold(await outcome, text);
  });

  it('is connected when it does not name itself (R63)', async () => {
    const without: Twist = (response) => response.delete('iss');
    expect(await (await askTwisted(without)).outcome).toHaveProperty('token');
  });
});
