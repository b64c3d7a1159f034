/** What happened, as one sentence, with the address in it where it is about one. */
import type { Failure } from '../../shared/prompt.ts';
import { failureWords } from './failure-words.ts';
import { text, type PlainKey, type TextKey } from './text.ts';

const AT = {
  failUnreachable: 'failUnreachableAt',
  failPage: 'failPageAt',
  failProviderRefused: 'failProviderRefusedAt',
  failProviderFailed: 'failProviderFailedAt',
  failTooMany: 'failTooManyAt',
} as const satisfies Partial<Record<PlainKey, TextKey>>;

/** The sentence, and whether it names the host. */
export function failureSentence(failure: Failure): { words: string; namesHost: boolean } {
  const { what } = failureWords(failure);
  const { host } = failure;
  if (host === undefined || !isAt(what)) return { words: text(what), namesHost: false };
  return { words: text(AT[what], host), namesHost: true };
}

function isAt(key: PlainKey): key is PlainKey & keyof typeof AT {
  return Object.hasOwn(AT, key);
}
