import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_MESSAGE_LENGTH,
  parsePageMessage,
  parsePageParams,
} from '../../src/shared/parse-page.ts';
import { parseExtensionMessage } from '../../src/shared/parse-document.ts';
import type { PageCall } from '../../src/shared/page-contract.ts';
import { codeOf } from '../protocol/code-of.ts';

const MESSAGE = { v: 1, id: 7, call: 'getToken', params: { resource: 'https://mcp.example' } };
const message = (raw: unknown) => codeOf(() => parsePageMessage(raw));
const token = (params: object) =>
  codeOf(() => parsePageParams('getToken', { resource: 'https://mcp.example', ...params }));
const extension = (call: unknown, params: unknown, rest: object = {}) =>
  codeOf(() => parseExtensionMessage({ door: 'extension', call, params, ...rest }));
const allRefused = (list: unknown[]) => list.map(() => 'invalid_request');

describe('the envelope of a page’s message (T-12, F7)', () => {
  it('is a call or a cancellation (Z6)', () => {
    expect(parsePageMessage(MESSAGE)).toEqual(MESSAGE);
    expect(parsePageMessage({ v: 1, id: 7, cancel: true })).toEqual({ v: 1, id: 7, cancel: true });
  });

  it('has a version that we speak', () => {
    const versions = [0, 2, '1', null, undefined, true, [1], 1.5];
    expect(versions.map((v) => message({ ...MESSAGE, v }))).toEqual(allRefused(versions));
    expect(message({ id: 7, call: 'hello', params: {} })).toBe('invalid_request');
  });

  it('names a call of the page door, never one of the extension door (Z6, T-07)', () => {
    const calls = ['decide', 'grants', 'configure', 'disconnect', 'prompt', 'pending', 'forgive'];
    const others = [
      ...calls,
      '',
      'GETTOKEN',
      '__proto__',
      'constructor',
      'toString',
      1,
      null,
      ['hello'],
    ];
    expect(others.map((call) => message({ ...MESSAGE, call }))).toEqual(allRefused(others));
    const ours = ['hello', 'getToken', 'permission', 'release'];
    expect(ours.map((call) => message({ ...MESSAGE, call }))).toEqual(ours.map(() => undefined));
  });

  it('has a number for an id', () => {
    const ids = ['7', null, undefined, {}, [7], true, NaN, Infinity];
    expect(ids.map((id) => message({ ...MESSAGE, id }))).toEqual(allRefused(ids));
  });

  it('has no member that is not named in the contract (T-02, T-12)', () => {
    const extras = ['origin', 'sender', 'tabId', 'frameId', 'door', 'x', 'constructor', 'toString'];
    expect(extras.map((name) => message({ ...MESSAGE, [name]: 1 }))).toEqual(allRefused(extras));
    expect(message({ v: 1, id: 7, cancel: true, call: 'hello', params: {} })).toBe(
      'invalid_request',
    );
  });

  it('cancels by a literal true only', () => {
    const values = [false, 1, 'true', null, {}];
    expect(values.map((cancel) => message({ v: 1, id: 7, cancel }))).toEqual(allRefused(values));
    expect(values.map((cancel) => message({ ...MESSAGE, cancel }))).toEqual(allRefused(values));
  });

  it('is an object (F7)', () => {
    const others = [
      null,
      undefined,
      'getToken',
      7,
      true,
      [],
      [MESSAGE],
      () => MESSAGE,
      Symbol('x'),
    ];
    expect(others.map(message)).toEqual(allRefused(others));
  });
});

describe('what the browser may pass with a message (F7, T-12)', () => {
  const withParams = (params: unknown) => message({ ...MESSAGE, params });

  it('takes 64 KiB of JSON and no more (5.5, T-12)', () => {
    const empty = JSON.stringify({ ...MESSAGE, params: '' }).length;
    const ofLength = (length: number) => withParams('x'.repeat(length - empty));
    expect(MAX_MESSAGE_LENGTH).toBe(65_536);
    expect(ofLength(65_536)).toBeUndefined();
    expect(ofLength(65_537)).toBe('invalid_request');
  });

  it('measures what is written, not what is counted: escapes and surrogates too (5.5)', () => {
    expect(withParams('\0'.repeat(11_000))).toBe('invalid_request');
    expect(withParams('\ud800'.repeat(11_000))).toBe('invalid_request');
  });

  it('refuses a cycle (F7)', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(withParams(cycle)).toBe('invalid_request');
    const list: unknown[] = [];
    list.push(list);
    expect(withParams(list)).toBe('invalid_request');
  });

  it('refuses a BigInt anywhere (F7)', () => {
    expect(withParams({ resource: 1n })).toBe('invalid_request');
    expect(message({ ...MESSAGE, id: 7n })).toBe('invalid_request');
  });

  it('refuses depth of 10,000 without falling over (T-12, F7)', () => {
    let deep: unknown = 'x';
    for (let i = 0; i < 10_000; i += 1) deep = [deep];
    expect(codeOf(() => read({ resource: deep }))).toBe('invalid_request');
    expect(codeOf(() => read(deep))).toBe('invalid_request');
  });

  it('refuses maps, sets, dates, buffers and the like, wherever they are (F7, Z44)', () => {
    const exotic = [
      new Map([['resource', 'https://mcp.example']]),
      new Set(['https://mcp.example']),
      new Date(0),
      new Uint8Array(4),
      new ArrayBuffer(4),
      new Blob(['x']),
      new Error('x'),
      /x/,
    ];
    expect(exotic.map((params) => codeOf(() => read(params)))).toEqual(allRefused(exotic));
    expect(exotic.map((resource) => codeOf(() => read({ resource })))).toEqual(allRefused(exotic));
  });

  it('checks what it will use: a getter is read once, before the check (F7)', () => {
    let reads = 0;
    const params = {
      get resource() {
        reads += 1;
        return reads === 1 ? 'https://mcp.example' : { evil: true };
      },
    };
    const parsed = parsePageMessage({ ...MESSAGE, params });
    expect(reads).toBe(1);
    expect(parsed).toEqual(MESSAGE);
  });

  it('refuses what throws when it is read (F7)', () => {
    const thrower = {
      get resource(): string {
        throw new Error('marker');
      },
    };
    expect(withParams(thrower)).toBe('invalid_request');
    expect(withParams({ toJSON: () => 1n })).toBe('invalid_request');
  });

  it('takes no member from a prototype and leaves none changed (T-31)', () => {
    const inherited: unknown = Object.create({ resource: 'https://mcp.example' });
    expect(codeOf(() => read(inherited))).toBe('invalid_request');
    const own: unknown = JSON.parse(
      '{"resource": "https://mcp.example", "__proto__": {"interactive": true}}',
    );
    expect(codeOf(() => read(own))).toBe('invalid_request');
    expect(
      codeOf(() => read(JSON.parse('{"__proto__": {"resource": "https://mcp.example"}}'))),
    ).toBe('invalid_request');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('answers anything at all with a message or with invalid_request (F7)', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      maxDepth: 4,
    });
    const near = fc.record(
      {
        v: fc.constantFrom(1, 2),
        id: fc.oneof(fc.integer(), anything),
        call: fc.constantFrom('hello', 'getToken', 'x'),
        cancel: fc.constantFrom(true, false, undefined),
        params: anything,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(anything, near), (raw) => {
        expect([undefined, 'invalid_request']).toContain(message(raw));
        expect([undefined, 'invalid_request']).toContain(
          codeOf(() => parsePageParams('getToken', raw)),
        );
      }),
      { numRuns: 10_000 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect('polluted' in {}).toBe(false);
  });

  /** Params as they come through the envelope. */
  function read(params: unknown) {
    const parsed = parsePageMessage({ ...MESSAGE, params });
    return 'params' in parsed && parsePageParams('getToken', parsed.params);
  }
});

describe('the params of the page door (docs/sdk.md)', () => {
  it('of getToken are read as they are, when they are in bounds (5.5)', () => {
    const params = {
      resource: 'https://mcp.example',
      scopes: ['a', 'b'],
      challenge: 'Bearer scope="a"',
      rejected: 'token',
      interactive: false,
    };
    expect(parsePageParams('getToken', params)).toEqual(params);
    expect(parsePageParams('getToken', { resource: 'x' })).toEqual({ resource: 'x' });
  });

  it('hold nothing else, least of all a name for the site (T-02, T-12)', () => {
    const names = ['origin', 'clientName', 'icon', 'account', 'issuer', 'token', 'redirectUri', ''];
    expect(names.map((name) => token({ [name]: 'https://bank.example' }))).toEqual(
      allRefused(names),
    );
    expect(token({ constructor: 1 })).toBe('invalid_request');
  });

  it.each([
    ['resource', 2048, (n: number) => ({ resource: 'x'.repeat(n) })],
    ['a scope', 256, (n: number) => ({ scopes: ['x'.repeat(n)] })],
    ['scopes', 100, (n: number) => ({ scopes: Array(n).fill('a') })],
    ['challenge', 8192, (n: number) => ({ challenge: 'x'.repeat(n) })],
    ['rejected', 16_384, (n: number) => ({ rejected: 'x'.repeat(n) })],
  ])('bound %s at %i (5.5, T-12)', (_, limit, of) => {
    expect(token(of(limit))).toBeUndefined();
    expect(token(of(limit + 1))).toBe('invalid_request');
  });

  it('are of the right type (F7)', () => {
    const wrong = [
      ...[{ resource: 1 }, { resource: null }, { resource: ['x'] }, { resource: { href: 'x' } }],
      ...[{ scopes: 'a b' }, { scopes: [1] }, { scopes: null }, { scopes: { 0: 'a', length: 1 } }],
      ...[{ challenge: null }, { challenge: ['Bearer'] }, { rejected: 1 }, { rejected: null }],
      ...[{ interactive: 'false' }, { interactive: 0 }, { interactive: null }],
    ];
    expect(wrong.map(token)).toEqual(allRefused(wrong));
  });

  it.each(['permission', 'release'] as const)('of %s are a resource and nothing else', (call) => {
    const read = (params: unknown) => codeOf(() => parsePageParams(call, params));
    expect(read({ resource: 'https://mcp.example' })).toBeUndefined();
    expect([{}, { resource: 1 }, { resource: 'x', origin: 'y' }, null].map(read)).toEqual(
      allRefused([1, 2, 3, 4]),
    );
  });

  it('of hello are none', () => {
    const read = (params: unknown) => codeOf(() => parsePageParams('hello', params));
    expect(read({})).toBeUndefined();
    expect([{ a: 1 }, null, undefined, 'x'].map(read)).toEqual(allRefused([1, 2, 3, 4]));
  });

  it('are required by every call (docs/sdk.md)', () => {
    const calls: PageCall[] = ['getToken', 'permission', 'release'];
    expect(calls.map((call) => codeOf(() => parsePageParams(call, undefined)))).toEqual(
      allRefused(calls),
    );
    expect(message({ v: 1, id: 7, call: 'getToken' })).toBe('invalid_request');
  });
});

describe('the extension door (Z6, T-07)', () => {
  const KEY = { origin: 'https://client.example', resource: 'https://mcp.example' };
  const DECISION = { flow: 'f', nonce: 'n', digest: 'd', decision: 'allow' };

  it('takes each of its calls with its params, and with those of no other (Z6)', () => {
    const calls: [string, object][] = [
      ['prompt', { flow: 'f' }],
      ['decide', DECISION],
      ['review', { flow: 'f' }],
      ['site', { tabId: 7 }],
      ['disconnect', { ...KEY, account: 'default' }],
      ['forgive', KEY],
      ['configure', { developerMode: true }],
      ...['pending', 'grants', 'refusals', 'settings'].map((call): [string, object] => [call, {}]),
    ];
    expect(calls.map(([call, params]) => extension(call, params))).toEqual(
      calls.map(() => undefined),
    );
    expect(calls.map(([call, params]) => extension(call, { ...params, x: 1 }))).toEqual(
      allRefused(calls),
    );
  });

  it('knows its own calls only (Z6, T-07)', () => {
    const calls = [
      'getToken',
      'hello',
      'release',
      '__proto__',
      'constructor',
      '',
      1,
      null,
      undefined,
    ];
    expect(calls.map((call) => extension(call, {}))).toEqual(allRefused(calls));
  });

  it('takes a decision that is one, about something (T-16, T-15)', () => {
    const wrong = [
      ...['Allow', 'yes', true, '', null, undefined].map((decision) => ({ ...DECISION, decision })),
      { ...DECISION, nonce: undefined },
      { ...DECISION, digest: 1 },
      { ...DECISION, flow: 'x'.repeat(101) },
    ];
    expect(wrong.map((params) => extension('decide', params))).toEqual(allRefused(wrong));
  });

  it('names its door, and nothing besides (Z6)', () => {
    expect(extension('grants', {}, { door: 'page' })).toBe('invalid_request');
    expect(extension('grants', {}, { origin: 'x' })).toBe('invalid_request');
    expect(codeOf(() => parseExtensionMessage({ v: 1, id: 7, call: 'hello', params: {} }))).toBe(
      'invalid_request',
    );
    expect(codeOf(() => parseExtensionMessage(undefined))).toBe('invalid_request');
  });

  it('takes a site and a bounded number of grants, or neither (Z6)', () => {
    const right = [{}, { origin: 'https://x.example' }, { limit: 1 }, { limit: 1000 }];
    expect(right.map((params) => extension('grants', params))).toEqual(right.map(() => undefined));
    const wrong = [
      ...[0, -1, 1.5, 1001, Infinity, '10', null].map((limit) => ({ limit })),
      { origin: 7 },
      { origin: 'x'.repeat(301), limit: 1 },
    ];
    expect(wrong.map((params) => extension('grants', params))).toEqual(allRefused(wrong));
  });

  it('takes settings of their type only (Z3)', () => {
    const wrong = [{ developerMode: 'true' }, { developerMode: 1 }, { developerMode: null }];
    expect(wrong.map((params) => extension('configure', params))).toEqual(allRefused(wrong));
    expect(extension('configure', {})).toBeUndefined();
  });

  it('changes no setting that was not named (Z3)', () => {
    const { params } = parseExtensionMessage({ door: 'extension', call: 'configure', params: {} });
    expect(params).toEqual({});
  });
});
