import { describe, expect, it } from 'vitest';
import {
  isIssuer,
  isSameIssuer,
  issuerSpellings,
} from '../../../src/shared/facts/issuer-syntax.ts';

describe('an issuer identifier', () => {
  const isTyped = (issuer: string) => isIssuer(issuer, { loopback: true });

  it('is public https, or loopback where that is allowed, with a path or without', () => {
    const good = ['https://login.example', 'https://login.example/', 'https://login.example/a/@b'];
    const local = ['http://localhost:9000/realm', 'https://127.0.0.1', 'http://[::1]/'];
    expect([...good, ...local].filter((issuer) => !isTyped(issuer))).toEqual([]);
    expect(local.filter((issuer) => isIssuer(issuer, { loopback: false }))).toEqual([]);
  });

  it('has no query, fragment or user, and names no private host', () => {
    const bad = [
      ...['', 'login.example', 'http://login.example', 'ftp://login.example'],
      ...['https://login.example?a', 'https://login.example/?', 'https://login.example/#a'],
      ...['https://u@login.example', 'https://10.0.0.1', 'https://login.internal'],
      `https://login.example/${'a'.repeat(2048)}`,
    ];
    expect(bad.filter(isTyped)).toEqual([]);
  });

  it('is written as the URL parser writes it: the name compared is the address contacted', () => {
    const rewritten = [
      ...['https://Login.example', 'https://login.example:443', 'https:login.example'],
      ...['https://login.example/a/../b', ' https://login.example', 'https:\\\\login.example'],
    ];
    expect(rewritten.filter(isTyped)).toEqual([]);
  });
});

describe('two spellings of an issuer (Z49)', () => {
  it('are one name for a bare origin, with and without the slash', () => {
    expect(isSameIssuer('https://h.example', 'https://h.example/')).toBe(true);
    expect(issuerSpellings('https://h.example')).toEqual([
      'https://h.example',
      'https://h.example/',
    ]);
    expect(issuerSpellings('https://h.example/')).toEqual([
      'https://h.example/',
      'https://h.example',
    ]);
  });

  it('are two names where there is a path, or another host', () => {
    expect(isSameIssuer('https://h.example/a', 'https://h.example/a/')).toBe(false);
    expect(isSameIssuer('https://h.example', 'https://i.example/')).toBe(false);
    expect(issuerSpellings('https://h.example/a/')).toEqual(['https://h.example/a/']);
  });
});
