/** A key while it is being typed. Pure. */
import { findKeyFault, type KeyFault } from '../../shared/facts/key-syntax.ts';
import type { KeyEntry } from '../../shared/prompt.ts';
import type { PlainKey } from './text.ts';

/** What is in the fields. */
export interface KeyDraft {
  /** The name, and the word before the key where there is one: `Authorization: Bearer`. */
  header: string;
  value: string;
  /** The user has said again that it is for this server. */
  confirmed: boolean;
}

/** What is wrong with a field, by its name. */
export type KeyFaults = Partial<Record<'keyHeader' | 'keyValue', PlainKey>>;

/** Nothing typed yet; most servers want it like this. */
export const EMPTY_KEY: KeyDraft = { header: 'Authorization: Bearer', value: '', confirmed: false };

const WORDS: Record<KeyFault, PlainKey> = {
  header: 'keyHeaderBad',
  missing: 'keyMissing',
  letters: 'keyLetters',
  address: 'keyIsAddress',
  insecure: 'keyInsecure',
  foreign: 'keyForeign',
};

/** What is wrong with a key for this server. */
export function checkKey(draft: KeyDraft, resource: string): KeyFaults {
  const fault = findKeyFault(keyOf(draft), resource);
  if (fault === undefined) return {};
  return fault === 'header' ? { keyHeader: WORDS.header } : { keyValue: WORDS[fault] };
}

/** Space around a key is a slip of copying, and so is the word before it when it is there twice. */
export function keyOf({ header, value, confirmed }: KeyDraft): KeyEntry {
  const [name = '', ...rest] = header.split(':');
  const scheme = rest.join(':').trim();
  const key = value.trim();
  const isTwice = key.toLowerCase().startsWith(`${scheme.toLowerCase()} `);
  const whole = scheme === '' || key === '' || isTwice ? key : `${scheme} ${key}`;
  return { header: name.trim(), value: whole, ...(confirmed && { confirmed: true as const }) };
}
