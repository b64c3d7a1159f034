import { describe, expect, it } from 'vitest';
import {
  asBrokerError,
  BrokerError,
  ERROR_CODES,
  serverFault,
  toWire,
  type ErrorCode,
} from '../../src/shared/errors.ts';

/** Codes of docs/errors.md that only say something about the page, the user or the browser, never about a server. */
const NOT_OF_A_SERVER: ErrorCode[] = [
  'invalid_request',
  'insecure_context',
  'interaction_required',
  'sealed',
  'access_denied',
  'aborted',
  'connect_failed',
  'rate_limited',
  'broker_unavailable',
  'interrupted',
];
const OF_A_SERVER = ERROR_CODES.filter((code) => !NOT_OF_A_SERVER.includes(code));

/** An error with something to leak in every place. */
const leaky = (code: ErrorCode) =>
  new BrokerError(code, {
    detail: { host: 'marker.example', issuer: 'https://marker.example' },
    cause: new Error('marker-cause', { cause: { access_token: 'marker-token' } }),
  });
const wire = (error: unknown, holdsGrant: boolean) => toWire(error, holdsGrant, 'id-1');

describe('what a page sees of a failure (docs/errors.md)', () => {
  it('knows every code of the table, each once (docs/errors.md)', () => {
    expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length);
    expect([...ERROR_CODES].sort()).toEqual([...NOT_OF_A_SERVER, ...OF_A_SERVER].sort());
    expect(OF_A_SERVER).toHaveLength(12);
  });

  it('is connect_failed for every cause at a server, before the site holds a grant (Z2, T-25, T-33)', () => {
    const seen = OF_A_SERVER.map((code) => wire(leaky(code), false));
    expect(new Set(seen.map((error) => JSON.stringify(error))).size).toBe(1);
    expect(seen[0]).toMatchObject({ code: 'connect_failed', retryable: false });
  });

  it('is the code itself once the site holds a grant (docs/errors.md)', () => {
    expect(ERROR_CODES.map((code) => wire(leaky(code), true).code)).toEqual([...ERROR_CODES]);
  });

  it('is the code itself where it tells nothing of a server, grant or not (Z2)', () => {
    expect(NOT_OF_A_SERVER.map((code) => wire(leaky(code), false).code)).toEqual(NOT_OF_A_SERVER);
  });

  it('has four members and nothing of detail, cause or stack (Z11, T-32, D12)', () => {
    const seen = ERROR_CODES.flatMap((code) => [wire(leaky(code), true), wire(leaky(code), false)]);
    expect(seen.map((error) => Object.keys(error).sort().join())).toEqual(
      seen.map(() => 'code,correlationId,message,retryable'),
    );
    expect(JSON.stringify(seen)).not.toContain('marker');
  });

  it('is dull for anything that is no BrokerError (T-32, docs/errors.md)', () => {
    const others = [
      new Error('marker'),
      new TypeError('marker'),
      'marker',
      null,
      undefined,
      { code: 'access_denied', message: 'marker' },
      { name: 'BrokerError', code: 'marker' },
    ];
    expect(others.map((error) => wire(error, true).code)).toEqual(
      others.map(() => 'internal_error'),
    );
    expect(others.map((error) => wire(error, false).code)).toEqual(
      others.map(() => 'connect_failed'),
    );
    expect(JSON.stringify(others.map((error) => wire(error, true)))).not.toContain('marker');
  });

  it('says the same of a code, whichever error it came with (Z11)', () => {
    const messages = ERROR_CODES.map((code) => wire(leaky(code), true).message);
    expect(messages).toEqual(ERROR_CODES.map((code) => wire(new BrokerError(code), true).message));
    expect(messages.filter((message) => !/^[A-Z].*\.$/.test(message))).toEqual([]);
    expect(new Set(messages).size).toBe(ERROR_CODES.length);
  });

  it('is retryable where nobody has to change anything (docs/errors.md)', () => {
    const retryable = ERROR_CODES.filter((code) => wire(leaky(code), true).retryable);
    expect(retryable).toEqual([
      'rate_limited',
      'broker_unavailable',
      'network_error',
      'interrupted',
    ]);
    expect(wire(leaky('network_error'), false).retryable).toBe(false);
  });

  it('carries the correlation id that it was given', () => {
    expect(toWire(leaky('aborted'), false, 'abc').correlationId).toBe('abc');
  });
});

describe('an error inside the broker (docs/errors.md)', () => {
  it('keeps code, detail and cause for our own pages', () => {
    const cause = new Error('why');
    const error = new BrokerError('token_failed', { detail: { host: 'as.example' }, cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code: 'token_failed', detail: { host: 'as.example' }, cause });
  });

  it('has an empty detail and no cause when none is given', () => {
    const error = new BrokerError('aborted');
    expect(error.detail).toEqual({});
    expect('cause' in error).toBe(false);
  });

  it('has a message of ours, never the cause’s (Z11)', () => {
    expect(leaky('token_failed').message).not.toContain('marker');
  });

  it('names the authorization server that it is about', () => {
    const cause = new Error('why');
    expect(
      serverFault('issuer_mismatch', 'https://as.example/a', 'iss_wrong', { cause }),
    ).toMatchObject({
      code: 'issuer_mismatch',
      detail: { host: 'as.example', issuer: 'https://as.example/a', reason: 'iss_wrong' },
      cause,
    });
    const redirectUri = 'https://x.example/cb';
    const bare = serverFault('token_failed', 'no URL', undefined, { redirectUri });
    expect(bare.detail).toEqual({ host: '', issuer: 'no URL', redirectUri });
    expect('cause' in bare).toBe(false);
  });

  it('is internal when it is none of ours, and stays what it is when it is', () => {
    const ours = new BrokerError('aborted');
    expect(asBrokerError(ours)).toBe(ours);
    const bug = new TypeError('marker');
    expect(asBrokerError(bug)).toMatchObject({ code: 'internal_error', cause: bug });
  });
});
