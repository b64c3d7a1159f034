/** Faults against fairness between sites at one server, and smaller promises of carrying; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const FAIR = 'flow/carry-fairness.test.ts';
const ROOM = 'protocol/stream-limits.test.ts';
const CONNECTIONS = 'the connections to one server that speaks HTTP/1.1 (Z32) › ';
const CALLS = 'calls that are not answered › ';
const WAITING = 'a request that waits for its turn › ';

/** Who goes when, and what is kept of a request. */
export const FAIRNESS: readonly Break[] = [
  ...planted('src/protocol/stream-limits.ts', ROOM, [
    [
      'Z32 last',
      'a site takes the last connection beside others of its own',
      "use === 'stream' || calls + words > 0",
      "use === 'stream'",
      `${CONNECTIONS}are kept for the site that has no other request there, beside all four streams`,
    ],
    [
      'Z32 calls',
      'one site takes as many connections as it likes',
      "own.length - words < OF_SITE && (use === 'stream' || calls < CALLS_OF_SITE)",
      'true',
      `${CONNECTIONS}go to one site for three calls, four lasting ones and a word`,
    ],
  ]),
  ...planted('src/background/access/server-turns.ts', FAIR, [
    [
      'Z32 starved',
      'nobody waits for a turn',
      'this.#isWide(turn.server) || mayConnect(turn, [...this.#open])',
      'this.#isWide(turn.server) || mayConnect(turn, [])',
      `${CALLS}are three of a site at a server, and the other site is answered meanwhile (Z32)`,
    ],
    [
      'Z32 next',
      'a turn that is given back is nobody’s',
      'if (this.#open.delete(turn)) this.next();',
      'this.#open.delete(turn);',
      `${CALLS}are three of a site at a server, and the other site is answered meanwhile (Z32)`,
    ],
    [
      'Z32 wait',
      'a request waits for its turn for good',
      'void this.#pause(LONGEST_WAIT, over.signal)',
      'void this.#pause(10 * LONGEST_WAIT, over.signal)',
      `${WAITING}ends after five minutes unsent, and the server’s own time begins when it is sent (Z31, Z32)`,
    ],
  ]),
  ...planted('src/background/access/carried-sending.ts', FAIR, [
    [
      'Z32 asking',
      'a turn is held while a person is asked',
      'else this.#giveBack?.();',
      '',
      'a turn › is not held while a person is asked (Z32)',
    ],
  ]),
  ...planted('src/background/access/carried-streams.ts', FAIR, [
    [
      'Z32 words',
      'a call keeps back what it is waiting for',
      "isWord() ? 'word' : 'call'",
      "isWord() ? 'call' : 'call'",
      `${CALLS}do not keep back what they may be waiting for: answers and notifications (Z32)`,
    ],
    [
      'Z32 known',
      'requests go on waiting at a server that has spoken HTTP/2',
      'if (isMultiplexed(protocol)) this.#turns.next();',
      '',
      'a turn › is not waited for at a server that has spoken HTTP/2, nor any longer once that is known (Z32)',
    ],
  ]),
  ...planted('src/background/doors/carry-call.ts', 'background/doors/carry-door.test.ts', [
    [
      'Z27 drip',
      'a body that comes in drops is kept for good',
      'this.#ports.pause(Math.min(PART_TIME, left), arrived.signal)',
      'this.#ports.pause(Math.max(PART_TIME, left * 0), arrived.signal)',
      'a body in parts › that comes in drops is over after five minutes (Z27)',
    ],
  ]),
  ...planted('src/background/access/carriage.ts', 'background/access/carriage.test.ts', [
    [
      'Z29 former',
      'a former credential may come back in an answer',
      "if (secret !== undefined && secret !== '') this.#secrets.add(secret);",
      'if (this.#secrets.size === 0) this.#secrets.add(String(secret));',
      'what an answer may repeat › is every credential that was sent with the request (Z29)',
    ],
  ]),
  ...planted('src/background/access/get-token.ts', 'flow/carry-joints.test.ts', [
    [
      'Z37 newer key',
      'a key that was replaced is asked for again',
      'first = ask.keyOf ?? held;',
      'first = held;',
      'a key that the server has come to refuse › is not asked for when the user has replaced it since the request was sent: the new one goes out (Z37)',
    ],
  ]),
];
