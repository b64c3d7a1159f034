/**
 * Where this origin holds grants, as the broker has told: a request there needs no question first, and one anywhere
 * else reaches the broker only when its server has refused it (Z28). A hint, no more: the broker judges each request.
 */
import type { BrokerInfo, HeldAt, PageEvent } from '../shared/page-contract.ts';

/** What the page knows of the broker and of its own grants. */
export class Places {
  /** Asks the broker anew; what it answers goes to {@link Places.learn}. */
  readonly #ask: () => Promise<unknown>;
  /** Undefined for a broker from before carried requests, which does not say. */
  #held: HeldAt[] | undefined;
  #carries = false;
  /** Something may have been missed. */
  #isStale = false;

  constructor(ask: () => Promise<unknown>) {
    this.#ask = ask;
  }

  /** Whether this browser can carry requests at all. */
  get carries(): boolean {
    return this.#carries;
  }

  /** Takes what the broker says of itself. */
  learn({ features, held }: Partial<BrokerInfo>): void {
    this.#carries = !!features?.['fetch'];
    this.#held = held?.map((place) => ({ ...place }));
    this.#isStale = false;
  }

  /** The place at or above this URL. */
  find(href: string): Pick<HeldAt, 'carried'> | undefined {
    if (!this.#held) return { carried: false };
    const place = this.#held.find(({ url }) => covers(url, href));
    if (place && this.#isStale) {
      this.#isStale = false;
      this.#ask().catch(() => {});
    }
    return place;
  }

  /** Notes what an answer of the broker has shown: something is held there. */
  note(href: string, carried: boolean): void {
    const place = this.find(href);
    if (place) place.carried = carried;
    else this.#held?.push({ url: href, carried });
  }

  /** Nothing is held there. */
  drop(href: string): void {
    this.#held = this.#held?.filter(({ url }) => !covers(url, href));
  }

  /** Heeds what the broker tells. */
  heed({ type, resource }: PageEvent): void {
    const href = hrefOf(resource);
    if (type === 'revoked') this.drop(href);
    else if (!this.find(href)) this.note(href, this.#carries);
  }

  /** From now on events are missed. */
  lose(): void {
    this.#isStale = true;
  }
}

/** True for the resource itself and for what lies below it. */
export function covers(resource: string, href: string): boolean {
  const base = resource.replace(/\/$/, '');
  return href.startsWith(base) && /^(?:[/?]|$)/.test(href.slice(base.length));
}

/** One spelling for the URL of a resource; what cannot be parsed is the broker's to refuse. */
export function hrefOf(resource: string): string {
  return URL.parse(resource)?.href ?? resource;
}
