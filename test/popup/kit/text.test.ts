/** The texts and the code that uses them, held against each other. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import messages from '../../../_locales/en/messages.json' with { type: 'json' };

interface Entry {
  message: string;
  placeholders?: Record<string, { content: string; example?: string }>;
}

const root = path.resolve(import.meta.dirname, '../../..');
const folder = path.join(root, 'src/popup');
const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => readFileSync(path.join(folder, name), 'utf8'))
  .join('\n');
const source = readFileSync(path.join(root, '_locales/en/messages.json'), 'utf8');
const manifest = readFileSync(path.join(root, 'manifest.json'), 'utf8');
const entries = Object.entries(messages as Record<string, Entry>);

describe('keys', () => {
  it('every text that is asked for exists', () => {
    const asked = [
      ...[...code.matchAll(/\b(?:text|mount)\(\s*'(\w+)'/g)].map((match) => match[1]),
      ...[...manifest.matchAll(/__MSG_(\w+)__/g)].map((match) => match[1]),
    ];
    expect(asked.length).toBeGreaterThan(40);
    expect(asked.filter((key) => !Object.hasOwn(messages, key ?? ''))).toEqual([]);
  });

  it('none is there twice, where the second would hide the first', () => {
    const keys = [...source.matchAll(/^  "(\w+)": \{/gm)].map((match) => match[1]);
    expect(keys.length).toBe(entries.length);
  });

  it('every text that exists is used', () => {
    const unused = entries.filter(
      ([key]) => !new RegExp(`['"]${key}['"]`).test(code) && !manifest.includes(`__MSG_${key}__`),
    );
    expect(unused.map(([key]) => key)).toEqual([]);
  });
});

describe('messages', () => {
  it('none is empty', () => {
    expect(entries.filter(([, { message }]) => message.trim() === '')).toEqual([]);
  });

  it('each declares the placeholders that it uses, in order', () => {
    for (const [key, { message, placeholders = {} }] of entries) {
      const used = [...message.matchAll(/\$(\w+)\$/g)].map((match) => match[1]?.toLowerCase());
      const order = Object.keys(placeholders).map((_, index) => `$${String(index + 1)}`);
      expect(used.sort(), key).toEqual(Object.keys(placeholders).sort());
      expect(
        Object.values(placeholders).map(({ content }) => content),
        key,
      ).toEqual(order);
    }
  });

  it('none has a word in it that only experts know, but for those of the trace', () => {
    const jargon =
      /\b(oauth|tokens?|scopes?|issuer|authoriz\w*|redirect\w*|resource|client|grants?|consent|mcp|url)\b/i;
    // Written for developers and a server's owner, or naming what the user has to find on somebody else's page.
    const ours = entries.filter(([key]) => !/^(extension|owner|term|trace)[A-Z]/.test(key));
    const plain = (message: string) => message.replace(/“[^”]+”/g, '');
    expect(ours.filter(([, { message }]) => jargon.test(plain(message)))).toEqual([]);
  });

  it('the description fits into the stores', () => {
    expect(messages.extensionName.message).toBe('Grantkeeper');
    expect(messages.extensionDescription.message.length).toBeLessThanOrEqual(132);
  });
});
