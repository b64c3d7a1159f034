/** Faults against what is promised of carried requests; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const FLOW = 'flow/carry.test.ts';
const ENDS = 'flow/carry-ends.test.ts';
const STREAMS = 'flow/carry-streams.test.ts';
const LIMITS = 'flow/carry-limits.test.ts';
const DOOR = 'background/doors/carry-door.test.ts';

/** From the door to the server and back. */
export const CARRY: readonly Break[] = [
  ...planted('src/background/access/carry.ts', FLOW, [
    [
      'Z28',
      'a request that may have run is sent again',
      'if (refused && !this.#maySendAgain(refused)) throw',
      'if (refused && !refused) throw',
      'a carried request › that may change something is left to its client after an unreadable answer (Z28)',
    ],
    [
      'Z28',
      'a site without a grant is asked although nobody refused it',
      'if (held || !refused) return held;',
      'if (held) return held;',
      'a carried request › sends nothing and asks nobody where the site holds nothing and nobody refused it (Z28)',
    ],
    [
      'Z28',
      'a call that may not ask asks',
      'interactive: interactive && this.#request.interactive &&',
      'interactive: interactive &&',
      'a carried request › asks nobody when it may not (Z28)',
    ],
  ]),
  ...planted('src/background/access/carry.ts', ENDS, [
    [
      'Z33',
      'a request goes out without access to its host',
      'if (!(await ports.hasHostAccess([hostPattern(found.url.href)]))) {',
      'if (!(await ports.hasHostAccess([]))) {',
      'without access to the host › the page sends its request with a token, unless the grant is sealed (Z33)',
    ],
    [
      'Z26',
      'a sealed grant falls back to its token',
      "if (isSealed(found.grant)) throw new BrokerError('host_access_required');",
      '',
      'without access to the host › the page sends its request with a token, unless the grant is sealed (Z33)',
    ],
    [
      'Z29',
      'a token that was shown stays',
      "if (fault?.reason === 'credential_returned')",
      "if (fault?.reason === 'unread')",
      'a server that repeats the credential › %s: the body ends, and the token is replaced (Z29)',
    ],
  ]),
  ...planted('src/background/access/get-token.ts', ENDS, [
    [
      'Z55',
      'a server that repeats tokens costs its provider a refresh each time',
      '!token || !this.#shown.admit(refreshLock(grant), this.#ports.now())',
      '!token',
      'a server that repeats the credential › again and again costs its provider one refresh (Z29, Z55)',
    ],
  ]),
  ...planted('src/protocol/plan.ts', ENDS, [
    [
      'Z26',
      'a sealed token is handed out',
      "if (isSealed(grant)) return { do: 'refuse', reason: 'sealed' };",
      '',
      'a sealed grant › is carried, and gives no page its token (Z26)',
    ],
  ]),
  ...planted('src/background/access/running-requests.ts', ENDS, [
    [
      'Z33',
      'a stream outlives its grant',
      "else if (type === 'revoked') end(running);",
      "else if (type === 'revoked') continue;",
      'a stream under way › ends at once when %s, and its server hears of it (Z33)',
    ],
    [
      'Z33',
      'a stream keeps a scope that was taken away',
      '!isSame || isOtherKey || scopesBeyond(grant.ceiling, latest.ceiling).length > 0',
      '!isSame || isOtherKey',
      'a stream under way › ends at once when %s, and its server hears of it (Z33)',
    ],
    [
      'Z33',
      'a stream outlives the access to its host',
      'if (!(await isReached)) end(running);',
      '',
      'a stream under way › ends at once when %s, and its server hears of it (Z33)',
    ],
    [
      'Z1',
      'a stream ends with the grant of another site',
      'if (running.origin !== origin) continue;',
      '',
      'a stream under way › goes on when another site’s grant goes, or more is allowed (Z33)',
    ],
  ]),
  ...planted('src/background/access/carried-sending.ts', ENDS, [
    [
      'Z31',
      'nothing keeps the worker',
      "over.addEventListener('abort', ports.keepAlive());",
      '',
      'a worker that is killed › before a request was sent leaves it unsent; after that it never goes again (Z28, Z31)',
    ],
  ]),
  ...planted('src/background/access/carried-sending.ts', STREAMS, [
    [
      'Z32',
      'a place among the streams is never given back',
      "if (giveBack) over.addEventListener('abort', giveBack);",
      '',
      'long streams › are two of a site and four in all, and a client of Streamable HTTP hears that there is none (Z32)',
    ],
  ]),
  ...planted('src/background/doors/grant-views.ts', STREAMS, [
    [
      'Z32',
      'the popup shows the streams of all sites for each',
      '.get(grant.origin)',
      '.values().next().value',
      'whose streams are open › is said in the popup while they are, which is told when that changes (Z32)',
    ],
  ]),
  ...planted('src/background/access/carry.ts', STREAMS, [
    [
      'Z32',
      'the trace does not say who holds the streams',
      "code === 'rate_limited' &&",
      'false &&',
      'whose streams are open › is said in the trace of one that was held back for them, and not to its page (Z32)',
    ],
  ]),
  ...planted('src/background/access/carried-streams.ts', STREAMS, [
    [
      'Z32',
      'the old transport hears that there is no stream',
      "if (!taken && !this.#isStreamable(request)) throw new BrokerError('rate_limited');",
      '',
      'long streams › of the old transport fail beyond that: it cannot do without its stream (Z32)',
    ],
    [
      'Z32',
      'an open popup is not told that a stream has begun',
      'if (!taken) return undefined;\n    this.#ports.changed();',
      'if (!taken) return undefined;',
      'whose streams are open › is said in the popup while they are, which is told when that changes (Z32)',
    ],
    [
      'Z29',
      'a stream names an address of another origin',
      'if (endpoint?.origin !== url.origin) return;',
      'if (!endpoint) return;',
      'the old transport › cannot have them carried to another origin (Z29)',
    ],
    [
      'Z29',
      'the word of a stream outlives it',
      "ended.addEventListener('abort', () => this.#endpoints.delete(word));",
      'void ended;',
      'the old transport › has its messages carried to where its own stream says, while it lasts (Z29)',
    ],
  ]),
  ...planted('src/background/history/carried-trace.ts', STREAMS, [
    [
      'T-32',
      'a query is noted',
      "plainUrl(step.url.split(/[?#]/)[0] ?? '')",
      'step.url',
      'what is noted of carried requests › is one trace for a site and server, with neither bodies nor queries (Z29, T-32)',
    ],
  ]),
  ...planted('src/background/doors/admission.ts', DOOR, [
    [
      'Z44',
      'a flood of carried requests is none',
      '&&\n      this.#messages.admit(origin, this.#ports.now());',
      ';',
      'a flood › of ports is turned away, other sites are not, and nothing of it is kept (Z44, T-12)',
    ],
    [
      'Z44',
      'a flood at one door is none at the other',
      '&&\n      this.#messages.admit(origin, this',
      '&&\n      this.#messages.admit(`carried ${origin}`, this',
      'a flood › at one door is a flood at the other (Z44)',
    ],
    [
      'Z27',
      'uploads of a site have no bound',
      'this.#count(kept) + bytes <= UPLOADS_PER_SITE && hold(kept, bytes)',
      'hold(kept, bytes)',
      'a body in parts › counts against what its site may have here, until the request is over (Z27)',
    ],
  ]),
  ...planted('src/background/doors/carry-call.ts', DOOR, [
    [
      'Z27',
      'a body that never ends is waited for',
      "if (!arrived.signal.aborted) void this.#end(new BrokerError('invalid_request'));",
      '',
      'a body in parts › does not wait for %s for good (Z27)',
    ],
    [
      'Z44',
      'credit by the byte is taken',
      '!this.#pump || this.#creditsLeft < 0',
      '!this.#pump',
      'credit › by the byte is no reader’s word, and ends the request (Z30, Z44)',
    ],
  ]),
  ...planted('src/background/access/carried-sending.ts', LIMITS, [
    [
      'Z31',
      'a server may begin as late as it likes',
      'if (!begun.signal.aborted) late.abort();',
      '',
      'the time to the head of an answer › is five minutes, and the server hears of its end (Z31)',
    ],
    [
      'Z32',
      'a stream that is silent is given up',
      'await (isStream ? ports.stream(...sent) : this.#sendInTime(...sent))',
      'await this.#sendInTime(...sent)',
      'the time to the head of an answer › has no bound for a stream of events, which begins when something happens (Z32)',
    ],
    [
      'Z30',
      'a refusal is read to its end',
      '...(isRefusal && { most: MAX_REFUSAL }),',
      '',
      'an answer › of %i that is no stream is read for 64 KiB (Z30)',
    ],
  ]),
  ...planted('src/background/access/running-requests.ts', LIMITS, [
    [
      'Z33',
      'what happens during the look-up does not count',
      'if (running.isDisturbed) await this.#look(running);',
      '',
      'between two steps › a grant that goes while it is looked up takes the request along (Z33)',
    ],
  ]),
  ...planted('src/background/access/carry.ts', LIMITS, [
    [
      'Z28',
      'ending a session asks the user to sign in',
      " && this.#request.method !== 'DELETE',",
      ',',
      'between two steps › ending a session asks nobody to sign in (Z28)',
    ],
  ]),
];
