import { describe, expect, it } from 'vitest';
import { differencesIn, lookalikesAmong, looksLike } from '../../../src/popup/consent/lookalike.ts';

describe('a name that looks like another one', () => {
  it.each([
    ['https://login.exarnple.net', 'https://login.example.net'],
    ['https://paypa1.com', 'https://paypal.com'],
    ['https://rnicrosoft.com', 'https://login.microsoft.com/x'],
    ['https://examp1e.org', 'https://example.net'],
    ['https://exampel-.net', 'https://exampel.net'],
    ['https://exmple.net', 'https://example.net'],
    ['https://exmaple.net', 'https://example.net'],
    ['https://xn--exmple-cua.net', 'https://example.net'],
    ['https://xn--pypal-4ve.com', 'https://paypal.com'],
    ['api.exarnple.net', 'https://mcp.example.net'],
    ['https://example.workers.dev', 'https://login.example.com'],
    ['https://mcp.example.github.io', 'https://example.com'],
    ['https://example.workers.dev.', 'https://login.example.com'],
    // One small app at two hosts, or two people.
    ['https://notes-app.vercel.app', 'https://notes-app.fly.dev'],
  ])('%s is told from %s (T-17)', (one, other) => {
    expect(looksLike(one, other)).toBe(true);
    expect(looksLike(other, one)).toBe(true);
  });

  it.each([
    ['https://login.example.net', 'https://mcp.example.net'],
    ['https://chat.example.com', 'https://mcp.example.net'],
    ['https://notes.test', 'https://id.test'],
    ['http://127.0.0.1:1', 'http://127.0.0.2:2'],
    ['https://abc.com', 'https://abd.com'],
    ['https://example.org', 'https://example.com'],
    ['https://example.co.uk', 'https://example.com'],
    ['https://mcp.example.workers.dev', 'https://login.example.workers.dev'],
    ['https://github.com', 'https://gitlab.com'],
    ['not an address', 'https://example.net'],
  ])('%s and %s are two names, or one', (one, other) => {
    expect(looksLike(one, other)).toBe(false);
  });

  it('is told once for each owner, with the one that it looks like', () => {
    const names = [
      'https://a.example.net',
      'https://b.exarnple.net',
      'c.exarnple.net',
      'https://d.test',
    ];
    expect(lookalikesAmong(names)).toEqual([
      { name: 'https://b.exarnple.net', like: 'https://a.example.net' },
    ]);
  });
});

it('the letters that differ are marked, and the whole of both names is there (T-17)', () => {
  const [one, other] = ['login.exarnple.net', 'login.example.net'];
  const marked = (text: string, from: string) =>
    differencesIn(text, from)
      .filter(({ differs }) => differs)
      .map(({ text: letters }) => letters);
  expect(marked(one, other)).toEqual(['rn']);
  expect(marked(other, one)).toEqual(['m']);
  expect(
    differencesIn(one, other)
      .map(({ text }) => text)
      .join(''),
  ).toBe(one);
  expect(marked('https://login.exarnple.net/a', 'tokens.example.org:8443')).toEqual(['rnple.net']);
  expect(marked('https://b.example.net', 'https://a.example.net')).toEqual(['b']);
});
