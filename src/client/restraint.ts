/**
 * What a page remembers of asking, so that neither the user nor the broker is asked again and again for what
 * has just been answered. In memory, by the URL of the resource.
 */
import type { PageEvent } from '../shared/page-contract.ts';
import { covers, hrefOf } from './places.ts';

/** For so long most things are remembered; milliseconds. */
const MINUTE = 60_000;

/** Step-ups that did not help are remembered ten times as long. */
const LONG = /less$/;

/** Questions for more scope in a row that may be of no help. */
const MAX_USELESS = 3;

/** What can be remembered of a resource. */
export type Memory =
  /** The user has taken a grant back: a no that holds for a while, as when they close a question. */
  | 'revoked'
  /** The broker said that there is nothing to be had. */
  | 'nothing'
  /** The broker was asked after a `TypeError`, which may mean anything. */
  | 'fault'
  /** A token with more scope did not help. */
  | 'useless'
  /** The last {@link MAX_USELESS} such tokens in a row did not help. */
  | 'endless';

type Note = readonly [what: Memory, href: string, at: number, token: string | undefined];

/** A page's memory. */
export class Restraint {
  #notes: Note[] = [];

  /** Remembers something of a resource from now on. */
  note(what: Memory, resource: string, token?: string): void {
    const href = hrefOf(resource);
    // Requests that shared one question share its note.
    this.#drop(([about, one, , of]) => about === what && one === href && of === token);
    this.#notes.push([what, href, Date.now(), token]);
    if (what === 'useless' && this.#count(what, href) >= MAX_USELESS) this.note('endless', href);
  }

  /** Whether something is remembered of this resource. */
  recalls(what: Memory, resource: string): boolean {
    return this.#count(what, resource) > 0;
  }

  /** Heeds what the broker tells: a grant was taken back, or there is one (again). */
  heed({ type, resource }: Pick<PageEvent, 'type' | 'resource'>): void {
    if (type === 'revoked') this.note(type, resource);
    else this.forget(/revoked|nothing/, resource);
  }

  /** Forgets something of a resource, since it is no longer so; and of every resource what is noted since then. */
  forget(what: RegExp, resource: string, since?: number): void {
    const href = hrefOf(resource);
    this.#drop(([about, one, at]) => what.test(about) && (covers(one, href) || at >= since!));
  }

  #count(what: Memory, resource: string): number {
    this.#drop(isOver);
    return this.#notes.filter(
      ([about, href]) =>
        about === what && (what === 'revoked' ? covers(href, resource) : href === resource),
    ).length;
  }

  #drop(isDropped: (note: Note) => boolean): void {
    this.#notes = this.#notes.filter((note) => !isDropped(note));
  }
}

/** A note from the future was written under another clock, and counts for nothing. */
function isOver([what, , at]: Note): boolean {
  const age = Date.now() - at;
  return age < 0 || age >= (LONG.test(what) ? 10 : 1) * MINUTE;
}
