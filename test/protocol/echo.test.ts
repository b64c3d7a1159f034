/** A server that sends the credential back is noticed, wherever the chunks of its answer end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { watchForEcho } from '../../src/protocol/echo.ts';

const SECRET = 'gk_0123456789abcdef';
const bytes = (text: string) => new TextEncoder().encode(text);

describe('the credential in a body (Z29)', () => {
  it('is found across any border of chunks', () => {
    const body = bytes(`{"you":"Bearer ${SECRET}","ü":1}`);
    const cuts = fc.array(fc.integer({ min: 0, max: body.length }), { maxLength: 8 });
    fc.assert(
      fc.property(cuts, (places) => {
        const watch = watchForEcho(SECRET, 'application/json');
        const ends = [...places.sort((a, b) => a - b), body.length];
        let from = 0;
        const seen = ends.map((end) => {
          const chunk = body.subarray(from, end);
          from = end;
          return watch?.sees(chunk);
        });
        expect(seen).toContain(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('is not found where it is not', () => {
    const watch = watchForEcho(SECRET, 'text/event-stream; charset=utf-8');
    expect(watch?.sees(bytes(SECRET.slice(0, -1)))).toBe(false);
    expect(watch?.sees(bytes('-'))).toBe(false);
    expect(watch?.sees(bytes(SECRET.slice(-1)))).toBe(false);
  });

  it('is looked for in text only, and only where it is long enough to mean anything', () => {
    expect(watchForEcho(SECRET, 'image/png')).toBeUndefined();
    expect(watchForEcho(SECRET, null)).toBeUndefined();
    expect(watchForEcho('short-key', 'application/json')).toBeUndefined();
    expect(watchForEcho(undefined, 'application/json')).toBeUndefined();
    for (const type of ['application/problem+json', 'text/html', 'application/xml']) {
      expect(watchForEcho(SECRET, type)).toBeDefined();
    }
  });
});
