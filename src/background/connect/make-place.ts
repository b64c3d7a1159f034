/** A place for one more flow, among those that are alive. */
import { findPlace, type Newcomer } from '../../protocol/places.ts';
import type { LiveFlow } from './live-flow.ts';

/**
 * Finds a place, and frees it where another flow has to make room for it.
 * @param alive all flows, the oldest first
 * @param origin of the site that wants one
 * @returns false when there is none
 */
export function makePlace(alive: readonly LiveFlow[], origin: string, newcomer: Newcomer): boolean {
  const taken = alive
    .filter(({ signal }) => !signal.aborted)
    .map((flow) => {
      const { isStranger, isUnseen, record } = flow;
      return { flow, isStranger, isUnseen, isOwn: record.origin === origin };
    });
  const place = findPlace(taken, newcomer);
  place?.instead?.flow.abandon();
  return place !== undefined;
}
