/** F7: what a page or a document may send in the place of a message, at the real doors (T-12, T-31, Z44). */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDocument } from '../../../src/background/doors/document-door.ts';
import { OpenPages } from '../../../src/background/doors/open-pages.ts';
import type { PageHandlers } from '../../../src/background/doors/page-call.ts';
import { PageDoor } from '../../../src/background/doors/page-door.ts';
import { isFullForm, reportBar } from '../../support/bars.ts';
import { enter } from '../../support/page-ports.ts';
import { World } from '../../flow/world.ts';

const GENERATED = isFullForm ? 20_000 : 2000;
const SEED = Number(process.env['GRANTKEEPER_SEED'] ?? Date.now() % 2 ** 31);

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

const cycle: Record<string, unknown> = {};
cycle['self'] = [cycle];
const deep = Array.from({ length: 10_000 }).reduce<unknown>((inner) => [inner], 'x');
const bomb = Array.from({ length: 7 }).reduce<unknown>((one) => Array(90).fill(one), 'x');

/** What structured cloning may bring, and what it may not; none of it is in the contract. */
const EXOTIC: Record<string, unknown> = {
  ...{ map: new Map([['resource', 'x']]), set: new Set(['x']), date: new Date(0), regexp: /x/ },
  ...{ bytes: new Uint8Array(20_000_000), floats: new Float64Array(3), buffer: new ArrayBuffer(9) },
  ...{ view: new DataView(new ArrayBuffer(9)), blob: new Blob(['x']), error: new Error('x') },
  ...{ bigint: 7n, boxedBigint: Object(7n), boxedText: Object('x'), symbol: Symbol('x') },
  ...{ function: () => 'x', promise: Promise.resolve('x'), url: new URL('https://x.example') },
  ...{ cycle, deep, bomb, sparse: Array(4_000_000_000), long: Array(100_000).fill('x') },
  ...{ instance: new (class Odd {})(), inherited: Object.create({ resource: 'https://x' }) },
  ...{ wide: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`m${i}`, i])) },
  ...{ text: 'x'.repeat(70_000), shared: new SharedArrayBuffer(9) },
  polluting: JSON.parse('{"__proto__": {"polluted": true}}'),
  thrower: Object.defineProperty({}, 'x', {
    enumerable: true,
    get: () => {
      throw new Error('marker');
    },
  }),
};

const RESOURCE = 'https://mcp.example';
const CALL = { v: 1, id: 7, call: 'getToken' };
/** Where each of them is put. */
const PLACES: Record<string, (value: unknown) => unknown> = {
  'the message': (value) => value,
  'its version': (v) => ({ ...CALL, v, params: { resource: RESOURCE } }),
  'its number': (id) => ({ ...CALL, id, params: { resource: RESOURCE } }),
  'its call': (call) => ({ ...CALL, call, params: { resource: RESOURCE } }),
  'its params': (params) => ({ ...CALL, call: 'hello', params }),
  'a member too many': (value) => ({ ...CALL, call: 'hello', params: {}, value }),
  'the resource': (resource) => ({ ...CALL, params: { resource } }),
  'a scope': (scope) => ({ ...CALL, params: { resource: RESOURCE, scopes: ['a', scope] } }),
};

/** Whether all objects are as they were. */
function isUnpolluted(): boolean {
  return Object.keys(Object.prototype).length === 0 && !('polluted' in {});
}

/** Sites that no other case has used, so that no limit is met. */
function newSites() {
  let sites = 0;
  return () => ({ origin: `https://s${(sites += 1)}.example`, tabId: sites });
}

describe('a message of a page', () => {
  it('of the curated list is answered as it should be, at the door (F7, Z44)', async () => {
    const site = newSites();
    let cases = 0;
    for (const [kind, value] of Object.entries(EXOTIC)) {
      for (const [place, put] of Object.entries(PLACES)) {
        const port = enter(world.life.pages, site());
        port.say(put(value));
        const hasNumber = place !== 'the message' && place !== 'its number';
        const expected = hasNumber ? ['invalid_request'] : [];
        await expect.poll(() => port.endings, { interval: 1 }).toEqual(expected);
        expect([kind, place, port.endings]).toEqual([kind, place, expected]);
        expect(isUnpolluted()).toBe(true);
        cases += 1;
      }
    }
    const port = enter(world.life.pages, site());
    port.say({ ...CALL, call: 'hello', params: {} });
    port.say({ ...CALL, id: 8, call: 'permission', params: { resource: RESOURCE } });
    await expect.poll(() => port.endings).toEqual(['ok', 'ok']);
    expect(world.prompts).toEqual([]);
    expect(cases).toBeGreaterThanOrEqual(200);
    reportBar('F7 curated', { messages: cases });
  });

  it('that is generated reaches a handler as the contract has it, or not at all (F7, T-31)', async () => {
    const reached: unknown[] = [];
    const note = (_caller: unknown, params: unknown) => {
      reached.push(params);
      return Promise.resolve({} as never);
    };
    const handlers: PageHandlers = { hello: note, getToken: note, permission: note, release: note };
    const door = new PageDoor(handlers, { ...world.life.ports, holdsGrantAt }, new OpenPages());
    const site = newSites();
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(nearMessage(), async (raw) => {
        const port = enter(door, site());
        const before = reached.length;
        port.say(raw);
        await new Promise((resolve) => setImmediate(resolve));
        expect(isUnpolluted()).toBe(true);
        for (const code of port.endings) expect(['ok', 'invalid_request']).toContain(code);
        for (const params of reached.slice(before)) expect(isOfContract(params)).toBe(true);
        answered += port.endings.length;
        port.leave();
      }),
      { numRuns: GENERATED, seed: SEED },
    );
    console.info(`F7: seed ${SEED}`);
    expect(reached.length).toBeGreaterThan(0);
    const figures = { messages: GENERATED, answered, 'handed on': reached.length };
    reportBar(`F7 generated from seed ${SEED}`, figures);
  });
});

const holdsGrantAt = () => Promise.resolve(false);

/** Anything at all, and messages that are nearly right. */
function nearMessage(): fc.Arbitrary<unknown> {
  const anything = fc.anything({
    ...{ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true },
    ...{ withSparseArray: true, withNullPrototype: true, maxDepth: 3 },
  });
  const or = (right: fc.Arbitrary<unknown>) => fc.oneof({ weight: 6, arbitrary: right }, anything);
  const params = fc.record(
    {
      resource: or(fc.oneof(fc.constant(RESOURCE), fc.webUrl(), fc.string())),
      scopes: or(fc.array(fc.string(), { maxLength: 5 })),
      challenge: or(fc.string()),
      rejected: or(fc.string()),
      interactive: or(fc.boolean()),
      __proto__: anything,
      origin: fc.constant('https://bank.example'),
    },
    { requiredKeys: [] },
  );
  const near = fc.record(
    {
      v: or(fc.constant(1)),
      id: or(fc.integer()),
      call: or(fc.constantFrom('hello', 'getToken', 'permission', 'release', 'decide')),
      params: or(fc.oneof(params, fc.record({ resource: fc.webUrl() }), fc.constant({}))),
      cancel: or(fc.constant(true)),
    },
    { requiredKeys: ['v', 'id'] },
  );
  return fc.oneof({ weight: 5, arbitrary: near }, anything);
}

/** Whether params are what the contract of the page door lists, and nothing besides. */
function isOfContract(params: unknown): boolean {
  const types: Record<string, (value: unknown) => boolean> = {
    resource: (value) => typeof value === 'string',
    challenge: (value) => typeof value === 'string',
    rejected: (value) => typeof value === 'string',
    interactive: (value) => typeof value === 'boolean',
    scopes: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  };
  return Object.entries(params as object).every(([name, value]) => types[name]?.(value) === true);
}

describe('a message of one of our documents', () => {
  it('is measured before it is read (F7, Z44)', async () => {
    const say = async (message: unknown) => {
      const reply = await serveDocument(world.own, message);
      return reply.ok ? 'ok' : reply.error.code;
    };
    const call = { door: 'extension', call: 'settings', params: {} };
    expect(await say(call)).toBe('ok');
    for (const [kind, value] of Object.entries(EXOTIC)) {
      const isOnlyLarge = ['text', 'long', 'wide'].includes(kind);
      const file = { ...call, call: 'importSettings', params: { file: value } };
      expect([kind, await say(file)]).toEqual([kind, 'invalid_request']);
      if (!isOnlyLarge) expect([kind, await say({ ...call, params: value })]).not.toContain('ok');
      expect(isUnpolluted()).toBe(true);
    }
    expect(await say({ ...call, params: new Map() })).toBe('invalid_request');
    expect(await say({ ...call, params: new Uint8Array(0) })).toBe('invalid_request');
  });
});
