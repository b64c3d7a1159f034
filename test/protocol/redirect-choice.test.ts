/** Which redirect URI comes next, given what is known, wished for and refused (Z35). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ANY_LOOPBACK,
  isRedirectWanted,
  loopbackToAllow,
  redirectsToTry,
  type RedirectSources,
} from '../../src/protocol/redirect-choice.ts';
import { arrivesAt, isLoopbackRedirect } from '../../src/shared/facts/loopback-redirect.ts';

const OWN = 'https://ours.chromiumapp.org/cb/0123456789abcdef';
const OWN_LOOPBACK = 'http://127.0.0.1/mozoauth2/abc/cb/0123456789abcdef';
const plain: RedirectSources = { own: OWN, issuerHash: '0123456789abcdef' };
const firefox: RedirectSources = { ...plain, ownLoopback: OWN_LOOPBACK };

describe('the addresses to try', () => {
  it('begin with the browser’s own, which no program can have (Z35)', () => {
    expect(redirectsToTry(plain)[0]).toBe(OWN);
    expect(redirectsToTry(firefox).slice(0, 2)).toEqual([OWN, OWN_LOOPBACK]);
  });

  it('are on this computer after the user’s click, Firefox’s own first (Z35)', () => {
    expect(redirectsToTry({ ...plain, wish: ANY_LOOPBACK }).every(isLoopbackRedirect)).toBe(true);
    expect(redirectsToTry({ ...firefox, wish: ANY_LOOPBACK })[0]).toBe(OWN_LOOPBACK);
  });

  it('are the one that the user has entered, and no guess beside it (Z35)', () => {
    const wish = 'http://localhost:3118/cb';
    expect(redirectsToTry({ ...plain, wish, known: OWN })).toEqual([wish]);
  });

  it('begin with what the issuer took last (Z35)', () => {
    const known = 'http://localhost:50001/callback';
    expect(redirectsToTry({ ...plain, known }).slice(0, 2)).toEqual([known, OWN]);
    expect(isRedirectWanted(known, { ...plain, known })).toBe(true);
    expect(isRedirectWanted(OWN, { ...plain, known })).toBe(false);
  });

  it('are both hosts, since servers take one and not the other (Z35)', () => {
    const hosts = redirectsToTry(plain).map((uri) => new URL(uri).hostname);
    expect(hosts).toEqual(expect.arrayContaining(['127.0.0.1', 'localhost']));
  });

  it('are never more than eight, never twice the same, and never one that was refused (T-25, Z35)', () => {
    const some = fc.subarray(redirectsToTry(firefox));
    const wish = fc.option(fc.constantFrom(ANY_LOOPBACK, 'http://localhost:1/x'), {
      nil: undefined,
    });
    const known = fc.constantFrom('http://localhost:50001/callback', undefined);
    fc.assert(
      fc.property(some, wish, known, (refused, wished, took) => {
        const next = redirectsToTry({ ...firefox, refused, wish: wished, known: took });
        expect(next.length).toBeLessThanOrEqual(8);
        expect(new Set(next).size).toBe(next.length);
        expect(next.filter((uri) => refused.includes(uri))).toEqual([]);
        // Every address but the browser's own is on this computer: no answer goes elsewhere.
        expect(next.every((uri) => uri === OWN || isLoopbackRedirect(uri))).toBe(true);
      }),
    );
  });
});

describe('the port on this computer', () => {
  it('is one of its own for every issuer, and nobody else’s (RFC 9700 §4.4.2, Z35)', () => {
    const port = (issuerHash: string) => Number(new URL(loopbackToAllow({ issuerHash })).port);
    expect(port('0123456789abcdef')).not.toBe(port('fedcba9876543210'));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (number) => {
        const at = port(number.toString(16).padStart(8, '0'));
        expect(at >= 49_152 && at <= 65_535).toBe(true);
      }),
    );
  });
});

describe('an address on this computer', () => {
  it.each([
    'http://127.0.0.1:3118/callback',
    'http://localhost/cb',
    'http://localhost:1',
    'http://127.0.0.1:1/',
  ])('is %s (Z35)', (uri) => {
    expect(isLoopbackRedirect(uri)).toBe(true);
  });

  it.each([
    'https://127.0.0.1:1/cb',
    'http://127.0.0.1.evil.example/',
    'http://evil.example/',
    'http://localhost.evil.example:1/',
    'http://localhost@evil.example/',
    'http://a@localhost:1/',
    'http://localhost:1/?x=1',
    'http://localhost:1/#x',
    'http://127.1:1/cb',
    'http://LOCALHOST:1/cb',
    'http://[::1]:1/cb',
    'http://localhost:1/a/../b',
    'localhost:1/cb',
    '',
  ])('is not %s (T-23, Z35)', (uri) => {
    expect(isLoopbackRedirect(uri)).toBe(false);
  });

  it('is where an answer arrives with any query, and at no other port, path or host (R65, Z35)', () => {
    const uri = 'http://localhost:3118/cb';
    expect(arrivesAt(`${uri}?code=c`, uri)).toBe(true);
    expect(arrivesAt('http://localhost:3118/?code=c', 'http://localhost:3118')).toBe(true);
    for (const other of [
      'http://localhost:3119/cb',
      'http://localhost:3118/cb/',
      'http://127.0.0.1:3118/cb',
      'https://localhost:3118/cb',
      'nonsense',
    ])
      expect(arrivesAt(other, uri)).toBe(false);
    expect(arrivesAt('nonsense', 'nonsense too')).toBe(false);
  });
});
