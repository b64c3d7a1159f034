import { describe, expect, it } from 'vitest';
import { EventReader } from '../../../src/shared/facts/event-stream.ts';

/** What a stream names when it comes in these pieces. */
const readAll = (...pieces: string[]) => {
  const reader = new EventReader();
  return pieces.flatMap((piece) => reader.read(piece) ?? []);
};

describe('the first event of a stream (MCP 2024-11-05, Transports)', () => {
  const EVENT = 'event: endpoint\ndata: /messages?id=1\n\n';

  it('names the endpoint, however it is cut (Z29)', () => {
    expect(readAll(EVENT)).toEqual(['/messages?id=1']);
    expect(readAll(...EVENT)).toEqual(['/messages?id=1']);
    expect(readAll(EVENT.replaceAll('\n', '\r\n'))).toEqual(['/messages?id=1']);
    expect(readAll(`: comment\n\n${EVENT}`)).toEqual(['/messages?id=1']);
  });

  it('names none when it is another, or too long, and later ones do not count (Z29)', () => {
    expect(readAll(`data: x\n\n${EVENT}`, EVENT)).toEqual([]);
    expect(readAll(`: ${'x'.repeat(9000)}\n\n`, EVENT)).toEqual([]);
    expect(readAll(EVENT, EVENT)).toEqual(['/messages?id=1']);
  });
});
