/**
 * Pauses of the core that nothing waits for, for the bars with a clock of their own: that clock goes on with a pause
 * that a call waits for, and must not with these.
 */

/** After this the logs write what they have collected; milliseconds. */
const COLLECT = 500;
/** After this, or later, what nobody has ended is ended: a question, a sign-in. */
const LIFETIME = 3_600_000;

/** Whether a call goes on only when the pause is over. */
export function isWaitedFor(milliseconds: number): boolean {
  return milliseconds !== COLLECT && milliseconds < LIFETIME;
}

/** One that isn't: the logs write at once, and a lifetime isn't over before the test is. */
export function inBackground(milliseconds: number): Promise<void> {
  return milliseconds < LIFETIME ? Promise.resolve() : new Promise(() => undefined);
}
