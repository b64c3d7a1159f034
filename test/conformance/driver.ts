/**
 * Plays one scenario through the built extension: a fresh Chromium, a page that uses the official client, and a
 * user who answers our prompts. What the suite's client command gets is only whether the page's calls succeeded.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type { ExtensionCall, ExtensionCalls, ExtensionReply } from '../../src/shared/messages.ts';
import { openChromium, type Chromium } from '../support/chromium.ts';
import { CONSENT } from '../support/driver.ts';
import { unpack } from '../support/packaged.ts';
import { allow, deny } from '../support/prompt.ts';
import { openPageAt, useServer } from './page.ts';

/** What the suite tells the client command. */
export interface Assignment {
  url: string;
  scenario: string;
  version: string;
  context: { client_id?: string; client_secret?: string };
}

/** How it went, seen from the browser. */
export interface Play {
  /** The error that the page's calls ended with, or null. */
  error: string | null;
  /** Prompts that were answered by a click. */
  clicks: number;
  /** What our own window says at the end, when it is still open: after a failure, why. */
  told: string | null;
  /** What the extension logged or failed at. */
  faults: readonly string[];
}

/** The client id metadata document that the suite expects; it is fetched by nobody (RFC draft, suite's constant). */
const CLIENT_DOCUMENT = 'https://conformance-test.local/client-metadata.json';

/** Scenarios in which the authorization server must be known by that document, not by a registration. */
const WITH_DOCUMENT = ['auth/basic-cimd'];

/** The whole of a scenario; milliseconds. */
const LIMIT_MS = 60_000;

/** Plays a scenario; `decision` is what the user answers to every prompt. */
export async function play(assignment: Assignment, decision: 'allow' | 'deny'): Promise<Play> {
  const browser = await openChromium({ extension: unpack('chrome') });
  const limit = setTimeout(() => void browser.close(), LIMIT_MS);
  try {
    await browser.preApproveHostAccess(['http://localhost/*']);
    if (WITH_DOCUMENT.includes(assignment.scenario)) await useDocument(browser);
    const page = await browser.browser.newPage();
    await openPageAt(assignment.url, page);
    const user = answerPrompts(browser, { decision, ...assignment.context });
    const error = await useServer(page, assignment.url, assignment.version === '2026-07-28');
    const clicks = await user.stop();
    const told = await (await findPrompt(browser))?.$eval('body', (body) => body.innerText);
    return { error, clicks, told: told ?? null, faults: [...browser.faults] };
  } finally {
    clearTimeout(limit);
    await browser.close();
  }
}

/** As in the settings page, for a document that cannot be read from here. */
async function useDocument(browser: Chromium): Promise<void> {
  const page = await browser.extensionPage('src/popup/popup.html');
  await tell(page, 'configure', { clientDocument: { url: CLIENT_DOCUMENT, trusted: true } });
  await page.close();
}

/** A call of the extension door, from one of our own documents. */
async function tell<C extends ExtensionCall>(
  page: Page,
  call: C,
  params: ExtensionCalls[C]['params'],
): Promise<ExtensionCalls[C]['result']> {
  const message = { door: 'extension', call, params };
  const reply = (await page.evaluate(
    (sent) => chrome.runtime.sendMessage(sent) as Promise<unknown>,
    message,
  )) as ExtensionReply<C>;
  if (!reply.ok) throw new Error(`${call}: ${reply.error.code}`);
  return reply.result;
}

/** What the user knows and wants. */
interface User {
  decision: 'allow' | 'deny';
  client_id?: string;
  client_secret?: string;
}

/** Answers every prompt until told to stop; then resolves how many there were. */
function answerPrompts(browser: Chromium, user: User): { stop(): Promise<number> } {
  let stopped = false;
  const run = async (): Promise<number> => {
    let clicks = 0;
    while (!stopped) {
      const prompt = await findPrompt(browser);
      // A prompt may end while it is looked at, as when the page gives up.
      if (prompt && (await answer(prompt, user).catch(() => false))) clicks += 1;
      else await sleep(50);
    }
    return clicks;
  };
  const running = run();
  return {
    stop: () => {
      stopped = true;
      return running;
    },
  };
}

async function findPrompt({ browser }: Chromium): Promise<Page | undefined> {
  const target = browser.targets().find((one) => one.url().includes(CONSENT));
  return (await target?.page()) ?? undefined;
}

/** Resolves whether there was a question, and it was answered. */
async function answer(prompt: Page, user: User): Promise<boolean> {
  if (await prompt.$('#stage[data-stage="client"][data-step="deciding"]')) {
    return enterClient(prompt, user);
  }
  if (!(await prompt.$('#stage[data-step="deciding"] #allow'))) return false;
  await (user.decision === 'allow' ? allow : deny)(prompt);
  // The answered question is gone, or, in a window that stays for the next one, its Allow has to wake again.
  const gone = () => !document.querySelector('#allow[data-armed="true"]');
  await prompt.waitForFunction(gone).catch(() => undefined);
  return true;
}

/** Gives the client that the user has registered at this issuer by hand (R23, R31). */
async function enterClient(prompt: Page, user: User): Promise<boolean> {
  const flow = await prompt.evaluate(() => new URLSearchParams(location.search).get('flow') ?? '');
  const view = await tell(prompt, 'prompt', { flow });
  if (view?.snapshot.stage !== 'client' || view.step !== 'deciding') return false;
  const { nonce, digest } = view;
  const { client_id: clientId = '', client_secret: clientSecret = '' } = user;
  const client = { clientId, clientSecret, authMethod: 'client_secret_basic' as const };
  const { accepted } = await tell(prompt, 'decide', {
    flow,
    nonce,
    digest,
    decision: user.decision,
    client,
  });
  return accepted;
}
