/** What the user has ticked is what is asked for; of the rest nothing is wished for in this sign-in. */
import { offerChosen, type ScopeRefusal, type Wish } from '../../protocol/offered-scopes.ts';
import { computeScopeUnion, scopesBeyond } from '../../protocol/scope.ts';
import type { FlowRecord } from '../ports/records.ts';

/** Takes out of what was prepared what the question's answer has left unticked, and what the server has refused of that. */
export function onlyTicked<P extends { scopes: string[]; wish: Wish; refused: ScopeRefusal[] }>(
  prepared: P,
  { prompt }: FlowRecord,
): P & { unticked: string[] } {
  const { snapshot, ticked } = prompt ?? {};
  const unticked = snapshot && ticked ? scopesBeyond(snapshot.scopes.added, ticked) : [];
  if (unticked.length === 0) return { ...prepared, unticked };
  const wish = {
    scopes: scopesBeyond(prepared.wish.scopes, unticked),
    needed: scopesBeyond(prepared.wish.needed, unticked),
  };
  const asked = { ...wish, scopes: scopesBeyond(prepared.scopes, unticked) };
  return { ...prepared, wish, scopes: offerChosen(asked, prepared.refused), unticked };
}

/** All that a sign-in asks for: what a grant has asked for before as well, but for what is left out or unticked now. */
export function withFormer(
  former: readonly string[],
  { scopes, leftOut, unticked }: Record<'scopes' | 'leftOut' | 'unticked', readonly string[]>,
): string[] {
  return computeScopeUnion(scopesBeyond(former, [...leftOut, ...unticked]), scopes);
}
