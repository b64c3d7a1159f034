/** Faults against what the prompt promises: nothing is allowed unseen, fewer is one click (T-15, Z45). */
import { planted, type Break } from './breaks-list.ts';

const TICKED = 'flow/ticked.test.ts';
const ONCE = 'flow/asked-once.test.ts';

/** All of them. */
export const PROMPT: readonly Break[] = [
  ...planted('src/popup/consent/arming.ts', 'popup/consent/arming.test.ts', [
    [
      'T-15 unread',
      'Allow wakes although something was never in view',
      'if (!sight.isRead) {',
      'if (!sight.isRead && state.since < 0) {',
      'what was never in view › keeps Allow asleep however long one looks (T-15)',
    ],
    [
      'T-15 quiet',
      'a key on Deny counts while somebody types',
      'at - Math.max(since, lastKeyAt ?? since) >= QUIET_MS',
      'at - since >= QUIET_MS',
      'keys › a key on Deny › does not count while somebody types: the quiet second starts with each key (T-15)',
    ],
    [
      'T-15 blind',
      'somebody who clicks on and on allows, whatever comes under the pointer',
      'state.since === undefined ? undefined : Math.max(state.since, at);',
      'state.since;',
      'pointer › presses one after the other are meant for something else: Allow wakes a second after the last (T-15)',
    ],
  ]),
  ...planted('src/popup/kit/scope-hints.ts', 'popup/consent/scope-layout.test.ts', [
    [
      'Z45 reading',
      'a word for reading anywhere in a name makes it one that only reads',
      'return isReading(parts.at(-1)) || (parts.length === 2 && isReading(parts[0]));',
      'return parts.some(isReading);',
      'fewer permissions › %s is not only reading: a word in its name, or in a host, promises nothing (Z45)',
    ],
  ]),
  ...planted('src/background/connect/ticked-scopes.ts', 'flow/overrides-end.test.ts', [
    [
      'Z45 brought back',
      'what was asked for before is asked for, though it is unticked now',
      '[...leftOut, ...unticked]',
      'leftOut',
      'scopes that are left out after a failure › stay out where the user brings them back and then ticks others only (Z45, Z53)',
    ],
  ]),
  ...planted('src/background/connect/ticked-scopes.ts', 'flow/refused-scopes.test.ts', [
    [
      'Z45 refused choice',
      'what was ticked and refused is asked for again as it was',
      'offerChosen(asked, prepared.refused)',
      'asked.scopes',
      'a provider that refuses › is asked for less of what the user had ticked, and never for nothing (Z45)',
    ],
  ]),
  ...planted('src/background/connect/consent-queue.ts', ONCE, [
    [
      'T-33 no',
      'a site learns by its next call whether another one uses a server on this computer',
      "(snapshot.stage === 'reach' || flow.isUnasked) && !held",
      "snapshot.stage === 'reach' && !held",
      'answered by “%s” says nothing of what is at hand: another path of the server is refused alike (T-33)',
    ],
  ]),
  ...planted('src/popup/consent/reading.ts', 'popup/consent/reading.test.ts', [
    [
      'T-15 looked at',
      'what was in view behind another window counts as read',
      'if (!isLookedAt) return before;',
      '',
      'a piece › is not read in a window that nobody looks at (T-15)',
    ],
    [
      'T-15 anew',
      'what was read of one question counts for the next',
      'state.question === question ? state : startReading(question)',
      'state.question === question ? state : { ...state, question }',
      'a piece › is to be read anew when the question is another one (T-15)',
    ],
  ]),
  ...planted('src/popup/consent/scope-layout.ts', 'popup/consent/scope-layout.test.ts', [
    [
      'T-19 head',
      'the head of a group says what its first member allows, whatever the others do',
      "return [...groupBy(scopes, (scope) => hintScope(scope) ?? '').values()].map((members) => ({",
      "return [...groupBy(scopes, () => '').values()].map((members) => ({",
      'many permissions › the head of a group says what all its members allow, in whatever order the server names them (T-19)',
    ],
    [
      'T-19 folded',
      'a powerful permission is folded away',
      'const lines = scopes.filter(isWideScope);',
      'const lines = scopes.filter((scope) => isWideScope(scope) && scope.length > 8);',
      'many permissions › a powerful one is never folded, and nothing is lost or shown twice, whatever is asked for (T-19)',
    ],
  ]),
  ...planted('src/popup/consent/lookalike.ts', 'popup/consent/lookalike.test.ts', [
    [
      'T-17 coded',
      'a name in coded letters looks like none',
      "name.split('.').map(decodeLabel).join('.')",
      'name',
      'a name that looks like another one › %s is told from %s (T-17)',
    ],
  ]),
  ...planted('src/shared/facts/ticked.ts', 'shared/facts/ticked.test.ts', [
    [
      'T-18 none',
      'no scope at all may be ticked, so that the server decides',
      'if (ticked.some(isNamed) || added.length === 0) return true;',
      'if (ticked.every((one) => isNamed(one)) || added.length === 0) return true;',
      'fewer scopes than are asked for › %s is no answer (T-18)',
    ],
  ]),
  ...planted('src/background/connect/run-flow.ts', TICKED, [
    [
      'Z45 ticked',
      'all is requested, whatever is ticked',
      '...onlyTicked(prepared, flow.record),',
      '...{ ...onlyTicked(prepared, flow.record), scopes: prepared.scopes },',
      'what the user ticks › is what is requested, and the call that asked for more gets its token after one question (Z45)',
    ],
  ]),
  ...planted('src/background/connect/merge-grant.ts', TICKED, [
    [
      'Z45 suggested',
      'what was not ticked is asked for again by a mere suggestion',
      'computeScopeUnion(former ?? [], leftOut, unticked)',
      'computeScopeUnion(former ?? [], leftOut)',
      'what the user ticks › is what is requested, and the call that asked for more gets its token after one question (Z45)',
    ],
  ]),
  ...planted('src/background/connect/remembered-discovery.ts', ONCE, [
    [
      'Z2 silent',
      'the server is contacted before anybody was asked',
      "http: () => Promise.reject(new BrokerError('network_error'))",
      'http: ports.http',
      'is asked first whether the server may be contacted where what was read is too old (Z2)',
    ],
  ]),
];
