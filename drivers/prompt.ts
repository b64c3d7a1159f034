/** Decides in the consent window as a user does: by looking at it long enough, and then clicking for real. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type { PromptSnapshot } from '../src/shared/prompt.ts';
import { CONSENT, PATIENCE_MS, type Driver } from './driver.ts';

type Stage = PromptSnapshot['stage'];

/** Of several prompts that may be open, the one that asks this; another one may show how far its flow has come. */
export async function findPrompt(browser: Driver, ...stages: Stage[]): Promise<Page> {
  const isPrompt = (url: string) => url.startsWith(browser.root + CONSENT);
  const asks = stages
    .map((stage) => `#stage[data-stage="${stage}"][data-step="deciding"] #allow`)
    .join();
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    for (const prompt of await browser.openPages(isPrompt)) {
      // A window that is closing has no answer.
      if (await prompt.$(asks).catch(() => null)) return prompt;
    }
    await sleep(50);
  }
  throw new Error(`No prompt asks “${stages.join('” or “')}”`);
}

/** Which of these questions is asked first: where all that would be read is at hand, nobody is asked to contact it. */
export async function findAsked(browser: Driver, ...stages: Stage[]): Promise<Stage | undefined> {
  const prompt = await findPrompt(browser, ...stages);
  const asked = await prompt.$eval('#stage', (stage) => stage.getAttribute('data-stage'));
  return stages.find((stage) => stage === asked);
}

/**
 * Reads a question to its end: Allow wakes only once all of it has been in view (Z24).
 * @param patience milliseconds
 */
export async function readToEnd(prompt: Page, patience = PATIENCE_MS): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await prompt.$('#allow[data-armed="true"]'))) {
    if (Date.now() > deadline) throw new Error('Allow does not wake');
    await readOn(prompt);
    await sleep(60);
  }
}

/** The next stretch; and where names have to be compared, they have been. */
async function readOn(prompt: Page): Promise<void> {
  const names = await prompt.$('#confirm-name:not(:checked)');
  if (names) {
    // Under the footer nobody can click it.
    await names.evaluate((box) => box.scrollIntoView({ block: 'center' }));
    await names.click();
  }
  await prompt.evaluate(() => {
    const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 1;
    if (document.querySelector('#allow[data-left]')) scrollBy(0, isAtEnd ? -scrollY : 150);
  });
}

/** Waits until Allow is armed (Z24), then clicks it. */
export async function allow(prompt: Page): Promise<void> {
  await readToEnd(prompt);
  await clickAndMaybeClose(prompt, '#allow');
}

/** Clicks Deny, which needs no arming. */
export async function deny(prompt: Page): Promise<void> {
  await prompt.waitForSelector('#deny', { visible: true });
  await clickAndMaybeClose(prompt, '#deny');
}

/** A question that a click can answer now; one for a client has to be filled in first. */
const READY = '#stage[data-step="deciding"]:not([data-stage="client"]) #allow[data-armed="true"]';

/** Whether the question can be answered now: read to its end, in a window that has kept still. Else reads on. */
export async function isReady(prompt: Page): Promise<boolean> {
  if (await prompt.$(READY)) return true;
  await readOn(prompt).catch(() => undefined);
  return false;
}

/**
 * Answers the question that is open, if there is one and it can be answered now. A window that stays for the next
 * question shows the answered one for a moment, with an Allow that is not armed. That moment must not be waited out:
 * the click would answer a question that nobody has looked at.
 * @returns whether a question was answered
 */
export async function answerIfReady(prompt: Page, decision: 'allow' | 'deny'): Promise<boolean> {
  if (!(await isReady(prompt))) return false;
  await clickAndMaybeClose(prompt, `#${decision}`);
  const isGone = (ready: string) => !document.querySelector(ready);
  await prompt.waitForFunction(isGone, {}, READY).catch(() => undefined);
  return true;
}

/** Closes the prompt of a flow that has failed, as it offers. */
export async function closeFailed(prompt: Page): Promise<void> {
  await prompt.waitForSelector('#close', { visible: true });
  await clickAndMaybeClose(prompt, '#close');
}

/** Trusted mouse events. The window may close on the press, before the browser has confirmed the release. */
async function clickAndMaybeClose(page: Page, selector: string): Promise<void> {
  try {
    await page.click(selector);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'TargetCloseError')) throw error;
  }
}
