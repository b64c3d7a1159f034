/** Faults against what is promised of obtaining a grant; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

/** From the first request to the commit. */
export const CONNECT: readonly Break[] = [
  ...planted('src/background/connect/client-selection.ts', 'flow/locks.test.ts', [
    [
      'CODE 9 register',
      'no lock around a registration',
      'return ports.lock(`register ${issuer} ${origin}`, async () => {',
      'return (async (_: string, task: () => Promise<Registration>) => task())(issuer, async () => {',
      'a registration › is one for two servers of one issuer that are connected at the same time (T-45)',
    ],
  ]),
  ...planted('src/background/connect/live-flow.ts', 'flow/leaving.test.ts', [
    [
      'architecture 5',
      'a flow is abandoned at any stage when its last caller leaves',
      'if (this.#isDeserted && (!this.isAgreed || this.isUnopened)) this.abandon();',
      'if (this.#isDeserted) this.abandon();',
      'a flow whose last page leaves › %s goes on, and the next call gets what it brought',
    ],
    [
      'T-06 question',
      'a question stays when its page leaves',
      'this.takenBack = takenBack;\n      this.abandonUnlessAwaited();',
      'this.takenBack = takenBack;',
      'a flow whose last page leaves › while it asks is withdrawn, with its prompt, and nothing is remembered against the site',
    ],
  ]),
  ...planted('src/background/connect/live-flow.ts', 'flow/leaving.test.ts', [
    [
      'K02',
      'a question from before a restart stays without its page',
      'await this.#ports.pause(RECONNECTING);\n    this.abandonUnlessAwaited();',
      'await this.#ports.pause(RECONNECTING);',
      'a question from before a restart › goes after fifteen seconds when its page does not come back (T-06)',
    ],
    [
      'T-06 back',
      'a question from before a restart goes although its page is back',
      'await this.#ports.pause(RECONNECTING);\n    this.abandonUnlessAwaited();',
      'await this.#ports.pause(RECONNECTING);\n    this.abandon();',
      'a question from before a restart › stays when its page has asked again by then',
    ],
  ]),
  ...planted('src/protocol/places.ts', 'flow/attention.test.ts', [
    [
      'ADR 0009 three',
      'a site may have any number of questions waiting',
      'if (own >= PLACES_OF_SITE) return undefined;',
      '',
      'a page that asks and asks › has three questions pending at most, and leaves other sites room (T-13)',
    ],
  ]),
  ...planted('src/background/connect/discovery-consent.ts', 'flow/first-contact.test.ts', [
    [
      'SECURITY 4',
      'the server itself is asked before the click',
      'if (unclear && reached.includes(hostPattern(asked))) {',
      'if (unclear) {',
      'before the click › nothing but metadata is asked for, by GET, when the page could read no challenge (Z2)',
    ],
    [
      'Z16',
      'a challenge of the page may name another host',
      'return resourceMetadata !== undefined && !isOwnMetadata(resourceMetadata, asked);',
      'return resourceMetadata === undefined && !isOwnMetadata(asked, asked);',
      'before the click › a challenge of the page leads to no other host (Z16, T-21)',
    ],
  ]),
  ...planted('src/background/connect/discovery-consent.ts', 'flow/connect.test.ts', [
    [
      'Z2',
      'a loopback server is read before the question',
      "const mayRead = grant !== undefined || hostKind(new URL(asked).hostname) === 'public';",
      'const mayRead = grant !== undefined || hostKind(new URL(asked).hostname) !== undefined;',
      'a first connection › sends nothing at all to loopback before the user has allowed it (Z2)',
    ],
  ]),
  ...planted('src/background/connect/discovery-query.ts', 'flow/first-contact.test.ts', [
    [
      'SECURITY 9',
      'a public server may name a provider on this computer',
      "const loopback = policy.loopback && kind === 'loopback';",
      'const { loopback } = policy;',
      'a public server › cannot send the broker to this computer, %s (Z2, T-28)',
    ],
  ]),
  ...planted('src/shared/accept-answer.ts', 'flow/decisions.test.ts', [
    [
      'SECURITY 10 nonce',
      'a decision with another nonce counts',
      'answer.nonce !== nonce || answer.digest !== digest',
      'answer.digest !== digest',
      'a decision › with another nonce, hash or flow does nothing, whatever else is right (T-16)',
    ],
    [
      'SECURITY 10 hash',
      'a decision with another hash counts',
      'answer.nonce !== nonce || answer.digest !== digest',
      'answer.nonce !== nonce',
      'a decision › with another nonce, hash or flow does nothing, whatever else is right (T-16)',
    ],
  ]),
  ...planted('src/background/connect/consent-queue.ts', 'flow/decisions.test.ts', [
    [
      'SECURITY 10 once',
      'a decision counts twice',
      'if (!question.take()) return false;',
      'question.take();',
      'a decision › counts once, though it comes twice at the same moment',
    ],
    [
      'T-16',
      'every question has the same nonce',
      'const nonce = prompt?.digest === digest ? prompt.nonce : crypto.randomUUID();',
      'const nonce = prompt?.nonce ?? crypto.randomUUID();',
      'a decision › about a former question does not answer the next one (T-16)',
    ],
    [
      'Z4',
      'a decision is not on disk before something acts on it',
      "await flow.advance('allowed', 'discovering', this.#allowedBy(accepted, flow.record));",
      'flow.record = { ...flow.record, ...this.#allowedBy(accepted, flow.record) };',
      'a decision › is on disk before anything acts on it, and before the prompt hears of it (Z4, Z13)',
    ],
    [
      'architecture 4 refusals',
      'a refusal is not stored',
      'for (const record of records) await store.saveRefusal(record);',
      'void records;',
      'a scope that the user has refused › stays refused when the worker is started anew (architecture §4)',
    ],
  ]),
  ...planted('src/background/connect/prompt-screen.ts', 'flow/attention.test.ts', [
    [
      'architecture 2.9',
      'a question opens over any tab',
      'return isAnyInFront(this.#ports, pages);',
      'return pages.length > 0;',
      'a page that asks and asks › opens no prompt from a tab that is not in front, while it holds nothing',
    ],
    [
      'architecture 5 prompts',
      'two sites are asked about in turns',
      " || this.#inState('coming').length > 0) return;",
      ') return;',
      'a page that asks and asks › waits while the questions of another site are not at their end (Z4)',
    ],
  ]),
  ...planted('src/background/connect/sign-in.ts', 'flow/write-ahead.test.ts', [
    [
      'ADR 0003',
      'a code is sent before it counts as spent',
      "await flow.advance('exchanging', 'exchanging');",
      '',
      'written before it is sent › that a code is spent (K16)',
    ],
    [
      'Z4 sign-in',
      'the sign-in window opens before that is written',
      "await flow.advance('authorizing', 'authorizing');",
      '',
      'written before it is sent › that the sign-in window opens (Z4)',
    ],
  ]),
  ...planted('src/background/storage/grants.ts', 'flow/taken-back.test.ts', [
    [
      'T-49 sign-in',
      'what was taken away during a sign-in comes back',
      'if (isWithdrawn?.() || isTakenBack || isChanged) {',
      'if (isWithdrawn?.() || isChanged) {',
      'during a sign-in › a scope that is removed is not brought back by it (Z23)',
    ],
  ]),
  ...planted('src/background/access/connect-gate.ts', 'flow/meanwhile.test.ts', [
    [
      'architecture 1 gate',
      'the gate decides on what it saw before it waited',
      'const seen = await this.#look(ask);',
      'const seen = first;',
      'while a call looks whether its tab is in front › another call may sign in, and this one uses what it brought',
    ],
  ]),
];
