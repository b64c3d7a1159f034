/** Documents, comments and what the user reads are in plain English; the worst habits do not come back. */
import { describe, expect, it } from 'vitest';
import english from '../../_locales/en/messages.json' with { type: 'json' };
import { allTexts } from './pages.ts';
import { commentsIn, habitsIn } from './prose.ts';

/** Written by programs, with sentences of others in them. */
const GENERATED = /^docs\/(?:wild|conformance-suite|comparison)\.md$/;

const pages = allTexts();

const faultsOf = (name: string, texts: string[]) =>
  texts.flatMap((text) => habitsIn(text)).map((fault) => `${name}: ${fault}`);

describe('plain English', () => {
  it('is in every document', () => {
    const documents = pages.filter(({ name }) => name.endsWith('.md') && !GENERATED.test(name));
    expect(documents.length).toBeGreaterThan(40);
    expect(documents.flatMap(({ name, text }) => faultsOf(name, text.split('\n')))).toEqual([]);
  });

  it('is in every comment of the sources', () => {
    const sources = pages.filter(({ name }) => /^src\/.*\.tsx?$/.test(name));
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap(({ name, text }) => faultsOf(name, commentsIn(text)))).toEqual([]);
  });

  it('is what the user reads', () => {
    const messages = Object.entries(english) as [string, { message: string }][];
    expect(messages.flatMap(([key, { message }]) => faultsOf(key, [message]))).toEqual([]);
  });
});

describe('the check', () => {
  it.each([
    'It waits for ever.',
    'A server that is mended works.',
    'Whoever asks is told.',
    'It ends. Who wants more asks again.',
    'It names a test that there is.',
    'Resolves after so many milliseconds.',
    'The flow has come to nothing, or came to nothing.',
  ])('finds: %s', (sentence) => {
    expect(habitsIn(sentence)).toHaveLength(1);
  });

  it.each([
    'Who is it? A page.',
    'The user who asked gets an answer.',
    'It says that there is no broker.',
    'There are so many scopes that the list is cut.',
    'The option `for ever` is a name.',
    'We recommend amendments.',
    'Send the report to whoever runs the server.',
  ])('lets pass: %s', (sentence) => {
    expect(habitsIn(sentence)).toEqual([]);
  });

  it('reads comments over several lines', () => {
    expect(commentsIn('/**\n * Waits for\n * ever.\n */\n// and for\n// ever\ncode();')).toEqual([
      ' Waits for ever. ',
      ' and for ever',
    ]);
  });
});
