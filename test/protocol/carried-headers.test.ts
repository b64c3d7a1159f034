/** What a carried request and its answer say in headers: what is on a list, and nothing else. */
import { describe, expect, it } from 'vitest';
import {
  isCarriedMethod,
  mayBeAllowed,
  mayCarryKey,
  passRequestHeaders,
  passResponseHeaders,
} from '../../src/protocol/carried-headers.ts';

const one = (name: string, value = 'x') => [[name, value]] as [string, string][];

describe('the method of a carried request (Z29)', () => {
  it('is one of the transport’s three', () => {
    expect(['GET', 'POST', 'DELETE'].every(isCarriedMethod)).toBe(true);
    expect(['get', 'PUT', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', ''].some(isCarriedMethod)).toBe(
      false,
    );
  });
});

describe('the headers of a carried request (Z29)', () => {
  it.each([
    ...['Accept', 'Accept-Language', 'Content-Type', 'Last-Event-ID', 'MCP-Protocol-Version'],
    ...['Mcp-Session-Id', 'Mcp-Method', 'Mcp-Name', 'Mcp-Param-city', 'traceparent', 'tracestate'],
    'baggage',
  ])('pass: %s', (name) => {
    expect(passRequestHeaders(one(name))).toEqual({
      headers: one(name.toLowerCase()),
      dropped: [],
    });
  });

  it.each([
    ...['Origin', 'Cookie', 'Host', 'Referer', 'User-Agent', 'Authorization', 'Sec-Fetch-Site'],
    ...['Proxy-Authorization', 'Forwarded', 'X-Forwarded-For', 'X-Api-Key', 'Connection', 'TE'],
    ...['Content-Length', 'Mcp-Param-', 'Mcp-Other', 'X-HTTP-Method-Override'],
  ])('are dropped and named: %s', (name) => {
    expect(passRequestHeaders(one(name))).toEqual({ headers: [], dropped: [name.toLowerCase()] });
  });

  it('pass beyond the list where the person has allowed the name, and never a dangerous one', () => {
    expect(passRequestHeaders(one('X-Team'), ['x-team'])?.headers).toEqual(one('x-team'));
    for (const name of ['origin', 'cookie', 'sec-fetch-site', 'authorization', 'forwarded']) {
      expect(passRequestHeaders(one(name), [name])?.headers).toEqual([]);
    }
  });

  it('have a size: 4 KiB each, 16 KiB in all', () => {
    const sized = (size: number) => one('accept', 'x'.repeat(size - 'accept'.length));
    expect(passRequestHeaders(sized(4096))).toBeDefined();
    expect(passRequestHeaders(sized(4097))).toBeUndefined();
    const four = Array.from({ length: 4 }, () => sized(4096)).flat();
    expect(passRequestHeaders(four)).toBeDefined();
    expect(passRequestHeaders([...four, ['a', '']])).toBeUndefined();
  });
});

describe('a name that a person allows, or that a key is sent under (Z37)', () => {
  it.each(['X-API-Key', 'Api-Token', 'X-Goog-Api-Key', 'apikey'])('may be %s', (name) => {
    expect([mayBeAllowed(name), mayCarryKey(name)]).toEqual([true, true]);
  });

  it('may be Authorization for a key only', () => {
    expect([mayBeAllowed('Authorization'), mayCarryKey('Authorization')]).toEqual([false, true]);
  });

  it.each([
    ...['Host', 'Cookie', 'Origin', 'Referer', 'Sec-Fetch-Site', 'Proxy-Authorization', 'TE'],
    ...['Content-Type', 'Content-Length', 'Mcp-Session-Id', 'Transfer-Encoding', 'Connection'],
    ...['bad name', 'bad\r\nname', '', 'näme', 'X-Forwarded-For', 'Forwarded'],
  ])('is never %j for a key', (name) => {
    expect(mayCarryKey(name)).toBe(false);
  });
});

describe('the headers of an answer (Z29)', () => {
  const names = (headers: [string, string][], secret?: string) =>
    passResponseHeaders(headers, secret).map(([name]) => name);

  it('are those of a list', () => {
    const all = ['Content-Type', 'Mcp-Session-Id', 'RateLimit-Limit', 'X-RateLimit-Reset', 'ETag'];
    expect(names(all.map((name) => [name, 'x']))).toEqual(all.map((name) => name.toLowerCase()));
    const none = ['Set-Cookie', 'Connection', 'X-Echo', 'Server', 'Transfer-Encoding', 'Location'];
    expect(names(none.map((name) => [name, 'x']))).toEqual([]);
  });

  it('tell no length where the body was encoded', () => {
    expect(names([['Content-Length', '10']])).toEqual(['content-length']);
    expect(
      names([
        ['Content-Length', '10'],
        ['Content-Encoding', 'gzip'],
      ]),
    ).toEqual([]);
  });

  it('hold no credential', () => {
    const secret = 'a-token-of-some-length';
    expect(
      names(
        [
          ['link', `<https://a?t=${secret}>`],
          ['etag', 'x'],
        ],
        secret,
      ),
    ).toEqual(['etag']);
  });
});
