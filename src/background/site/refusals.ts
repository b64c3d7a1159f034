/**
 * Remembered refusals (Z24): a person who has said no is not asked again by the next request. They are kept by what was
 * refused, the resource or the server to be contacted, and never by the address that the page has made up for it (Z39).
 */
import { isWithin } from '../../protocol/resource.ts';
import type { RefusalRecord } from '../ports/records.ts';

/** How the user said no. */
export type RefusalKind = 'denied' | 'dismissed';

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;

/** How long the same question is not asked again; milliseconds. */
const COOL_DOWN = { denied: 10 * MINUTE, dismissed: MINUTE, embargo: WEEK };
/** This many denials of one resource, or at one host, within a week, end the questions there for a week. */
const DENIALS_TO_EMBARGO = 3;
/** This many refusals of any kind within ten minutes end a site's questions, whatever it asks about. */
const REFUSALS_TO_SILENCE = 3;

/** What a site may not ask now. */
export interface Standing {
  /** Scopes refused at this resource. */
  refused: string[];
  /** The connection itself is refused: no scope makes it askable. */
  barred: boolean;
  /** The site has been refused too often, about anything, to be let ask again now. */
  silenced: boolean;
}

/** What a site wants to be asked about. */
export interface Concern {
  /** The address, or the resource once it is known. */
  asked: string;
  /** The resource of the grant that is held there. */
  held?: string | undefined;
}

/**
 * Reads a site's refusals for what it wants. Without a grant a refusal holds for all that lies within what was refused;
 * with one, for that resource alone: no other server of the host can have it barred.
 */
export function standingOf(
  refusals: readonly RefusalRecord[],
  { asked, held }: Concern,
  now: number,
): Standing {
  const active = refusals.filter((refusal) => isActive(refusal, now));
  const here = active.filter(({ resource }) =>
    held === undefined ? isWithin(asked, resource) : resource === held || resource === asked,
  );
  const recent = refusals.filter(
    ({ at, kind, removed }) => kind !== 'embargo' && !removed && isSince(at, 10 * MINUTE, now),
  );
  return {
    refused: here.flatMap(({ scopes }) => scopes),
    barred: here.some(({ kind, scopes }) => kind === 'embargo' || scopes.length === 0),
    silenced: recent.length >= REFUSALS_TO_SILENCE,
  };
}

/**
 * True while a refusal counts. One that ends later than it could, or was made later than now, was written under a
 * clock that was put right since (Z46).
 */
export function isActive(
  { kind, until }: Pick<RefusalRecord, 'kind' | 'until'>,
  now: number,
): boolean {
  return until > now && until <= now + COOL_DOWN[kind];
}

function isSince(at: number, span: number, now: number): boolean {
  const age = now - at;
  return age >= 0 && age < span;
}

/** The records that a refusal leaves: itself, and an embargo when it was one too many. */
export function recordRefusal(
  former: readonly RefusalRecord[],
  refusal: { origin: string; resource: string; scopes: string[]; kind: RefusalKind },
  now: number,
): RefusalRecord[] {
  const { origin, resource, kind } = refusal;
  const record = { ...refusal, at: now, until: now + COOL_DOWN[kind] };
  const denials = former.filter(
    (other) => other.kind === 'denied' && !other.removed && isSince(other.at, WEEK, now),
  );
  // A host has as many resources as it likes: all of them together are denied as often as one.
  const whole = URL.parse(resource)?.origin ?? resource;
  const embargoed = [resource, whole].find(
    (wide) =>
      denials.filter((other) => isWithin(other.resource, wide)).length + 1 >= DENIALS_TO_EMBARGO,
  );
  if (kind !== 'denied' || embargoed === undefined) return [record];
  const until = now + COOL_DOWN.embargo;
  return [record, { origin, resource: embargoed, scopes: [], kind: 'embargo', at: now, until }];
}

/** The record that taking a scope away leaves: refused for as long, and held against nobody. */
export function recordRemoval(
  { origin, resource, scope }: { origin: string; resource: string; scope: string },
  now: number,
): RefusalRecord {
  const refusal = { origin, resource, scopes: [scope], kind: 'denied' as const };
  return { ...refusal, removed: true, at: now, until: now + COOL_DOWN.denied };
}
