/**
 * Where this origin holds grants, as the broker has told: a request there needs no question first, and one anywhere
 * else reaches the broker only when its server has refused it (Z28). A hint, no more: the broker judges each request.
 */
import type { BrokerInfo, HeldAt } from '../shared/page-contract.ts';

/** What the page knows of its own grants. */
export class Places {
  /** Whether this browser can carry requests at all. */
  declare carries: boolean;
  /** Replaced and never changed: the page sees the broker's own list. */
  #held: readonly HeldAt[] = [];

  /** Takes what the broker says of itself. */
  learn({ features, held }: BrokerInfo): void {
    this.carries = !!features['fetch'];
    this.#held = held;
  }

  /** The place at or above this URL. */
  find(href: string): HeldAt | undefined {
    return this.#held.find(({ url }) => covers(url, href));
  }

  /** Notes what an answer of the broker has shown: something is held there. */
  note(href: string, carried = this.carries): void {
    const url = this.find(href)?.url ?? href;
    this.drop(href);
    this.#held = [...this.#held, { url, carried }];
  }

  /** Nothing is held there. */
  drop(href: string): void {
    this.#held = this.#held.filter(({ url }) => !covers(url, href));
  }

  /** Events were missed, access to a host was given perhaps: what cannot be carried is found out anew. */
  lose(): void {
    this.#held = this.#held.map(({ url }) => ({ url, carried: this.carries }));
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
