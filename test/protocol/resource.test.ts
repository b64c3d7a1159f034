import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchResource, parseResource } from '../../src/protocol/resource.ts';
import { codeOf } from './code-of.ts';

const parse = (text: string) => parseResource(text, { loopback: false });
const match = (declared: string, asked: string) => {
  const code = codeOf(() => matchResource(declared, asked));
  return code ?? matchResource(declared, asked);
};

describe('the canonical identifier (RFC 8707 §2)', () => {
  it.each([
    [
      'a bare origin without the slash of URL.href (R74, D13)',
      'https://h.example',
      'https://h.example',
    ],
    ['a bare origin that came with a slash (R74)', 'https://h.example/', 'https://h.example'],
    ['a path as it is (R72)', 'https://h.example/a/mcp', 'https://h.example/a/mcp'],
    ['a trailing slash of a path', 'https://h.example/mcp/', 'https://h.example/mcp/'],
    [
      'upper-case scheme and host in lower case (R73)',
      'HTTPS://H.Example/Mcp',
      'https://h.example/Mcp',
    ],
    ['a default port as none', 'https://h.example:443/mcp', 'https://h.example/mcp'],
    ['another port as it is', 'https://h.example:8443', 'https://h.example:8443'],
    [
      'a query as it is (R72)',
      'https://h.example/mcp?b=1&a=%20',
      'https://h.example/mcp?b=1&a=%20',
    ],
    ['a query of a bare origin', 'https://h.example/?a=1', 'https://h.example?a=1'],
    ['dot segments resolved', 'https://h.example/a/../b/./c', 'https://h.example/b/c'],
    ['encoded dot segments resolved', 'https://h.example/a/%2e%2e/b', 'https://h.example/b'],
    ['percent-encoding untouched', 'https://h.example/%7Ea%2fb', 'https://h.example/%7Ea%2fb'],
  ])('gives %s', (_, text, expected) => {
    expect(parse(text)).toBe(expected);
  });

  it('refuses fragments, userinfo, http and private hosts (R71, Z3, 3.3)', () => {
    const texts = [
      'https://h.example/a#b',
      'https://u@h.example/a',
      'http://h.example/a',
      'https://192.168.1.1/a',
      'mcp',
    ];
    expect(texts.map((text) => codeOf(() => parse(text)))).toEqual(
      texts.map(() => 'policy_blocked'),
    );
  });

  it('keeps the literal loopback host where it is allowed (Z3)', () => {
    expect(parseResource('http://localhost:3000/mcp', { loopback: true })).toBe(
      'http://localhost:3000/mcp',
    );
  });

  it('is idempotent (R74)', () => {
    const segment = fc.constantFrom('a', 'A', '..', '.', '', '%2e', '%41', 'mcp');
    const url = fc
      .tuple(fc.array(segment, { maxLength: 5 }), fc.constantFrom('', '?', '?q', '?q=/../'))
      .map(([path, query]) => `https://H.example/${path.join('/')}${query}`);
    fc.assert(
      fc.property(url, (text) => {
        expect(parse(parse(text))).toBe(parse(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the declared resource (RFC 9728 §3.3)', () => {
  it.each([
    ['the same string', 'https://h.example/a', 'https://h.example/a'],
    ['the same origin', 'https://h.example', 'https://h.example'],
    ['the root slash of an origin (RFC 3986 §6.2.3)', 'https://h.example/', 'https://h.example'],
    ['the same port', 'https://h.example:8443/a', 'https://h.example:8443/a'],
    ['the same query', 'https://h.example/a?b=c', 'https://h.example/a?b=c'],
    ['the same trailing slash', 'https://h.example/a/', 'https://h.example/a/'],
  ])('accepts %s as the same (R19, Q3)', (_, declared, asked) => {
    expect(match(declared, asked)).toBe('same');
  });

  it.each([
    ['the origin', 'https://h.example', 'https://h.example/a'],
    ['the origin with a slash', 'https://h.example/', 'https://h.example/a/b'],
    ['a parent', 'https://h.example/a', 'https://h.example/a/b'],
    ['a parent with a slash', 'https://h.example/a/', 'https://h.example/a/b'],
    ['a grandparent', 'https://h.example/a', 'https://h.example/a/b/c'],
    ['the origin of a query', 'https://h.example', 'https://h.example/a?b=c'],
    ['a parent with an @ in its path', 'https://h.example/@org', 'https://h.example/@org/mcp'],
  ])('accepts %s as wider (Z15, Q3)', (_, declared, asked) => {
    expect(match(declared, asked)).toBe('wider');
  });

  it.each([
    ['another host', 'https://evil.example/a', 'https://h.example/a'],
    ['a subdomain', 'https://x.h.example', 'https://h.example/a'],
    ['a parent domain', 'https://example', 'https://h.example/a'],
    ['a host that only begins alike', 'https://h.example.evil.example', 'https://h.example/a'],
    ['another scheme', 'http://h.example', 'https://h.example/a'],
    ['another port', 'https://h.example:8443', 'https://h.example/a'],
    ['a default port', 'https://h.example:443', 'https://h.example/a'],
    ['upper case in the host', 'https://H.example', 'https://h.example/a'],
    ['an upper-case scheme', 'HTTPS://h.example', 'https://h.example/a'],
    ['a sibling that begins alike', 'https://h.example/a', 'https://h.example/ab'],
    ['a sibling', 'https://h.example/b', 'https://h.example/a'],
    ['a longer path', 'https://h.example/a/b', 'https://h.example/a'],
    ['a trailing slash too many', 'https://h.example/a/', 'https://h.example/a'],
    ['other case in the path', 'https://h.example/A', 'https://h.example/a/b'],
    ['dot segments', 'https://h.example/a/../b', 'https://h.example/b/c'],
    ['encoded dot segments', 'https://h.example/a/%2e%2e', 'https://h.example/b'],
    ['percent-encoding', 'https://h.example/%61', 'https://h.example/a/b'],
    ['a query', 'https://h.example/a?b=c', 'https://h.example/a/b'],
    ['another query', 'https://h.example/a?b=d', 'https://h.example/a?b=c'],
    ['a fragment', 'https://h.example/a#b', 'https://h.example/a/b'],
    ['a tab in the host', 'https://h.exa\tmple', 'https://h.example/a'],
    ['backslashes', 'https:\\\\h.example', 'https://h.example/a'],
    ['a blank', ' https://h.example', 'https://h.example/a'],
    ['no URL', 'mcp', 'https://h.example/a'],
    ['nothing', '', 'https://h.example'],
    ['a URN', 'urn:example:mcp', 'https://h.example/a'],
    ['the origin null', 'null', 'https://h.example/a'],
  ])('refuses a resource that differs by %s (R19, T-20)', (_, declared, asked) => {
    expect(match(declared, asked)).toBe('invalid_target');
  });

  it('refuses userinfo in a wider resource: it would be shown and sent (T-17, 3.3)', () => {
    const users = ['bank.example', 'u:p', 'u:', '', ':'];
    const declared = users.map((user) => `https://${user}@h.example/a`);
    expect(declared.map((one) => match(one, 'https://h.example/a/b'))).toEqual(
      declared.map(() => 'invalid_target'),
    );
  });

  it('refuses a password without a user in a wider resource (T-17, 3.3)', () => {
    expect(match('https://:bank.example@h.example/', 'https://h.example/a')).toBe('invalid_target');
  });

  it('refuses an empty fragment in a wider resource (R71, RFC 8707 §2)', () => {
    expect(match('https://h.example/#', 'https://h.example/a')).toBe('invalid_target');
    expect(match('https://h.example/a#', 'https://h.example/a/b')).toBe('invalid_target');
  });

  it('refuses an empty query in a wider resource (Z15)', () => {
    expect(match('https://h.example/a?', 'https://h.example/a/b')).toBe('invalid_target');
  });

  it('accepts the path without the query that was asked for as wider (Z15)', () => {
    expect(match('https://h.example/a', 'https://h.example/a?project=1')).toBe('wider');
  });

  it('never accepts a resource of another origin, nor one that does not cover what was asked (T-20, Z15)', () => {
    const path = fc.constantFrom('', '/', '/a', '/a/', '/ab', '/a/b', '/b', '/a/b/c', '/%61');
    const origin = fc.constantFrom(
      'https://h.example',
      'https://h.example:8443',
      'https://i.example',
    );
    const url = fc.tuple(origin, path).map(([o, p]) => o + p);
    fc.assert(
      fc.property(url, url, (declared, text) => {
        const asked = parse(text);
        if (match(declared, asked) === 'invalid_target') return;
        const covers = `${asked}/`.startsWith(`${declared.replace(/\/$/, '')}/`);
        expect(covers).toBe(true);
      }),
      { numRuns: 4000 },
    );
  });
});
