/** What the user has ticked is what is asked for; of the rest nothing is wished for in this sign-in. */
import type { Wish } from '../../protocol/offered-scopes.ts';
import { scopesBeyond } from '../../protocol/scope.ts';
import type { FlowRecord } from '../ports/records.ts';

/** Takes out of what was prepared what the question's answer has left unticked. */
export function onlyTicked<P extends { scopes: string[]; wish: Wish }>(
  prepared: P,
  { prompt }: FlowRecord,
): P & { unticked: string[] } {
  const { snapshot, ticked } = prompt ?? {};
  const unticked = snapshot && ticked ? scopesBeyond(snapshot.scopes.added, ticked) : [];
  const { scopes, wish } = prepared;
  return {
    ...prepared,
    scopes: scopesBeyond(scopes, unticked),
    wish: {
      scopes: scopesBeyond(wish.scopes, unticked),
      needed: scopesBeyond(wish.needed, unticked),
    },
    unticked,
  };
}
