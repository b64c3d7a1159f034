/** A carried body goes as fast as its page reads, ends where it must, and takes its server with it. */
import { describe, expect, it } from 'vitest';
import { BodyPump } from '../../../src/background/doors/carried-body.ts';
import { CREDIT_WINDOW } from '../../../src/shared/carry-contract.ts';

const SECRET = 'gk_0123456789abcdef';
const KIB = 1024;

/** A server that sends chunks as they are asked for, and a page that reads when it is told to. */
function setUp(chunks: Iterable<Uint8Array>, credit = CREDIT_WINDOW) {
  const abort = new AbortController();
  const sent: Uint8Array[] = [];
  let pulled = 0;
  let cancelled = false;
  let giveUp: () => void = () => undefined;
  const iterator = chunks[Symbol.iterator]();
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = iterator.next();
        if (done) return controller.close();
        pulled += 1;
        controller.enqueue(value);
      },
      cancel: () => void (cancelled = true),
    },
    { highWaterMark: 0 },
  );
  const pump = new BodyPump(credit, {
    chunk: (bytes) => void sent.push(bytes),
    pause: () => new Promise((resolve) => (giveUp = () => resolve())),
    patience: 1,
    signal: abort.signal,
  });
  const run = (contentType = 'application/octet-stream', secret?: string) =>
    pump.run({ body, contentType, secret });
  const bytesSent = () => sent.reduce((sum, one) => sum + one.byteLength, 0);
  return {
    ...{ pump, run, abort, sent, bytesSent },
    pulled: () => pulled,
    cancelled: () => cancelled,
    giveUp: () => giveUp(),
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));
const filled = (count: number, size: number) =>
  Array.from({ length: count }, () => new Uint8Array(size).fill(120));

describe('a carried body (Z30)', () => {
  it('arrives whole, in parts that a message can hold', async () => {
    const { run, sent, bytesSent } = setUp(filled(1, 600 * KIB));
    await run();
    expect(bytesSent()).toBe(600 * KIB);
    expect(sent.map((part) => part.byteLength / KIB)).toEqual([256, 256, 88]);
  });

  it('waits for its reader: nothing is read from the server without credit', async () => {
    const { run, pump, pulled, bytesSent } = setUp(filled(200, 64 * KIB), 128 * KIB);
    const ended = run();
    await settle();
    expect([pulled(), bytesSent()]).toEqual([2, 128 * KIB]);
    pump.grant(64 * KIB);
    await settle();
    expect(pulled()).toBe(3);
    for (let i = 3; i <= 200; i += 1) {
      pump.grant(64 * KIB);
      await settle();
    }
    await ended;
    expect(bytesSent()).toBe(200 * 64 * KIB);
  });

  it('holds back what is more than the credit of a chunk that came all at once', async () => {
    const { run, pump, bytesSent } = setUp(filled(1, 2048 * KIB), 512 * KIB);
    const ended = run();
    await settle();
    expect(bytesSent()).toBe(512 * KIB);
    pump.grant(1);
    await settle();
    expect(bytesSent()).toBe(768 * KIB);
    for (let i = 0; i < 6; i += 1) {
      pump.grant(256 * KIB);
      await settle();
    }
    await ended;
    expect(bytesSent()).toBe(2048 * KIB);
  });

  it('ends when nobody reads it, and tells its server', async () => {
    const { run, giveUp, cancelled } = setUp(filled(3, 64 * KIB), 64 * KIB);
    const ended = run();
    await settle();
    giveUp();
    await expect(ended).rejects.toMatchObject({ detail: { reason: 'unread' } });
    expect(cancelled()).toBe(true);
  });

  it('ends with its page', async () => {
    const { run, abort, giveUp, cancelled } = setUp(filled(3, 64 * KIB), 64 * KIB);
    const ended = run();
    await settle();
    abort.abort();
    giveUp();
    await expect(ended).rejects.toMatchObject({ code: 'aborted' });
    expect(cancelled()).toBe(true);
  });

  it('ends before the credential that it repeats reaches the page', async () => {
    const text = new TextEncoder().encode(`{"you sent":"Bearer ${SECRET}"}`);
    const { run, sent, cancelled } = setUp([text.slice(0, 20), text.slice(20)]);
    const ended = run('application/json', SECRET);
    await expect(ended).rejects.toMatchObject({ detail: { reason: 'credential_returned' } });
    expect(new TextDecoder().decode(Buffer.concat(sent))).not.toContain(SECRET);
    expect(cancelled()).toBe(true);
  });

  it('has an end, whatever the server thinks', async () => {
    function* endless() {
      const chunk = new Uint8Array(KIB * KIB);
      for (;;) yield chunk;
    }
    const { run, pump, sent, bytesSent } = setUp(endless());
    const { push } = sent;
    sent.push = (...parts) => {
      queueMicrotask(() => {
        pump.grant(parts.reduce((sum, part) => sum + part.byteLength, 0));
      });
      return push.apply(sent, parts);
    };
    await expect(run()).rejects.toMatchObject({ detail: { reason: 'oversized' } });
    expect(bytesSent()).toBe(256 * KIB * KIB);
  });

  it('takes no credit for what was never sent', async () => {
    const { run, pump } = setUp(filled(3, 64 * KIB), 64 * KIB);
    void run().catch(() => undefined);
    await settle();
    expect(() => {
      pump.grant(CREDIT_WINDOW + 1);
    }).toThrow();
  });
});
