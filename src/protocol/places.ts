/**
 * Requests that may wait for the user at one time (T-13). Names are cheap: sites that hold nothing share most of the
 * places and never the last ones, and the page that the user looks at gets one. A pure function.
 */

/** All places. */
const PLACES = 20;
/** Those that sites without any grant may take together. */
const PLACES_OF_STRANGERS = 15;
/** Those of one site. */
const PLACES_OF_SITE = 3;

/** A flow that has a place. */
export interface Taken {
  /** It is of the site that wants one more. */
  isOwn: boolean;
  /** Its site held no grant when it began. */
  isStranger: boolean;
  /** The user has neither seen its question nor answered one. */
  isUnseen: boolean;
}

/** Who wants a place. */
export interface Newcomer {
  isStranger: boolean;
  /** It is what the user looks at. */
  isInFront: boolean;
}

/**
 * Finds a place.
 * @param taken the oldest first
 * @returns which flow has to make room, if any; undefined when there is no place
 */
export function findPlace<T extends Taken>(
  taken: readonly T[],
  { isStranger, isInFront }: Newcomer,
): { instead?: T } | undefined {
  const own = taken.filter(({ isOwn }) => isOwn).length;
  const strangers = taken.filter((one) => one.isStranger);
  if (own >= PLACES_OF_SITE) return undefined;
  const isFull = taken.length >= PLACES || (isStranger && strangers.length >= PLACES_OF_STRANGERS);
  if (!isFull) return {};
  const instead = strangers.find(({ isUnseen }) => isUnseen);
  return isInFront && own === 0 && instead ? { instead } : undefined;
}
