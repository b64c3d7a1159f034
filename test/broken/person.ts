/** A person who allows what is asked and signs in where they are led, until told to stop. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { CONSENT, type Driver } from '../../drivers/driver.ts';
import { answerIfReady } from '../../drivers/prompt.ts';

/** A person at work. */
export interface Person {
  /** Questions that were allowed so far. */
  allowed(): number;
  /** Resolves when nothing is clicked any more. */
  leave(): Promise<void>;
}

/** Sits a person down before a browser. */
export function seatPerson(driver: Driver, issuer: string): Person {
  let allowed = 0;
  let isHere = true;
  const isPrompt = (url: string) => url.startsWith(driver.root + CONSENT);
  const isSignIn = (url: string) => url.startsWith(`${issuer}/interaction/`);
  const look = async (): Promise<void> => {
    for (const page of await driver.openPages((url) => isPrompt(url) || isSignIn(url))) {
      if (isSignIn(page.url())) await signIn(page);
      else if (await answerIfReady(page, 'allow')) allowed += 1;
    }
  };
  const sit = async (): Promise<void> => {
    while (isHere) {
      // A window may close while it is looked at.
      await look().catch(() => undefined);
      await sleep(100);
    }
  };
  const sitting = sit();
  return {
    allowed: () => allowed,
    leave: () => {
      isHere = false;
      return sitting;
    },
  };
}

async function signIn(window: Page): Promise<void> {
  const button = await window.$('#sign-in, #authorize');
  await button?.click();
  await button?.dispose();
}
