/** How the story finds out whether what it tells is true. A claim that does not hold ends its step. */
import { setTimeout as sleep } from 'node:timers/promises';

/** How long anything on the screen may take; milliseconds. */
export const PATIENCE_MS = 25_000;

/** @throws when the claim does not hold */
export function check(claim: string, holds: boolean): asserts holds {
  if (!holds) throw new Error(`it is not so that ${claim}`);
}

/** @throws when the two differ, with both in words */
export function checkSame(what: string, actual: unknown, expected: unknown): void {
  const [seen, wanted] = [actual, expected].map((value) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  );
  if (seen !== wanted) throw new Error(`${what}: expected “${wanted}”, seen “${seen}”`);
}

/** Waits for something that ends by itself; throws when it does not in time. */
export async function inTime(claim: string, end: Promise<void>): Promise<void> {
  let ended = false;
  void end.then(() => (ended = true));
  await until(claim, () => ended);
}

/** Looks again and again until the claim holds; throws when it does not in time. */
export async function until(
  claim: string,
  holds: () => Promise<boolean> | boolean,
  patience = PATIENCE_MS,
): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > deadline)
      throw new Error(`for ${patience / 1000} s it was not so that ${claim}`);
    await sleep(100);
  }
}
