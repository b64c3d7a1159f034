/** What the end of a flow is to a call that waited for it. */
import type { Flight } from '../concurrency/single-flight.ts';
import type { FlowRequest } from '../ports/records.ts';
import type { LiveFlow } from './live-flow.ts';

/**
 * Whether a quiet look found something or not is no answer to a call that may ask, nor is a no to another page that
 * wants the token itself: that only waits for its end.
 */
export function outcomeFor(
  { quiet, hand }: FlowRequest,
  { work: flow, done }: Flight<LiveFlow>,
): Promise<void> {
  const { request: own } = flow.record;
  const isAnother = (own.quiet && !quiet) || (own.hand && !hand);
  return isAnother ? done.catch(() => undefined) : done;
}
