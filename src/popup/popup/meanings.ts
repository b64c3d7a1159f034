/** What the permissions of a grant mean in plain words, each said once. Pure. */
import { groupBy } from '../kit/group-by.ts';
import { hintScope, isWideScope } from '../kit/scope-hints.ts';
import type { PlainKey } from '../kit/text.ts';

/** Permissions that say the same in plain words. */
export interface Meaning {
  /** The words that the prompt uses; absent where a name gives nothing away. */
  hint?: PlainKey;
  scopes: string[];
  isWide: boolean;
}

/** More names than this that say nothing to anybody are counted rather than listed. */
const NAMES_AT_ONCE = 3;

/** These keep a sign-in alive or name it; with nothing beside them a site can do nothing at a server. */
const IDLE: ReadonlySet<string> = new Set(['offline_access', 'openid']);

/** One entry for each thing that a person would say, the far-reaching first. */
export function meaningsOf(scopes: readonly string[]): Meaning[] {
  const unnamed = scopes.filter((scope) => hintScope(scope) === undefined);
  const isList = unnamed.length <= NAMES_AT_ONCE;
  const groups = groupBy(scopes, (scope) => hintScope(scope) ?? (isList ? ` ${scope}` : ''));
  const meanings = [...groups.values()].map((own): Meaning => {
    const hint = own[0] === undefined ? undefined : hintScope(own[0]);
    return { scopes: own, isWide: own.some(isWideScope), ...(hint && { hint }) };
  });
  return meanings.sort((a, b) => Number(b.isWide) - Number(a.isWide));
}

/** Each permission is taken back by itself, and the provider is told each time: more than this one by one only. */
const REMOVED_AT_ONCE = 4;

/** Whether it has a button of its own, of how many permissions in all: the last ones are what Disconnect is for. */
export function isRemovable({ scopes }: Meaning, all: number): boolean {
  return scopes.length < all && scopes.length <= REMOVED_AT_ONCE;
}

/** Whether a site can do anything with these; nothing named means that the server decides. */
export function isUseful(scopes: readonly string[]): boolean {
  return scopes.length === 0 || scopes.some((scope) => !IDLE.has(scope));
}
