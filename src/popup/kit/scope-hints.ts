/** What a scope's name lets us guess. A scope is the server's word; all of this is said to be a guess. */
import type { PlainKey } from './text.ts';

/** More new scopes than this in one prompt are pointed out (T-19). */
export const MANY_SCOPES = 20;

/** Names that mean one thing wherever OpenID Connect is spoken (OIDC Core §5.4, §11). */
const WHOLE: ReadonlyMap<string, PlainKey> = new Map<string, PlainKey>([
  ['openid', 'hintIdentity'],
  ['profile', 'hintProfile'],
  ['email', 'hintEmail'],
  ['offline_access', 'hintStay'],
]);

/** Words inside a name, the most powerful first: the first that is found decides. */
const WORDS: readonly [PlainKey, ReadonlySet<string>][] = [
  ['hintEverything', new Set(['*', 'all', 'full', 'fullaccess', 'everything'])],
  [
    'hintManage',
    new Set(['admin', 'administrator', 'superuser', 'root', 'owner', 'sudo', 'manage']),
  ],
  ['hintDelete', new Set(['delete', 'remove', 'destroy', 'purge'])],
  ['hintChange', new Set(['write', 'readwrite', 'rw', 'edit', 'update', 'create', 'modify'])],
  ['hintSend', new Set(['send', 'post', 'publish'])],
  ['hintRun', new Set(['execute', 'exec', 'run', 'invoke', 'call'])],
  ['hintRead', new Set(['read', 'readonly', 'view', 'list', 'search', 'get'])],
];

const WIDE: ReadonlySet<PlainKey> = new Set<PlainKey>(['hintEverything', 'hintManage']);

/** `files:read` → files, read; `Mail.ReadWrite` → mail, read, write. A star is a word of its own. */
function wordsIn(scope: string): string[] {
  const spaced = scope.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/\*/g, ' * ');
  return spaced.toLowerCase().split(/[^a-z\d*]+/);
}

/** The text that guesses at a scope's meaning, if its name gives anything away. */
export function hintScope(scope: string): PlainKey | undefined {
  const words = wordsIn(scope);
  return WHOLE.get(scope) ?? WORDS.find(([, set]) => words.some((word) => set.has(word)))?.[0];
}

/** Whether the name promises power over everything. */
export function isWideScope(scope: string): boolean {
  const hint = hintScope(scope);
  return hint !== undefined && WIDE.has(hint);
}
