/** Faults against the page's side of carried requests (Z26–Z31); see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

/** Of the page SDK and of the relay. */
export const CARRIED_PAGE: readonly Break[] = [
  ...planted('src/client/carried-fetch.ts', 'client/carried-fetch.test.ts', [
    [
      'Z28 sent twice',
      'a request that was sent is sent again when the worker dies',
      'if (said.sent) isSent = true;',
      'if (said.sent) isSent = false;',
      'a carried request ends › at once when the worker dies, and is never sent again then (Z28)',
    ],
    [
      'Z31 repeat',
      'a request that was never sent is not repeated',
      'if (isRepeated) throw',
      'if (!isRepeated) throw',
      'a carried request ends › is repeated once, whole, when the worker dies before it was sent (Z31)',
    ],
    [
      'Z27 abort',
      'what the page gives up goes on',
      '  signal.onabort = () => end(signal.reason);\n',
      '',
      'a carried request ends › with the signal of the page, before the head',
    ],
    [
      'Z26 silent broker',
      'a broker that never acknowledges is waited for',
      'setTimeout(lose, ACK_TIMEOUT)',
      'setTimeout(lose, 100 * ACK_TIMEOUT)',
      'a carried request ends › when nobody acknowledges it, twice',
    ],
    [
      'Z26 slow user',
      'a request ends while the user reads the question',
      'if (said.ack) clearTimeout(timer);',
      '',
      'a carried request ends › never by time once it is acknowledged: the user may be reading',
    ],
  ]),
  ...planted('src/client/incoming-body.ts', 'client/carried-fetch.test.ts', [
    [
      'Z30 pull',
      'credit is given for what nobody has read',
      'queue.enqueue(chunk);',
      'queue.enqueue(chunk); grant(chunk.length);',
      'the answer to a carried request › comes as it was sent, and no faster than the page reads (Z30)',
    ],
    [
      'Z30 portions',
      'the page answers each chunk with a message',
      'if (owed < PORTION) return;',
      'if (owed < PORTION / 1e6) return;',
      'the answer to a carried request › comes as it was sent, and no faster than the page reads (Z30)',
    ],
  ]),
  ...planted('src/client/replayable-request.ts', 'client/carried-fetch.test.ts', [
    [
      'Z30 upload',
      'a body without an end is read without an end',
      'if (length > MAX_UPLOAD) throw',
      'if (length > 4 * MAX_UPLOAD) throw',
      'the body of a carried request › ends where the limit is, also when it has no end (Z30)',
    ],
    [
      'Z29 cookies',
      'a request with cookies is carried without them',
      'this.isCarriable = isPlain && ',
      'this.isCarriable = ',
      'a request where the page holds a grant › is not carried when it cannot be: %s',
    ],
  ]),
  ...planted('src/client/manners.ts', 'client/carried-where.test.ts', [
    [
      'Z28 not MCP',
      'the broker hears of every 401 and 403',
      "if (!sent && !this.#request.isMcp && !bearer?.has('resource_metadata')) return true;",
      'void bearer;',
      'a page that puts broker.fetch in the place of its own fetch › tells the broker nothing of 40 requests that are not MCP, failing ones included (Z28)',
    ],
  ]),
  ...planted('src/client/exchange.ts', 'client/carried-where.test.ts', [
    [
      'Z26 only where held',
      'each request asks the broker for a token first',
      "if (!place || carried === 'nothing') return",
      "if (carried === 'nothing') return",
      'a page that puts broker.fetch in the place of its own fetch › tells the broker nothing of 40 requests that are not MCP, failing ones included (Z28)',
    ],
    [
      'Z28 interrupted',
      'what may have run is never carried',
      "if (cause.code === 'interrupted')",
      "if (cause.code === 'aborted')",
      'a request where the page holds nothing › is repeated by its client after a TypeError when it may have run, and is carried then (Z28)',
    ],
    [
      'Z26 required',
      "with carry: 'required' the page sends a token all the same",
      'if (this.#options.isCarriedOnly) throw',
      'if (this.#options.isCarriedOnly && Number.isNaN(0)) throw',
      "where the broker sends nothing itself › fails with carry: 'required', and no token reaches the page's own requests",
    ],
  ]),
  ...planted('src/client/find-broker.ts', 'client/size.test.ts', [
    [
      'Z26 first load',
      'visitors without a broker load all of the SDK',
      "import type { Broker } from './broker.ts';",
      "import { createBroker as made, type Broker } from './broker.ts';\nvoid made;",
      'the page SDK, minified and compressed › loads nothing more than to find the broker before one has answered',
    ],
  ]),
  ...planted('src/client/find-broker.ts', 'client/built.test.ts', [
    [
      'Z26 second load',
      'a channel stays open that nobody uses',
      'connection.close();',
      '',
      'the built package › says so when its second part cannot be loaded, and leaves no channel open',
    ],
  ]),
  ...planted('src/content/relay.ts', 'content/relay.test.ts', [
    [
      'Z44 relay parts',
      'the relay copies parts of any size',
      'body.byteLength > MAX_PART ? {}',
      'body.byteLength > 99 * MAX_PART ? {}',
      'the relay of a carried request › copies nothing that the background would refuse for its size (T-12, Z44)',
    ],
    [
      'Z44 relay unasked',
      'the relay sends on what nobody asked for',
      'isTooMuch: () => left-- < 1,',
      'isTooMuch: () => left-- < -1e6,',
      'the relay of a carried request › lets the page answer, and close after what nobody asked for (T-12, Z44)',
    ],
    [
      'Z44 relay crowd',
      'ports of carried requests take the place of the page door',
      'const isFull = joined[name]! >= MAX_PORTS',
      'const isFull = joined[PAGE_PORT]! + joined[CARRY_PORT]! >= MAX_PORTS',
      'the relay of a carried request › joins a bounded number of ports, and leaves those of the page door their own (T-12, Z44)',
    ],
    [
      'Z44 relay doors',
      'ports that are opened and closed cost nothing',
      '|| (name === CARRY_PORT && isFlood())',
      '',
      'the relay of a carried request › counts the ports that a page opens and closes as messages (T-12, Z44)',
    ],
  ]),
];
