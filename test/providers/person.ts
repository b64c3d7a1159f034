/** A person who wants to get through: allows, signs in, clicks what a failure screen offers, enters what they were told. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { CONSENT, type Driver } from '../../drivers/driver.ts';
import { allow, answerIfReady } from '../../drivers/prompt.ts';
import type { ProviderAtWork } from './rows.ts';

/** What it took. */
export interface Trouble {
  /** Questions that were allowed. */
  allowed: number;
  /** Clicks on what a failure screen offers. */
  clicks: number;
  /** Texts that were entered, or copied for the provider's owner. */
  typed: number;
}

/** A person at work. */
export interface Person {
  trouble: Trouble;
  /** Resolves when nothing is clicked any more. */
  leave(): Promise<void>;
}

/** A failure screen is looked at this often before it counts as the end. */
const MOST_CLICKS = 8;

/** Sits a person down before a browser. */
export function seatPerson(driver: Driver, issuer: string, provider: ProviderAtWork): Person {
  const trouble: Trouble = { allowed: 0, clicks: 0, typed: 0 };
  let isHere = true;
  const isPrompt = (url: string) => url.startsWith(driver.root + CONSENT);
  const isProvider = (url: string) => url.startsWith(issuer);
  const look = async (): Promise<void> => {
    for (const page of await driver.openPages((url) => isPrompt(url) || isProvider(url))) {
      if (isPrompt(page.url()) || (await page.$('#stage'))) await decide(page, provider, trouble);
      else await signIn(page);
    }
  };
  const sitting = (async () => {
    const isOver = () => !isHere;
    while (!isOver()) {
      // A window may close while it is looked at, and then never answer.
      await Promise.race([look().catch(() => undefined), sleep(20_000)]);
      await sleep(150);
    }
  })();
  return {
    trouble,
    leave: () => {
      isHere = false;
      return sitting;
    },
  };
}

async function decide(prompt: Page, provider: ProviderAtWork, trouble: Trouble): Promise<void> {
  if (await prompt.$('#failure')) return recover(prompt, provider, trouble);
  const isClient = await prompt.$('#stage[data-stage="client"][data-step="deciding"] #client-id');
  if (isClient && provider.entered?.clientId !== undefined) {
    await prompt.type('#client-id', provider.entered.clientId);
    await prompt.evaluate(() => {
      const field = document.querySelector('#client-redirect');
      field?.closest('details')?.setAttribute('open', '');
    });
    const { redirectUri } = provider.entered;
    if (redirectUri !== undefined) await prompt.type('#client-redirect', redirectUri);
    trouble.typed += redirectUri === undefined ? 1 : 2;
    await allow(prompt);
    await sleep(500);
    return;
  }
  const missing = provider.ticks ? await prompt.$$('#overrides input:not(:checked)') : [];
  for (const box of missing) {
    await box.click();
    trouble.clicks += 1;
  }
  if (await answerIfReady(prompt, 'allow')) trouble.allowed += 1;
}

/** What the screen offers first; then what the person knows from elsewhere. */
async function recover(prompt: Page, provider: ProviderAtWork, trouble: Trouble): Promise<void> {
  if (trouble.clicks >= MOST_CLICKS) return;
  const { entered, list } = provider;
  if (list) {
    const named = await prompt.$eval('#redirect-uri', ({ textContent }) => textContent);
    list(named);
    trouble.typed += 1;
    await click(prompt, '#retry', trouble);
  } else if (await prompt.$('#use-loopback:not([aria-disabled="true"])')) {
    await click(prompt, '#use-loopback', trouble);
  } else if (entered?.redirectUri !== undefined && (await prompt.$('#return-to'))) {
    await prompt.evaluate(() => document.querySelector('#given-address')?.setAttribute('open', ''));
    await prompt.$eval('#return-to', (field) => (field as HTMLInputElement).select());
    await prompt.type('#return-to', entered.redirectUri);
    trouble.typed += 1;
    await click(prompt, '#given-address button', trouble);
  } else if (await prompt.$('#leave-out')) {
    await leaveOut(prompt, provider);
    await click(prompt, '#retry', trouble);
  }
}

async function leaveOut(prompt: Page, { unticks }: ProviderAtWork): Promise<void> {
  if (unticks === undefined) return;
  await prompt.click('#leave-out-heading');
  await prompt.click(`#leave-out [value="${unticks}"]`);
}

async function click(prompt: Page, selector: string, trouble: Trouble): Promise<void> {
  trouble.clicks += 1;
  await prompt.click(selector);
  // What was clicked is gone when it has begun.
  const isGone = () => !document.querySelector('#failure');
  await prompt.waitForFunction(isGone, { timeout: 10_000 }).catch(() => undefined);
}

/** An error page leads nowhere: the person closes it. */
async function signIn(window: Page): Promise<void> {
  if (await window.$('#error')) return window.close();
  const button = await window.$('#sign-in, #authorize');
  await button?.click();
}
