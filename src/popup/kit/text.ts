/** Every word that a person reads comes from `_locales` through here. */
import browser from 'webextension-polyfill';
// eslint-disable-next-line no-restricted-imports -- the browser wants the texts in _locales; only their keys are taken, as a type
import type messages from '../../../_locales/en/messages.json';

type Messages = typeof messages;

/** The name of a text. */
export type TextKey = keyof Messages;

/** The name of a text without placeholders: the only kind that may be chosen at run time. */
export type PlainKey = {
  [K in TextKey]: Messages[K] extends { placeholders: unknown } ? never : K;
}[TextKey];

/** Nothing for a plain text; for a text with placeholders their values, in the order of `$1`, `$2`. */
type Values<K extends TextKey> = Messages[K] extends { placeholders: unknown }
  ? [string, ...string[]]
  : [];

/** The text in the user's language. */
export function text<K extends TextKey>(key: K, ...values: Values<K>): string {
  return browser.i18n.getMessage(key, values);
}

/** The text for a count: `one` where the language says so of a single thing, else `other` with the number in it. */
export function plural(count: number, one: TextKey, other: TextKey): string {
  const isOne = new Intl.PluralRules(language()).select(count) === 'one';
  const shown = new Intl.NumberFormat(language()).format(count);
  return browser.i18n.getMessage(isOne ? one : other, [shown]);
}

/**
 * The language for dates and numbers: the browser's with its region (24 or 12 hours), provided that our
 * texts are in the same language, so that no sentence mixes two.
 */
export function language(): string {
  const ours = text('languageTag');
  const browsers = browser.i18n.getUILanguage();
  return browsers.split('-')[0] === ours.split('-')[0] ? browsers : ours;
}
