/** How much a message may be, and that finding out costs no more than that (Z44, T-12, F7). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundPage, copyOfPage, copyPlain, idOf } from '../../src/shared/facts/plain-message.ts';

const isCopied = (message: unknown): boolean => {
  try {
    copyOfPage(message);
    return true;
  } catch {
    return false;
  }
};

/** What counts how often it is looked into: its members, their names, its length. */
function watched<T extends object>(target: T): { value: T; looks: () => number } {
  let looks = 0;
  const value = new Proxy(target, {
    get: (of, name) => {
      looks += 1;
      return Reflect.get(of, name) as unknown;
    },
    getOwnPropertyDescriptor: (of, name) => {
      looks += 1;
      return Reflect.getOwnPropertyDescriptor(of, name);
    },
  });
  return { value, looks: () => looks };
}

/** Lists inside one another. */
function nested(levels: number): unknown {
  return levels === 0 ? 'x' : [nested(levels - 1)];
}

describe('the bounds of a page’s message', () => {
  it('are eight levels, the message among them (5.5, Z44)', () => {
    expect(isCopied(nested(8))).toBe(true);
    expect(isCopied(nested(9))).toBe(false);
    expect(isCopied({ params: nested(7) })).toBe(true);
    expect(isCopied({ params: nested(8) })).toBe(false);
  });

  it('are five hundred values of any kind (Z44)', () => {
    expect(isCopied(Array(499).fill(0))).toBe(true);
    expect(isCopied(Array(500).fill(0))).toBe(false);
    const members = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, null]));
    expect(isCopied(members(499))).toBe(true);
    expect(isCopied(members(500))).toBe(false);
  });

  it('are 65,536 characters, of names and texts together (5.5, Z44)', () => {
    expect(isCopied('x'.repeat(65_536))).toBe(true);
    expect(isCopied('x'.repeat(65_537))).toBe(false);
    expect(isCopied({ ['n'.repeat(536)]: 'x'.repeat(65_000) })).toBe(true);
    expect(isCopied({ ['n'.repeat(537)]: 'x'.repeat(65_000) })).toBe(false);
    expect(isCopied(['x'.repeat(40_000), 'x'.repeat(40_000)])).toBe(false);
  });

  it('are reached at the same cost, however much more there is (T-12, Z44)', () => {
    const list = watched(Array(5_000_000).fill(0));
    expect(isCopied(list.value)).toBe(false);
    expect(list.looks()).toBeLessThan(10);
    const names = Array.from({ length: 200_000 }, (_, i) => [`m${i}`, i]);
    const members = watched(Object.fromEntries(names) as object);
    expect(isCopied(members.value)).toBe(false);
    expect(members.looks()).toBeLessThan(3000);
    const twins = Array.from({ length: 7 }).reduce<unknown>((one) => Array(40).fill(one), 'x');
    expect(isCopied(twins)).toBe(false);
  });

  it('hold no view of bytes and nothing else that is not plain, and none is looked into (F7, Z44)', () => {
    const exotic = [
      ...[new Uint8Array(20_000_000), new Float64Array(9), new DataView(new ArrayBuffer(9))],
      ...[new ArrayBuffer(20_000_000), new SharedArrayBuffer(9), new Blob(['x'])],
      ...[new Map([[1, 2]]), new Set([1]), new WeakMap(), new Date(0), /x/, new Error('x')],
      ...[Object(1n), Object('text'), Object(Symbol('x')), new URL('https://x.example')],
      ...[Promise.resolve(1), new (class Odd {})(), Object.create({ resource: 'x' })],
      ...[10n, Symbol('x'), () => 1],
    ] as unknown[];
    for (const one of exotic) {
      expect([isCopied(one), isCopied({ one }), isCopied([[one]])]).toEqual([false, false, false]);
    }
    const bytes = watched(new Uint8Array(1000));
    expect(isCopied({ bytes: bytes.value })).toBe(false);
    expect(bytes.looks()).toBe(0);
  });

  it('end a cycle, and what throws when it is looked at (F7)', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect([cycle, proxy, { proxy }].map(isCopied)).toEqual([false, false, false]);
  });
});

describe('the copy of a message', () => {
  it('is what JSON would make of it, when it is in bounds', () => {
    const plain = fc.jsonValue({ maxDepth: 5 });
    fc.assert(
      fc.property(plain, (value) => {
        if (!isCopied(value)) return;
        expect(JSON.stringify(copyOfPage(value))).toBe(JSON.stringify(value));
      }),
      { numRuns: 2000 },
    );
  });

  it('has a member called __proto__ as its own, and changes no prototype (T-31)', () => {
    const copy = copyOfPage(JSON.parse('{"__proto__": {"polluted": 1}}')) as object;
    expect(Object.keys(copy)).toEqual(['__proto__']);
    expect('polluted' in copy).toBe(false);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('has other bounds where they are given', () => {
    const bounds = { depth: 2, nodes: 3, characters: 4 };
    expect(copyPlain({ a: ['b'] }, bounds)).toEqual({ a: ['b'] });
    for (const beyond of [{ a: [[]] }, { a: [1, 2] }, { a: 'bcde' }]) {
      expect(() => copyPlain(beyond, bounds)).toThrow();
    }
  });
});

describe('what is kept of a message that is too much', () => {
  it('is its number alone, if it has one', () => {
    const bytes = new Uint8Array(9);
    expect(boundPage({ v: 1, id: 7, call: 'hello', params: bytes })).toEqual({ id: 7 });
    expect(boundPage({ v: 1, id: bytes })).toEqual({ id: undefined });
    expect(boundPage({ v: 1, id: 7, cancel: true })).toEqual({ v: 1, id: 7, cancel: true });
  });

  it('is found without a fault, whatever the message is', () => {
    const thrower = {
      get id() {
        throw new Error('marker');
      },
    };
    expect([null, undefined, 'text', 7, thrower, { id: '7' }].map(idOf)).toEqual(
      Array(6).fill(undefined),
    );
  });
});
