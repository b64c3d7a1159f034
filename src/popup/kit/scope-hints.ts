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
  ['https://mail.google.com/', 'hintEverything'],
]);

/** Words inside a name, the most powerful first: the first that is found decides. */
const WORDS: readonly [PlainKey, ReadonlySet<string>][] = [
  [
    'hintEverything',
    new Set([
      ...['*', 'all', 'full', 'fullaccess', 'fullcontrol', 'everything', 'any'],
      ...['impersonate', 'impersonation'],
    ]),
  ],
  [
    'hintManage',
    new Set([
      ...['admin', 'admins', 'administrator', 'administer', 'administration'],
      ...['superuser', 'root', 'owner', 'sudo', 'manage'],
    ]),
  ],
  ['hintDelete', new Set(['delete', 'remove', 'destroy', 'purge'])],
  [
    'hintChange',
    new Set([
      ...['write', 'readwrite', 'rw', 'edit', 'update', 'create', 'modify', 'replace', 'patch'],
      ...['put', 'set', 'add', 'append', 'insert', 'upload', 'move', 'rename'],
    ]),
  ],
  ['hintSend', new Set(['send', 'post', 'publish'])],
  [
    'hintRun',
    new Set([
      ...['execute', 'exec', 'run', 'invoke', 'call', 'approve', 'transfer', 'pay', 'charge'],
    ]),
  ],
  ['hintRead', new Set(['read', 'readonly', 'view', 'list', 'search', 'get'])],
];

/** From the most powerful to the least; what its name doesn't give away stands before what only reads. */
const POWER: readonly (PlainKey | undefined)[] = [
  'hintEverything',
  'hintManage',
  'hintDelete',
  'hintChange',
  'hintSend',
  'hintRun',
  undefined,
  'hintRead',
  'hintEmail',
  'hintProfile',
  'hintIdentity',
  'hintStay',
];

/** What only reads, or says who reads, or for how long. */
const READING: ReadonlySet<PlainKey | undefined> = new Set(POWER.slice(POWER.indexOf('hintRead')));

const WIDE: ReadonlySet<PlainKey> = new Set<PlainKey>(['hintEverything', 'hintManage']);

/** Whose host a name is at says nothing of what it allows. */
const AUTHORITY = /^[a-z][a-z\d+.-]*:\/\/[^/]*/i;

/** `files:read` → files, read; `Mail.ReadWrite` → mail, read, write. A star is a word of its own. */
function wordsIn(scope: string): string[] {
  const spaced = scope
    .replace(AUTHORITY, '')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/\*/g, ' * ');
  return spaced.toLowerCase().split(/[^a-z\d*]+/);
}

/** The text that guesses at a scope's meaning, if its name gives anything away. */
export function hintScope(scope: string): PlainKey | undefined {
  // Azure's name for all that an app was ever given there.
  if (scope.endsWith('/.default')) return 'hintEverything';
  const words = wordsIn(scope);
  return WHOLE.get(scope) ?? WORDS.find(([, set]) => words.some((word) => set.has(word)))?.[0];
}

/** Whether the name promises power over everything. */
export function isWideScope(scope: string): boolean {
  const hint = hintScope(scope);
  return hint !== undefined && WIDE.has(hint);
}

/**
 * Whether the name promises no more than a look; `offline_access` only says for how long. The word for it has to be the
 * last, or the first with one more: `wallet.view.transmit` may be anything.
 */
export function isReadingScope(scope: string): boolean {
  const hint = hintScope(scope);
  if (hint !== 'hintRead') return READING.has(hint);
  const parts = scope.replace(AUTHORITY, '').split(/[:./]/).filter(Boolean);
  const isReading = (part: string | undefined) =>
    part !== undefined &&
    WORDS.some(([key, set]) => key === 'hintRead' && wordsIn(part).some((word) => set.has(word)));
  return isReading(parts.at(-1)) || (parts.length === 2 && isReading(parts[0]));
}

/** The scope whose name promises the most power; the first of equals. */
export function strongestOf(scopes: readonly string[]): string | undefined {
  const rank = (scope: string) => POWER.indexOf(hintScope(scope));
  return [...scopes].sort((one, other) => rank(one) - rank(other))[0];
}

/** Longer than this it says no more than the name itself does; characters. */
const LONGEST_OBJECT = 24;

/** What of a name is left beside the words that we guess at: `files:read` → files, `read:user` → user. */
export function objectOf(scope: string): string {
  if (WHOLE.has(scope)) return '';
  const parts = scope.slice(scope.lastIndexOf('/') + 1).split(/[:.]/);
  const isGuessed = (word: string) => word === '' || WORDS.some(([, set]) => set.has(word));
  const rest = parts.filter((part) => !wordsIn(part).every(isGuessed)).join(' ');
  return rest.length > LONGEST_OBJECT ? '' : rest;
}
