/** Every language is as complete as English. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pseudoOf } from './support/languages.ts';

type Messages = Record<
  string,
  { message: string; placeholders?: Record<string, { content: string }> }
>;

const folder = path.resolve(import.meta.dirname, '../../_locales');
const languages = readdirSync(folder);
const read = (language: string) =>
  JSON.parse(readFileSync(path.join(folder, language, 'messages.json'), 'utf8')) as Messages;
const english = read('en');

it('there is English and one more language', () => {
  expect(languages).toEqual(expect.arrayContaining(['de', 'en']));
});

describe.each(languages)('%s', (language) => {
  const messages = read(language);

  it('has every text, and none besides, in the order of the English ones', () => {
    expect(Object.keys(messages)).toEqual(Object.keys(english));
  });

  it('has the placeholders of the English texts, each used as often', () => {
    for (const [key, { message, placeholders = {} }] of Object.entries(english)) {
      const other = messages[key];
      const contents = ({ placeholders: own = {} }: Messages[string]) =>
        Object.entries(own).map(([name, { content }]) => [name, content]);
      expect(contents(other ?? { message: '' }), key).toEqual(contents({ message, placeholders }));
      const used = (text = '') => [...text.matchAll(/\$\w+\$/g)].map(([name]) => name).sort();
      expect(used(other?.message), key).toEqual(used(message));
    }
  });

  it('none of its texts is empty, and its tag is its own', () => {
    const empty = Object.entries(messages).filter(([, { message }]) => message.trim() === '');
    expect(empty).toEqual([]);
    expect(messages['languageTag']?.message).toBe(language);
  });

  it('the description fits into the stores', () => {
    expect(messages['extensionDescription']?.message.length).toBeLessThanOrEqual(132);
  });
});

describe('German', () => {
  it('leaves in English only what is called so in German too', () => {
    const german = read('de');
    const same = Object.entries(english).filter(
      ([key, { message }]) => german[key]?.message === message,
    );
    expect(same.map(([key]) => key)).toEqual(SAME_IN_GERMAN);
  });
});

const SAME_IN_GERMAN = ['extensionName', 'server', 'popupTitle', 'filterServer', 'eventCode'];

it('the language of the tests is longer, accented, in brackets, and keeps placeholders', () => {
  const text = pseudoOf('Used $COUNT$ times by this site');
  expect(text).toMatch(/^⟦Ušéð \$COUNT\$ ţîméš .*⟧$/);
  expect(text.length).toBeGreaterThan(1.4 * 'Used $COUNT$ times by this site'.length);
});
