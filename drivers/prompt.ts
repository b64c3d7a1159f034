/** Decides in the consent window as a user does: by looking at it long enough, and then clicking for real. */
import type { Page } from 'puppeteer-core';

/** Waits until Allow is armed (Z24), then clicks it. */
export async function allow(prompt: Page): Promise<void> {
  await prompt.waitForSelector('#allow[data-armed="true"]', { visible: true });
  await clickAndMaybeClose(prompt, '#allow');
}

/** Clicks Deny, which needs no arming. */
export async function deny(prompt: Page): Promise<void> {
  await prompt.waitForSelector('#deny', { visible: true });
  await clickAndMaybeClose(prompt, '#deny');
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
