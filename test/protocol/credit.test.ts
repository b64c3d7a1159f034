/** A reader that stops reading stops the sender, and cannot say that it has read what it was never sent. */
import { describe, expect, it } from 'vitest';
import { Credit, CREDIT_WINDOW, MAX_CHUNK, partsOf } from '../../src/protocol/credit.ts';

describe('the credit of a reader (Z30)', () => {
  it('lets one chunk through while anything is left, and no more', () => {
    const credit = new Credit(10);
    expect(credit.maySend).toBe(true);
    credit.sent(MAX_CHUNK);
    expect(credit.maySend).toBe(false);
    expect(credit.grant(MAX_CHUNK)).toBe(true);
    expect(credit.maySend).toBe(true);
  });

  it('is never more than the window', () => {
    expect(new Credit(Number.MAX_SAFE_INTEGER).grant(1)).toBe(false);
    const credit = new Credit(CREDIT_WINDOW);
    credit.sent(5);
    expect(credit.grant(6)).toBe(false);
    expect(credit.maySend).toBe(false);
  });

  it.each([0, -1, 1.5, NaN, Infinity])('is not granted as %s', (bytes) => {
    const credit = new Credit(100);
    expect(credit.grant(bytes)).toBe(false);
    expect(credit.maySend).toBe(false);
  });

  it('is spent in parts that a message can hold', () => {
    const chunk = new Uint8Array(MAX_CHUNK * 2 + 1).fill(7);
    const parts = [...partsOf(chunk)];
    expect(parts.map(({ length }) => length)).toEqual([MAX_CHUNK, MAX_CHUNK, 1]);
    expect([...partsOf(new Uint8Array())]).toEqual([]);
  });

  it('is spent in parts that share no buffer, which a browser would copy whole for each (Z30)', () => {
    const chunk = new Uint8Array(MAX_CHUNK * 3).map((_, at) => at % 251);
    const parts = [...partsOf(chunk), ...partsOf(chunk.subarray(3, 8))];
    expect(parts.map(({ buffer }) => buffer.byteLength)).toEqual(parts.map(({ length }) => length));
    expect(new Set(parts.map(({ buffer }) => buffer)).size).toBe(4);
    expect(Buffer.concat(parts.slice(0, 3)).equals(chunk)).toBe(true);
    expect([...parts[3]!]).toEqual([3, 4, 5, 6, 7]);
  });

  it('is spent in the chunk itself when that needs no copy', () => {
    const chunk = new Uint8Array(MAX_CHUNK).fill(7);
    expect([...partsOf(chunk)]).toEqual([chunk]);
    expect([...partsOf(chunk)][0]).toBe(chunk);
  });
});
