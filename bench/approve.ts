/** A person who allows what is asked, and then signs in; in any browser. */
import type { Driver } from '../drivers/driver.ts';
import { allow, findAsked, findPrompt } from '../drivers/prompt.ts';
import { signIn } from '../drivers/sign-in.ts';

/** With `reach`, the first question is whether the server may be contacted, unless what it says is at hand. */
export async function approve(driver: Driver, issuer: string, reach: boolean): Promise<void> {
  const isAsked = reach && (await findAsked(driver, 'reach', 'allow')) === 'reach';
  if (isAsked) await allow(await findPrompt(driver, 'reach'));
  await allow(await findPrompt(driver, 'allow'));
  await signIn(driver, issuer);
}
