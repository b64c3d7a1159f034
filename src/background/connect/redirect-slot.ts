/** The slot of a site in our client document, at one issuer (Z56). Whether the document can be used is judged before. */
import { countSlots, placeSite, slotUri, type Place } from '../../protocol/redirect-slot.ts';
import type { Ports } from '../ports/ports.ts';

/** A site that signs in with the document. */
export interface SlotUse {
  origin: string;
  issuer: string;
  /** URL of the document. */
  document: string;
  /** The redirect URI of a document without slots, which its slots lie below. */
  base: string;
}

/** Where the site stands, or would; undefined where the document lists no slots, or was never read. */
export async function findPlace(
  { store }: Pick<Ports, 'store'>,
  { origin, issuer, document, base }: SlotUse,
): Promise<Place | undefined> {
  const count = countSlots((await store.findDocument(document))?.json, base);
  if (count === 0) return undefined;
  const { slots = [] } = (await store.findIssuer(issuer)) ?? {};
  const isFull = slots.length >= count && !slots.slice(0, count).includes(origin);
  const grants = isFull ? await store.listGrants({ issuer, clientId: document }) : [];
  const holders = new Set(grants.map((grant) => grant.origin));
  return placeSite(slots, origin, { count, isThere: (site) => holders.has(site) });
}

/** The redirect URI with which the site signs in. On disk before any server hears of it, so that the site keeps it. */
export async function takeSlot(
  ports: Pick<Ports, 'store' | 'lock'>,
  use: SlotUse,
): Promise<string> {
  return ports.lock(`slots ${use.issuer}`, async () => {
    const place = await findPlace(ports, use);
    if (!place) return use.base;
    await ports.store.learnIssuer(use.issuer, { slots: place.sites });
    return slotUri(use.base, place.slot);
  });
}
