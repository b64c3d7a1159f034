/** Faults where the parts of carrying meet (Z26–Z33, Z37); see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const FLOW = 'flow/carry-joints.test.ts';
const RUNNING = 'a stream under way › ';

/** What one part ends, gives back or forgets, and another has to notice. */
export const CARRY_JOINTS: readonly Break[] = [
  ...planted('src/background/access/carried-sending.ts', FLOW, [
    [
      'Z32 given up',
      'a stream that is given up early keeps its place for good',
      "if (signal.aborted) throw new BrokerError('aborted');",
      '',
      'a stream that is given up before it has left › gives its place back, to its site and to all others (Z32)',
    ],
    [
      'Z32 unnamed',
      'a stream that was not asked for by name takes no place',
      'if (isStream && !streamed.hasPlace) this.#takeLate(streamed);',
      'void this.#takeLate;',
      'a stream that does not say so › takes a place as others do when it asks for %s (Z32)',
    ],
  ]),
  ...planted('src/background/access/running-requests.ts', FLOW, [
    [
      'Z33 other key',
      'what was sent with a former key goes on',
      "grant.credential === 'key' && latest?.signedInAt !== grant.signedInAt",
      'false',
      `${RUNNING}ends when its key is %s (Z33, Z37)`,
    ],
    [
      'Z33 other account',
      'what another account has begun goes on',
      'latest?.resource === resource && latest.account === account',
      'latest !== undefined',
      `${RUNNING}ends when its site is switched to another account (Z33)`,
    ],
    [
      'Z37 own key',
      'a request is ended by the key that was entered for it',
      'delete running.grant;',
      '',
      'a key that the server has come to refuse › is asked for by the request that was refused, which then goes on, with what else may pass (Z29, Z37)',
    ],
  ]),
  ...planted('src/background/connect/merge-grant.ts', FLOW, [
    [
      'Z26 from none',
      'a page gets the token of a grant that had none, unasked',
      'same?.credential !== undefined',
      "same?.credential === 'dpop'",
      'a grant without a token › hands none to the page unasked once its server has users sign in (Z26, Z38)',
    ],
  ]),
  ...planted('src/background/connect/commit.ts', FLOW, [
    [
      'Z26 left',
      'what a killed worker has left undoes a seal',
      'lastUsedAt, ...kept }',
      'lastUsedAt, ...(carriedSoFar && kept && { carriedSoFar }) }',
      'what a killed worker has left of a sign-in › does not undo what the user has sealed since, nor forget who holds the token (Z26, Z4)',
    ],
  ]),
  ...planted('src/background/doors/admission.ts', FLOW, [
    [
      'T-12 all taken',
      'four sites keep everybody else from being carried',
      'this.#count(own) < CARRIED_IN_ANY_CASE ? Infinity : CARRIED_IN_ALL',
      'CARRIED_IN_ALL + 0 * CARRIED_IN_ANY_CASE',
      'four sites that hold all that may be carried › leave room for another (T-12, Z32)',
    ],
  ]),
];
