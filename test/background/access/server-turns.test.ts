import { describe, expect, it } from 'vitest';
import { ServerTurns } from '../../../src/background/access/server-turns.ts';

const SERVER = 'https://mcp.example.net';
const CALL = { site: 'https://chat.example.com', server: SERVER, use: 'call' } as const;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Takes turns for calls of one site, and notes whose turn it is. */
async function askFor(count: number, isWide: () => boolean = () => false) {
  const turns = new ServerTurns(() => new Promise(() => undefined), isWide);
  const begun: number[] = [];
  const given: (() => void)[] = [];
  const leaving = Array.from({ length: count }, () => new AbortController());
  const all = leaving.map(({ signal }, n) =>
    turns.take(CALL, signal).then((giveBack) => {
      begun.push(n);
      given[n] = giveBack;
    }),
  );
  const ended = Promise.allSettled(all);
  await settled();
  return { turns, begun, given, leaving, ended };
}

describe('turns at a server', () => {
  it('go to those that have waited longest, one for each that is given back (Z32)', async () => {
    const { begun, given } = await askFor(8);
    expect(begun).toEqual([0, 1, 2]);
    for (const [last, next] of [
      [1, 3],
      [0, 4],
      [3, 5],
    ] as const) {
      given[last]!();
      // A second time gives nothing.
      given[last]!();
      await settled();
      expect(begun.at(-1)).toBe(next);
    }
    expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('pass over those that have left (Z32)', async () => {
    const { begun, given, leaving } = await askFor(6);
    leaving[3]!.abort();
    await settled();
    given[0]!();
    await settled();
    expect(begun).toEqual([0, 1, 2, 4]);
  });

  it('are there for all who wait, in order, once the server turns out to be wide (Z32)', async () => {
    let isWide = false;
    const { turns, begun, ended } = await askFor(8, () => isWide);
    isWide = true;
    turns.next();
    await ended;
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
