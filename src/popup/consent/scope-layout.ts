/**
 * How permissions are laid out: one by one, or in groups once there are many. Pure. A powerful one is never folded; a
 * group says how many it has and which is the most powerful, and counts as read by that (T-19).
 */
import { hintScope, isWideScope, objectOf, strongestOf } from '../kit/scope-hints.ts';
import type { PlainKey } from '../kit/text.ts';

/** More than this are grouped. */
export const MOST_LINES = 24;

/** More groups than this are no help: then it is grouped by what may be done, of which there are few kinds. */
const MOST_GROUPS = 8;

/** Permissions that are about the same, or allow the same. */
export interface ScopeGroup {
  /** What they are about, as their names say it; absent where they are grouped by what they allow. */
  object?: string;
  /** What they allow; absent where their names don't say. */
  hint?: PlainKey | undefined;
  scopes: string[];
  strongest: string;
}

/** What is shown one by one, and what in groups. */
export interface ScopeLayout {
  lines: string[];
  groups: ScopeGroup[];
}

/** Lays out permissions, the powerful ones first where there are many. */
export function layoutScopes(scopes: readonly string[]): ScopeLayout {
  if (scopes.length <= MOST_LINES) return { lines: [...scopes], groups: [] };
  const lines = scopes.filter(isWideScope);
  const rest = scopes.filter((scope) => !isWideScope(scope));
  const byObject = groupBy(rest, (scope) => objectOf(scope).split(' ')[0] ?? '');
  if (byObject.size > MOST_GROUPS) return { lines, groups: byHint(rest) };
  const { '': nameless = [], ...named } = Object.fromEntries(byObject);
  const groups = Object.entries(named).map(([object, members]) => ({
    ...{ object, scopes: members, strongest: strongestOf(members)! },
  }));
  return { lines, groups: [...groups, ...byHint(nameless)] };
}

/** A head says what its members allow: those that allow something else have another. */
function byHint(scopes: readonly string[]): ScopeGroup[] {
  return [...groupBy(scopes, (scope) => hintScope(scope) ?? '').values()].map((members) => ({
    ...{ hint: hintScope(members[0]!), scopes: members, strongest: strongestOf(members)! },
  }));
}

/** What has to be in view of a layout before it may be allowed, of what is ticked. */
export function toBeRead({ lines, groups }: ScopeLayout, ticked: ReadonlySet<string>): string[] {
  const heads = groups.filter(({ scopes }) => scopes.some((scope) => ticked.has(scope)));
  return [
    ...lines.filter((scope) => ticked.has(scope)).map(scopePiece),
    ...heads.map(({ strongest }) => groupPiece(strongest)),
  ];
}

/** The name under which a permission is looked for on the screen. */
export function scopePiece(scope: string): string {
  return `scope ${scope}`;
}

/** The name under which the head of a group is looked for: it says its most powerful member. */
export function groupPiece(strongest: string): string {
  return `scope group ${strongest}`;
}

function groupBy(scopes: readonly string[], nameOf: (scope: string) => string) {
  const groups = new Map<string, string[]>();
  for (const scope of scopes) {
    const name = nameOf(scope);
    groups.set(name, [...(groups.get(name) ?? []), scope]);
  }
  return groups;
}
