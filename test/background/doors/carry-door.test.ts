/** The door for carried requests: malformed frames, floods and bodies without end cost a port, and nobody else anything (Z27, Z44). */
import { beforeEach, describe, expect, it } from 'vitest';
import { CarryDoor } from '../../../src/background/doors/carry-door.ts';
import { CarriedUpload } from '../../../src/background/doors/carried-upload.ts';
import { Admission } from '../../../src/background/doors/admission.ts';
import type { Carrier, CarriedCall, CarriedOutcome } from '../../../src/background/access/carry.ts';
import {
  CREDIT_WINDOW,
  MAX_PART,
  MAX_UPLOAD,
  type CarryRequest,
} from '../../../src/shared/carry-contract.ts';
import { MAX_MESSAGES } from '../../../src/shared/facts/limits.ts';
import { CarriedRequest } from '../../flow/carried-request.ts';

const SITE = 'https://notes.example';
const URL_OF = 'https://mcp.example/mcp';

/** A door whose carrier answers as it is told, and whose clock stands. */
function setUp() {
  let clock = 0;
  const begun: CarryRequest[] = [];
  const calls: CarriedCall[] = [];
  const waits: { until: number; resolve: () => void }[] = [];
  let answer: (request: CarryRequest) => Promise<CarriedOutcome> = () =>
    Promise.resolve({ instead: 'nothing' });
  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => waits.push({ until: clock + milliseconds, resolve }));
  const ports = { now: () => clock, pause };
  const admission = new Admission(ports);
  const carrier = {
    begin: (request: CarryRequest, call: CarriedCall) => {
      begun.push(request);
      calls.push(call);
      const ended = new Promise<never>((_, reject) => {
        call.abort.signal.addEventListener('abort', () => {
          reject(call.abort.signal.reason as Error);
        });
      });
      return {
        resource: request.url,
        run: () => Promise.race([answer(request), ended]),
        end: () => Promise.resolve(undefined),
      };
    },
  } as unknown as Carrier;
  const log = { note: () => undefined, noteFailure: () => 'row', write: () => Promise.resolve() };
  const door = new CarryDoor(
    carrier,
    { ...ports, log, holdsGrantAt: () => Promise.resolve(true), patience: 60_000 },
    { has: () => true },
    admission,
  );
  const open = (origin = SITE, documentId = 'one', tabId = 1) =>
    new CarriedRequest(
      (port, caller) => {
        door.serve(port, caller);
      },
      { origin, tabId, documentId },
    );
  return {
    ...{ door, open, begun, calls, admission },
    answerWith: (next: typeof answer) => (answer = next),
    later: async (milliseconds: number) => {
      clock += milliseconds;
      for (const { until, resolve } of waits) if (until <= clock) resolve();
      await settle();
    },
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));
const never = () => new Promise<never>(() => undefined);
const of = (size: number) => new Uint8Array(size);
const first = (more: object = {}) => ({
  ...{ v: 1, url: URL_OF, method: 'POST', headers: [], body: of(3), interactive: true },
  ...{ stepUps: 1, maxAge: 0, credit: CREDIT_WINDOW, ...more },
});

let at: ReturnType<typeof setUp>;
beforeEach(() => {
  at = setUp();
});

describe('a malformed frame', () => {
  const MALFORMED: [what: string, message: unknown][] = [
    ['nothing', undefined],
    ['a text', 'fetch'],
    ['an empty object', {}],
    ['another version', first({ v: 2 })],
    ['a member of nobody’s', first({ origin: 'https://bank.example' })],
    ['a body that was no bytes', first({ body: {} })],
    ['a body as text', first({ body: 'abc' })],
    ['a first part that is too large', first({ body: of(MAX_PART + 1) })],
    ['a body that is longer than it says', first({ length: 2 })],
    ['a length that is no count', first({ length: -1 })],
    ['more than may be sent', first({ length: MAX_UPLOAD + 1 })],
    ['more credit than the window', first({ credit: CREDIT_WINDOW + 1 })],
    ['seventy headers', first({ headers: Array.from({ length: 70 }, () => ['a', 'b']) })],
    ['a header of three parts', first({ headers: [['a', 'b', 'c']] })],
    ['a refusal of its own making', first({ refused: { status: 500 } })],
    ['an address without end', first({ url: `${URL_OF}/${'a'.repeat(3000)}` })],
  ];

  it.each(MALFORMED)(
    'such as %s is answered, and its port closed (Z44)',
    async (_what, message) => {
      const request = at.open();
      request.say(message);
      await request.ended();
      expect(request.error?.code).toBe('invalid_request');
      expect(at.begun).toEqual([]);
    },
  );

  const LATER: [what: string, messages: unknown[]][] = [
    ['credit for bytes that never came', [{ credit: 1 }]],
    ['a part that nobody asked for', [{ body: of(1) }]],
    ['a second request', [first()]],
    ['a word that is none', [{ abort: true }]],
  ];

  it.each(LATER)('after the first, %s ends the request (Z27)', async (_what, messages) => {
    at.answerWith(never);
    const request = at.open();
    request.say(first());
    for (const message of messages) request.say(message);
    await request.ended();
    expect(request.error?.code).toBe('invalid_request');
    expect(at.calls[0]?.abort.signal.aborted).toBe(true);
  });
});

describe('a body in parts', () => {
  it('is asked for part by part, and is whole when it is carried (Z27)', async () => {
    const request = at.open();
    const body = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251);
    request.send({ url: URL_OF, body });
    await request.ended();
    expect(Buffer.from(at.begun[0]!.body!).equals(Buffer.from(body))).toBe(true);
    expect(request.said.filter((one) => 'taken' in one).length).toBe(2);
  });

  const WITHOUT_END: [what: string, parts: Uint8Array[]][] = [
    ['is longer than it said', [of(5), of(6)]],
    ['has a part without bytes', [of(0)]],
  ];

  it.each(WITHOUT_END)('that %s ends the request (Z27)', async (_what, parts) => {
    const request = at.open();
    request.say(first({ length: 10 }));
    for (const body of parts) request.say({ body });
    await request.ended();
    expect([request.error?.code, at.begun.length]).toEqual(['invalid_request', 0]);
  });

  it.each([
    ['the request', []],
    ['its next part', [first({ length: 10 })]],
  ])('does not wait for %s for good (Z27)', async (_what, messages) => {
    const request = at.open();
    for (const message of messages) request.say(message);
    await at.later(29_000);
    expect(request.isClosed).toBe(false);
    await at.later(1001);
    await request.ended();
    expect([request.error?.code, at.begun.length]).toEqual(['invalid_request', 0]);
  });

  it('that comes in drops is over after five minutes (Z27)', async () => {
    const request = at.open();
    request.say(first({ length: 1000 }));
    for (let count = 0; count < 29; count += 1) {
      await at.later(10_000);
      request.say({ body: of(1) });
    }
    expect(request.isClosed).toBe(false);
    await at.later(10_001);
    await request.ended();
    expect([request.error?.code, at.begun.length]).toEqual(['invalid_request', 0]);
    // What is whole by then has all the time that its server has.
    at.answerWith(never);
    const whole = at.open();
    whole.say(first({ length: 2, body: of(1) }));
    whole.say({ body: of(1) });
    await at.later(400_000);
    expect([whole.isClosed, at.begun.length]).toEqual([false, 1]);
  });

  it('is kept without what its parts were cut from (Z27)', () => {
    const large = new Uint8Array(1_000_000);
    const upload = new CarriedUpload(large.subarray(0, 10), 10);
    expect(upload.whole().buffer.byteLength).toBe(10);
  });

  it('counts against what its site may have here, until the request is over (Z27)', async () => {
    at.answerWith(never);
    const large = () => {
      const request = at.open();
      request.say(first({ length: MAX_UPLOAD }));
      return request;
    };
    const [one, two, three] = [large(), large(), large()];
    await three.ended();
    expect([one.isClosed, two.isClosed, three.error?.code]).toEqual([false, false, 'rate_limited']);
    const other = at.open('https://other.example');
    other.say(first({ length: MAX_UPLOAD }));
    expect(other.said).toEqual([{ ack: true }, { taken: true }]);
    one.leave();
    expect(large().said).toEqual([{ ack: true }, { taken: true }]);
  });
});

describe('requests under way', () => {
  const isOpen = ({ isClosed }: CarriedRequest) => !isClosed;

  it('are thirty-two in a document, sixty-four of a site, and 256 in all (Z27)', () => {
    at.answerWith(never);
    const many = (count: number, origin: string, documentId: string) =>
      Array.from({ length: count }, () => at.open(origin, documentId)).filter(isOpen).length;
    expect(many(40, SITE, 'one')).toBe(32);
    expect(many(40, SITE, 'two')).toBe(32);
    expect(many(10, SITE, 'three')).toBe(0);
    const others = [1, 2, 3, 4].map((site) =>
      ['one', 'two'].map((document) => many(32, `https://s${site}.example`, document)),
    );
    // The last site finds all taken, and gets the four that each has in any case.
    expect(others.flat().reduce((sum, one) => sum + one, 64)).toBe(256 + 4);
  });

  it('make room when they end, by whichever side (Z27)', async () => {
    at.answerWith(never);
    const held = Array.from({ length: 32 }, () => at.open());
    expect(at.open().error?.code).toBe('rate_limited');
    held[0]?.leave();
    held[1]?.say('nonsense');
    await held[1]?.ended();
    expect([at.open(), at.open()].every(isOpen)).toBe(true);
  });
});

describe('a flood', () => {
  it('of ports is turned away, other sites are not, and nothing of it is kept (Z44, T-12)', async () => {
    let letIn = 0;
    for (let count = 0; count < 5000; count += 1) {
      const request = at.open();
      if (!request.isClosed) letIn += 1;
      request.leave();
    }
    expect(letIn).toBe(MAX_MESSAGES);
    const refused = at.open();
    expect([refused.error?.code, refused.isClosed]).toEqual(['rate_limited', true]);
    const other = at.open('https://other.example').send({ url: URL_OF });
    expect((await other.ended()).instead).toBe('nothing');
    await at.later(10_001);
    expect(at.open().isClosed).toBe(false);
  });

  it('at one door is a flood at the other (Z44)', () => {
    const port = {
      post: () => undefined,
      onMessage: () => undefined,
      onClosed: () => undefined,
      close: () => undefined,
    };
    const pass = at.admission.enter(port, { origin: SITE, tabId: 1 });
    while (pass?.admit());
    expect(at.open().error?.code).toBe('rate_limited');
  });
});

describe('credit', () => {
  /** An answer whose body comes as it is read. */
  const answer = (chunks: number, size: number): CarriedOutcome => {
    let left = chunks;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          left -= 1;
          controller.enqueue(of(size));
          if (left === 0) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const headers: [string, string][] = [['content-type', 'application/octet-stream']];
    return { status: 200, statusText: '', headers, dropped: [], body, secret: undefined };
  };
  const begin = () => {
    const request = at.open();
    request.isReading = false;
    return request.send({ url: URL_OF });
  };

  it('stops the bytes where the reader stops, and a reader that never reads is given up (Z30)', async () => {
    at.answerWith(() => Promise.resolve(answer(100, 100_000)));
    const request = begin();
    await request.until(() => request.bytes.length >= CREDIT_WINDOW);
    await settle();
    expect(request.bytes.length).toBeLessThanOrEqual(CREDIT_WINDOW + 100_000);
    await at.later(60_001);
    await request.ended();
    expect(request.error?.code).toBe('network_error');
  });

  it('beyond what can have been read ends the request (Z30)', async () => {
    at.answerWith(() => Promise.resolve(answer(100, 100_000)));
    const request = begin();
    await request.until(() => request.bytes.length >= CREDIT_WINDOW);
    request.say({ credit: CREDIT_WINDOW });
    request.say({ credit: CREDIT_WINDOW });
    await request.ended();
    expect(request.error?.code).toBe('invalid_request');
  });

  it('by the byte is no reader’s word, and ends the request (Z30, Z44)', async () => {
    at.answerWith(() => Promise.resolve(answer(100, 100_000)));
    const request = begin();
    await request.until(() => request.bytes.length >= CREDIT_WINDOW);
    for (let count = 0; count < 100; count += 1) request.say({ credit: 1 });
    await request.ended();
    expect(request.error?.code).toBe('invalid_request');
  });
});
