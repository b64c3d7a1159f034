/**
 * Redirect URIs of the client document, one for each site (Z56): some servers end what they gave to a client before, told
 * apart by its redirect URI, and a document's client is the same for all sites.
 */
import * as v from 'valibot';

/** Slots of a document at most; the next site has to share the last. */
export const SLOTS = 32;

/** Where a site stands at an issuer. */
export interface Place {
  slot: number;
  /** Which site has which slot from then on. */
  sites: string[];
  /** The slot is another site's too. */
  isShared: boolean;
}

/** The redirect URI of a slot. */
export function slotUri(base: string, slot: number): string {
  return `${base}/${slot}`;
}

const Listing = v.object({ redirect_uris: v.array(v.string()) });

/** How many slots, from the first without a gap, a document lists below a redirect URI; 0 for one that knows no slots. */
export function countSlots(document: unknown, base: string): number {
  const listing = v.safeParse(Listing, document);
  const listed = new Set(listing.success ? listing.output.redirect_uris : []);
  let count = 0;
  while (count < SLOTS && listed.has(slotUri(base, count))) count += 1;
  return count;
}

/**
 * Finds the slot of a site: its own, else the first that nobody has, else one whose site has left, else the last.
 * @param sites which site has which slot
 * @param count how many slots there are; one at least
 * @param isThere whether a site holds a grant at the issuer still
 */
export function placeSite(
  sites: readonly string[],
  origin: string,
  { count, isThere }: { count: number; isThere: (site: string) => boolean },
): Place {
  const own = sites.indexOf(origin);
  if (own >= 0 && own < count) return { slot: own, sites: [...sites], isShared: false };
  const left = sites.slice(0, count).findIndex((site) => !isThere(site));
  const slot = sites.length < count ? sites.length : left;
  if (slot < 0) return { slot: count - 1, sites: [...sites], isShared: true };
  const placed = sites.map((site) => (site === origin ? '' : site));
  placed[slot] = origin;
  return { slot, sites: placed, isShared: false };
}
