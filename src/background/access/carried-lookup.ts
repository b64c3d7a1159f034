/** Which grant a carried request goes with: the one that its address lies under, and no other (Z29, Z41). */
import { addressesAbove, urlUnder } from '../../protocol/carried-url.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant } from '../ports/records.ts';
import type { CarriedStreams } from './carried-streams.ts';

/** A grant, the address that led to it, and where the request goes. */
export interface Found {
  grant: Grant;
  asked: string;
  url: URL;
}

/** What is looked into. */
interface Places {
  carrying: { ports: Pick<Ports, 'store'> };
  streams: CarriedStreams;
}

/** Finds what a site holds at an address, narrowest first; or at the stream that has named it for its messages. */
export async function findHeld(
  { carrying, streams }: Places,
  origin: string,
  text: string,
): Promise<Found | undefined> {
  const { store } = carrying.ports;
  const wanted = new URL(text);
  for (const asked of addressesAbove(wanted)) {
    const grant = await store.findGrant(origin, asked);
    const url = grant && urlUnder(text, grant.resource);
    if (url) return { grant, asked, url };
  }
  const owner = streams.ownerOf(origin, wanted);
  const grant = owner === undefined ? undefined : await store.findGrant(origin, owner);
  // Its form is judged as any other's.
  const url = urlUnder(text, text);
  return grant && url && { grant, asked: grant.resource, url };
}
