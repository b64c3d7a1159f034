/** How refusals are ordered on screen. Pure. */
import type { RefusalView } from '../../shared/grant-view.ts';
import { groupBy } from './group-by.ts';

/** All refusals of one site at one server; they are forgiven together, and one clock tells when the last of them ends. */
export interface Refused extends RefusalView {
  refusals: RefusalView[];
}

/** One row per site and server, the longest lasting first. */
export function groupRefusals(refusals: readonly RefusalView[]): Refused[] {
  const sorted = [...refusals].sort((a, b) => b.until - a.until);
  const pairs = groupBy(sorted, ({ origin, resource }) => `${origin} ${resource}`);
  return [...pairs.values()].flatMap((own) => {
    const [last] = own;
    return last ? [{ ...last, scopes: scopesOf(own), refusals: own }] : [];
  });
}

/** What is refused by name; nothing where everything is. */
function scopesOf(own: readonly RefusalView[]): string[] {
  if (own.some(({ scopes }) => scopes.length === 0)) return [];
  return [...new Set(own.flatMap(({ scopes }) => scopes))];
}
