/** The user of a conformance run: answers every prompt of ours in the same way, and knows what was registered by hand. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type {
  ExtensionCall,
  ExtensionCalls,
  ExtensionReply,
} from '../../src/shared/document-contract.ts';
import type { Chromium } from '../../drivers/chromium.ts';
import { CONSENT } from '../../drivers/driver.ts';
import { answerIfReady, isReady } from '../../drivers/prompt.ts';

/** A call of the extension door, from one of our own documents. */
export async function tell<C extends ExtensionCall>(
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
export interface Intent {
  decision: 'allow' | 'deny';
  client_id?: string;
  client_secret?: string;
}

/** A user at work. */
export interface User {
  /** Prompts answered so far. */
  clicks(): number;
  /** Resolves how many there were, once the last one is answered. */
  stop(): Promise<number>;
}

/** Answers every prompt until told to stop. */
export function answerPrompts(browser: Chromium, intent: Intent): User {
  let clicks = 0;
  /** Nonces of the questions that were answered by a message: what shows them may lag behind. */
  const told = new Set<string>();
  let stopped = false;
  const run = async (): Promise<number> => {
    while (!stopped) {
      const prompt = await findPrompt(browser);
      // A prompt may end while it is looked at, as when the page gives up.
      if (prompt && (await answer(prompt, intent, told).catch(() => false))) clicks += 1;
      else await sleep(50);
    }
    return clicks;
  };
  const running = run();
  return {
    clicks: () => clicks,
    stop: () => {
      stopped = true;
      return running;
    },
  };
}

/** The consent window that is open, if any. */
export async function findPrompt({ browser }: Chromium): Promise<Page | undefined> {
  const target = browser.targets().find((one) => one.url().includes(CONSENT));
  return (await target?.page()) ?? undefined;
}

/** Resolves whether there was a question, and it was answered. */
async function answer(prompt: Page, user: Intent, told: Set<string>): Promise<boolean> {
  if (await prompt.$('#stage[data-stage="client"][data-step="deciding"]')) {
    return enterClient(prompt, user, told);
  }
  // Nobody of the suite has a key: where an older sign-in is there as well, it is chosen (Z38).
  const signIn = user.decision === 'allow' && (await prompt.$('#sign-in-instead'));
  if (signIn) {
    // The window is being fitted to the question: a click at once would meet what has come into its place.
    if (!(await isReady(prompt))) return false;
    await signIn.evaluate((button) => button.scrollIntoView({ block: 'center' }));
    await signIn.click();
    await prompt.waitForFunction(() => !document.querySelector('#sign-in-instead'));
    return true;
  }
  return answerIfReady(prompt, user.decision);
}

/** Gives the client that the user has registered at this issuer by hand (R23, R31). */
async function enterClient(prompt: Page, user: Intent, told: Set<string>): Promise<boolean> {
  const flow = await prompt.evaluate(() => new URLSearchParams(location.search).get('flow') ?? '');
  const view = await tell(prompt, 'prompt', { flow });
  if (view?.snapshot.stage !== 'client' || view.step !== 'deciding') return false;
  const { nonce, digest } = view;
  if (told.has(nonce)) return false;
  const { client_id: clientId = '', client_secret: clientSecret = '' } = user;
  const client = { clientId, clientSecret, authMethod: 'client_secret_basic' as const };
  const { accepted } = await tell(prompt, 'decide', {
    flow,
    nonce,
    digest,
    decision: user.decision,
    client,
  });
  if (accepted) told.add(nonce);
  return accepted;
}
