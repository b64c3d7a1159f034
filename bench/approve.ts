/** A person who allows what is asked, and then signs in; in any browser. */
import type { Driver } from '../drivers/driver.ts';
import { allow, findPrompt } from '../drivers/prompt.ts';
import { signIn } from '../drivers/sign-in.ts';

/** With `reach`, the first question is whether the server may be contacted. */
export async function approve(driver: Driver, issuer: string, reach: boolean): Promise<void> {
  if (reach) await allow(await findPrompt(driver, 'reach'));
  await allow(await findPrompt(driver, 'allow'));
  await signIn(driver, issuer);
}
