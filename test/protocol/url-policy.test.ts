import { describe, expect, it } from 'vitest';
import { hostKind, isLoopbackOrigin } from '../../src/shared/facts/host-kind.ts';
import { hostOf, hostPattern, parseAllowedUrl } from '../../src/protocol/url-policy.ts';
import { MAX_URL_LENGTH } from '../../src/shared/facts/limits.ts';
import { codeOf } from './code-of.ts';
import type { UrlPolicy } from '../../src/shared/facts/allowed-url.ts';
import { LOCAL_BY_NAME, LOOPBACK, PRIVATE, PUBLIC } from './addresses.ts';

const STRICT: UrlPolicy = { loopback: false };
const LENIENT = { loopback: true };
const allows = (url: string, policy = STRICT) =>
  codeOf(() => parseAllowedUrl(url, policy)) === undefined;
const blocked = (url: string) =>
  [STRICT, LENIENT].every(
    (policy) => codeOf(() => parseAllowedUrl(url, policy)) === 'policy_blocked',
  );

describe('the corpus of addresses (F8, T-29)', () => {
  it('holds at least 120 spellings of loopback and private hosts (T-29)', () => {
    expect(new Set([...LOOPBACK, ...PRIVATE]).size).toBeGreaterThanOrEqual(120);
  });

  it('refuses every loopback spelling without the loopback exception (T-29, R94, R95)', () => {
    const hosts = LOOPBACK.filter(
      (host) => allows(`http://${host}/`) || allows(`https://${host}/`),
    );
    expect(hosts).toEqual([]);
  });

  it('allows every spelling that the parser folds into a loopback literal, with the exception (T-29, Z3)', () => {
    const hosts = LOOPBACK.filter((host) => !allows(`http://${host}:8080/mcp`, LENIENT));
    expect(hosts).toEqual([]);
    expect(allows('https://localhost/', LENIENT)).toBe(true);
  });

  it('refuses every private spelling, with and without the exception (T-29, R93, R95)', () => {
    const hosts = PRIVATE.filter(
      (host) => !blocked(`https://${host}/`) || !blocked(`http://${host}/`),
    );
    expect(hosts).toEqual([]);
  });

  it('allows every public host by https and none by http (R94, T-28)', () => {
    const wrong = PUBLIC.filter(
      (host) => !allows(`https://${host}/a?b=c`) || !blocked(`http://${host}/a?b=c`),
    );
    expect(wrong).toEqual([]);
  });

  it('takes no public name for loopback, whatever it begins with (T-29)', () => {
    const kinds = [
      'localhost.evil.com',
      '127.0.0.1.nip.io',
      '127.0.0.1.evil.com',
      'xlocalhost.com',
    ];
    expect(kinds.map(hostKind)).toEqual(['public', 'private', 'private', 'public']);
  });

  it('refuses every name that gives its place away where nobody is to be asked (T-29, Z43)', () => {
    expect(LOCAL_BY_NAME.filter((host) => !blocked(`https://${host}/`))).toEqual([]);
  });

  it('takes a name of the own network by https alone, once it may be asked about (Z43, T-29)', () => {
    const names: UrlPolicy = { loopback: true, inward: 'names' };
    expect(LOCAL_BY_NAME.filter((host) => !allows(`https://${host}/mcp`, names))).toEqual([]);
    expect(LOCAL_BY_NAME.filter((host) => allows(`http://${host}/mcp`, names))).toEqual([]);
  });

  it('takes a bare address of the own network in developer mode alone, and by https (Z43, T-29)', () => {
    const near = ['10.0.0.1', '192.168.1.1', '172.16.0.1', '[fd00::1]', 'nas', 'app.localhost'];
    const far = ['224.0.0.1', '0.0.0.0', '[ff02::1]', '[64:ff9b::a00:1]', 'x.onion', '192.0.2.1'];
    const names: UrlPolicy = { loopback: true, inward: 'names' };
    const all: UrlPolicy = { loopback: true, inward: 'all' };
    expect(near.filter((host) => !allows(`https://${host}/mcp`, all))).toEqual([]);
    expect([...near, ...far].filter((host) => allows(`https://${host}/mcp`, names))).toEqual([]);
    expect(far.filter((host) => allows(`https://${host}/mcp`, all))).toEqual([]);
    expect([...near, ...far].filter((host) => allows(`http://${host}/mcp`, all))).toEqual([]);
  });

  it('refuses local names with more than one trailing dot (T-29, 3.3)', () => {
    const hosts = ['localhost..', '127.0.0.1..', 'printer.local..', 'nas..'];
    expect(hosts.filter((host) => !blocked(`https://${host}/`))).toEqual([]);
  });

  it('refuses the local zones themselves, not only names in them (3.3, RFC 8375)', () => {
    expect(blocked('https://home.arpa/')).toBe(true);
    expect(blocked('https://home.arpa./')).toBe(true);
  });
});

describe('what a URL may consist of (3.3)', () => {
  it.each([
    ['javascript:', 'javascript:alert(1)'],
    ['javascript: with a host', 'javascript://as.example/%0aalert(1)'],
    ['data:', 'data:text/html,x'],
    ['file:', 'file:///etc/passwd'],
    ['vbscript:', 'vbscript:x'],
    ['blob:', 'blob:https://as.example/uuid'],
    ['ftp:', 'ftp://as.example/'],
    ['ws:', 'wss://as.example/'],
    ['chrome-extension:', 'chrome-extension://abcdefgh/x'],
    ['about:', 'about:blank'],
    ['view-source:', 'view-source:https://as.example/'],
    ['intent:', 'intent://as.example#Intent;end'],
    ['http:', 'http://as.example/'],
  ])('refuses %s (R99, R94, T-23)', (_, url) => {
    expect(blocked(url)).toBe(true);
  });

  it.each([
    ['a relative path', '/mcp'],
    ['a host without a scheme', 'as.example/mcp'],
    ['a scheme-relative URL', '//as.example/mcp'],
    ['nothing', ''],
    ['no host', 'https://'],
    ['a host that is no name', 'https://%00/'],
    ['a host with a space', 'https://as%20b.example/'],
    ['a number that is no address', 'https://999.999.999.999/'],
    ['a broken IPv6 literal', 'https://[::g]/'],
    ['a port that is none', 'https://as.example:99999/'],
  ])('refuses %s (R103)', (_, url) => {
    expect(blocked(url)).toBe(true);
  });

  it.each([
    ['a user', 'https://user@as.example/'],
    ['a user and password', 'https://user:pass@as.example/'],
    ['a password', 'https://:pass@as.example/'],
    ['a host as user', 'https://good.example@evil.example/'],
    ['an encoded user', 'https://%75@as.example/'],
    ['a user before loopback', 'http://as.example@localhost/'],
  ])('refuses %s (3.3, T-23)', (_, url) => {
    expect(blocked(url)).toBe(true);
  });

  it('refuses an @ before the host even when nothing stands before it (3.3)', () => {
    const urls = ['https://@as.example/', 'https://:@as.example/', 'http://@localhost/'];
    expect(urls.filter((url) => !blocked(url))).toEqual([]);
  });

  it('refuses userinfo in a URL with fewer or more than two slashes, which the parser mends (3.3, T-17)', () => {
    const urls = [
      'https:user@as.example/',
      'https:/user@as.example/',
      'https:///user:pass@as.example/',
      'https:@as.example/',
      'HTTPS:////good.example@evil.example/',
    ];
    expect(urls.filter((url) => !blocked(url))).toEqual([]);
  });

  it('takes an @ behind the host for what it is (3.3)', () => {
    const urls = [
      'https://as.example/@org/mcp',
      'https://as.example?mail=a@b',
      'https://as.example/a@b',
    ];
    expect(urls.filter((url) => !allows(url))).toEqual([]);
  });

  it('refuses a fragment, an empty one too (3.3, R71)', () => {
    expect(blocked('https://as.example/a#b')).toBe(true);
    expect(blocked('https://as.example/a#')).toBe(true);
  });

  it.each([
    ['a tab', 'https://exa\tmple.com/'],
    ['a newline', 'https://exam\nple.com/'],
    ['a carriage return', 'https://exam\rple.com/'],
    ['a leading blank', ' https://example.com/'],
    ['a trailing blank', 'https://example.com/ '],
    ['a blank inside', 'https://example.com/a b'],
    ['a leading control character', '\x01https://example.com/'],
    ['backslashes', 'https:\\\\example.com\\a'],
    ['a backslash in the path', 'https://example.com\\@evil.example/'],
    ['a quote', 'https://example.com/"onclick'],
    ['angle brackets', 'https://example.com/<b>'],
    ['full-width letters', 'https://\uff45xample.com/'],
    ['circled digits', 'https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/'],
    ['an ideographic full stop', 'https://127\u30020\u30020\u30021/'],
    ['a soft hyphen', 'https://exam\u00adple.com/'],
    ['a Cyrillic letter', 'https://\u0435xample.com/'],
    ['a right-to-left override', 'https://example.com/\u202e'],
  ])('refuses %s, which the parser would rewrite (3.3, T-29, R103)', (_, url) => {
    expect(blocked(url)).toBe(true);
  });

  it('takes 2048 characters and no more (5.5, 3.3)', () => {
    const ofLength = (length: number) => 'https://as.example/'.padEnd(length, 'x');
    expect(MAX_URL_LENGTH).toBe(2048);
    expect(allows(ofLength(2048))).toBe(true);
    expect(blocked(ofLength(2049))).toBe(true);
  });

  it('gives the URL as parsed', () => {
    const url = parseAllowedUrl('https://as.example:8443/a/../b?c=%20', STRICT);
    expect(url.href).toBe('https://as.example:8443/b?c=%20');
  });

  it('tells our own pages the host that was refused, and puts nothing else into the error (T-32)', () => {
    const failing = () => parseAllowedUrl('http://as.example/secret-path?secret=1', STRICT);
    expect(failing).toThrow(
      expect.objectContaining({ detail: { host: 'as.example', reason: 'forbidden_address' } }),
    );
    expect(failing).not.toThrow(/secret/);
  });
});

describe('origins and hosts', () => {
  it('knows a loopback origin by its literal host (Z3, T-29)', () => {
    const loopback = [
      'http://localhost:3000',
      'https://localhost',
      'http://127.0.0.1',
      'http://[::1]:1',
    ];
    expect(loopback.filter((origin) => !isLoopbackOrigin(origin))).toEqual([]);
    const others = [
      'http://localhost.evil.com',
      'http://localhost.',
      'http://app.localhost',
      'http://127.0.0.2',
      'http://0.0.0.0',
      'http://[::]',
      'https://example.com',
      'null',
      '',
    ];
    expect(others.filter(isLoopbackOrigin)).toEqual([]);
  });

  it('makes a match pattern without a port (Z13)', () => {
    expect(hostPattern('https://as.example:8443/a?b')).toBe('https://as.example/*');
    expect(hostPattern('http://[::1]:80/')).toBe('http://[::1]/*');
  });

  it('names the host of a URL, and nothing for what is none', () => {
    expect(hostOf('https://AS.example:8443/x')).toBe('as.example:8443');
    expect(hostOf('no url')).toBe('');
  });
});
