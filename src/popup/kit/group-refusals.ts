/** How refusals are ordered on screen. Pure. */
import type { RefusalView } from '../../shared/grant-view.ts';
import { groupBy } from './group-by.ts';

/** All refusals of one site at one server; they are forgiven together. */
export interface Refused {
  origin: string;
  resource: string;
  refusals: RefusalView[];
}

/** One row per site and server, the longest lasting first. */
export function groupRefusals(refusals: readonly RefusalView[]): Refused[] {
  const sorted = [...refusals].sort((a, b) => b.until - a.until);
  const pairs = groupBy(sorted, ({ origin, resource }) => `${origin} ${resource}`);
  return [...pairs.values()].flatMap((own) => {
    const [first] = own;
    return first ? [{ origin: first.origin, resource: first.resource, refusals: own }] : [];
  });
}
