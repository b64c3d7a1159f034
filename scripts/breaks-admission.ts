/** Faults against who may come in at the doors, how much, and how large (Z44); see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

/** Of the listeners, and of what is counted before anything is read. */
export const ADMISSION: readonly Break[] = [
  ...planted('src/background/worker.ts', 'background/worker.test.ts', [
    [
      'SECURITY 3',
      'anybody may use the extension door',
      '  if (!isOwnDocument(sender as Sender, browser.runtime.id, root)) return undefined;\n',
      '  void [isOwnDocument, sender, root];\n',
      'the extension door › does not answer %s (Z6, T-07)',
    ],
    [
      'SECURITY 2',
      'another extension passes for a page',
      '  connect(port, false);',
      '  connect(port, true);',
      'the page door › refuses %s (T-03, T-09)',
    ],
    [
      'T-09 relay',
      'all that connects inside passes for our relay',
      'connect(port, port.sender?.id === browser.runtime.id);',
      'connect(port, true);',
      'the page door › takes %s for no relay of ours (T-05, T-09)',
    ],
    [
      'Z44 names',
      'a port of any name is kept open',
      '  else port.disconnect();\n',
      '',
      'the page door › closes a port of any other name, unheard',
    ],
    [
      'Z44 frames',
      'a frame that is refused is not counted',
      "if (admission.enter(page, { origin: '', tabId: sender.tab?.id ?? -1 })) refusePage",
      'refusePage',
      'the page door › lets a frame that is refused use up nothing of the page around it (T-12, Z44)',
    ],
    [
      'T-31 worker',
      'nothing is frozen in the worker',
      "import '../shared/frozen.ts';\n",
      '',
      'the worker › has frozen what every object inherits from (T-31)',
    ],
  ]),
  ...planted('src/popup/consent/consent.tsx', 'background/worker.test.ts', [
    [
      'T-31 documents',
      'nothing is frozen in the prompt',
      "import '../../shared/frozen.ts';\n",
      '',
      'the worker › does that before it does anything else, and so does every document of ours (T-31)',
    ],
  ]),
  ...planted('src/background/doors/page-door.ts', 'background/worker.test.ts', [
    [
      'Z44 refusals',
      'a caller that is refused is answered as often as it asks',
      '    if (left === 0) port.close();\n',
      '',
      'the page door › answers who is refused a few times, and closes (T-12, Z44)',
    ],
  ]),
  ...planted('src/background/doors/page-door.ts', 'accept/inputs/flood.test.ts', [
    [
      'Z44 admission',
      'messages over the limit are taken all the same',
      'if (pass.admit()) return',
      'if (pass.admit() || port) return',
      'a flood of one page over twenty ports › reads and logs nothing for what is over the limit, and answers once on each port (Z44)',
    ],
    [
      'Z44 closing',
      'a port that floods is listened to further',
      '      isOpen = false;\n',
      '',
      'a flood of one page over twenty ports › reads and logs nothing for what is over the limit, and answers once on each port (Z44)',
    ],
  ]),
  ...planted('src/background/doors/page-door.ts', 'background/doors/page-door-promises.test.ts', [
    [
      'Z44 port',
      'a port that floods stays open',
      '      leave();\n      port.close();\n',
      '      leave();\n',
      'a call › is one of five hundred messages of its site in ten seconds, in however many pages (T-12, Z44)',
    ],
  ]),
  ...planted('src/background/doors/page-call.ts', 'background/doors/page-door-promises.test.ts', [
    [
      'T-12 calls',
      'a site may have any number of calls under way',
      ' || this.#service.pass.calls.isFull',
      '',
      'a call › is one of two hundred of its site at a time, and each has a number of its own (T-12, Z44)',
    ],
  ]),
  ...planted('src/background/doors/admission.ts', 'accept/inputs/flood.test.ts', [
    [
      'Z44 tab',
      'a tab may have any number of ports open',
      'this.#count(tab) >= MAX_PORTS || ',
      '',
      'a flood of one page over twenty ports › of ports is let in up to sixty-four, and of a tab that opens and closes them up to twice as many (T-12, Z44)',
    ],
    [
      'Z44 site',
      'a site may have any number of ports open in its tabs',
      ' || this.#count(origin) >= PORTS_PER_SITE',
      '',
      'a flood of one page over twenty ports › of ports is let in up to sixty-four, and of a tab that opens and closes them up to twice as many (T-12, Z44)',
    ],
    [
      'Z44 opened',
      'a tab may open ports as fast as it likes',
      'if (isFull || !this.#opened.admit(tab, now)) {',
      'if (isFull) {',
      'a flood of one page over twenty ports › of ports is let in up to sixty-four, and of a tab that opens and closes them up to twice as many (T-12, Z44)',
    ],
    [
      'Z44 site calls',
      'calls are counted for each port',
      'this.#calls.get(origin) ?? new Crowd(this.#ports.pause)',
      'new Crowd(this.#ports.pause)',
      'a flood of one page over twenty ports › of calls that wait is two hundred of its site, however many ports it has (T-12, Z44)',
    ],
  ]),
  ...planted('src/background/doors/crowd.ts', 'background/doors/crowd.test.ts', [
    [
      'Z44 turns',
      'all calls of a site begin at once',
      'if (this.#begun < AT_ONCE) {',
      'if (this.#begun < MOST) {',
      'the calls of a site › begin four at a time, and each next one when another has ended (T-12, Z44)',
    ],
    [
      'Z44 waiting',
      'a call waits until another has ended, however long the user reads',
      '      void this.#pause(SPACING * this.#waiting.size).then(begin);\n',
      '      void [this.#pause, SPACING];\n',
      'the calls of a site › begin one after the other, though none of them ends: the user may be reading (Z44)',
    ],
  ]),
  ...planted(
    'src/background/concurrency/sliding-window.ts',
    'background/concurrency/sliding-window.test.ts',
    [
      [
        'Z44 names kept',
        'every name that was counted is kept',
        '    this.#forget(now);\n',
        '',
        'a sliding window (T-12, T-25) › forgets the names of which nothing counts any more (T-12, Z44)',
      ],
    ],
  ),
  ...planted('src/background/browser/page-port.ts', 'background/browser/page-port.test.ts', [
    [
      'Z44 early',
      'any number of messages is kept before the start',
      'if (early.push(bound(message)) > most) close();',
      'early.push(bound(message));\n    void [most, close];',
      'a page’s port › is closed when more comes than any page of ours repeats, and keeps none of it (T-12, Z44)',
    ],
    [
      'Z44 early size',
      'messages of any size are kept before the start',
      'early.push(bound(message))',
      'early.push((void bound, message))',
      'a page’s port › keeps the number alone of what is too much (T-12, Z44)',
    ],
  ]),
];

/** Of the size of a message, and of both ends of the channel. */
export const MEASURES: readonly Break[] = [
  ...planted('src/shared/facts/plain-message.ts', 'shared/plain-message.test.ts', [
    [
      'Z44 depth',
      'a message may be of any depth',
      '    if (levels === 0) throw BEYOND;\n',
      '',
      'the bounds of a page’s message › are eight levels, the message among them (5.5, Z44)',
    ],
    [
      'Z44 nodes',
      'a message may have any number of members',
      '    if (nodesLeft < 0) throw BEYOND;\n',
      '',
      'the bounds of a page’s message › are five hundred values of any kind (Z44)',
    ],
    [
      'Z44 exotic',
      'a typed array is looked into',
      '  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw BEYOND;\n',
      '  void prototype;\n',
      'the bounds of a page’s message › hold no view of bytes and nothing else that is not plain, and none is looked into (F7, Z44)',
    ],
    [
      'Z44 cost',
      'a list is walked before its length is judged',
      '      if (value.length > nodesLeft) throw BEYOND;\n',
      '      void value.map((one: unknown) => one);\n',
      'the bounds of a page’s message › are reached at the same cost, however much more there is (T-12, Z44)',
    ],
  ]),
  ...planted('src/shared/parse-page.ts', 'shared/parse.test.ts', [
    [
      'Z44 written',
      'a message is not measured as it is written',
      'if (text === undefined || text.length > MAX_MESSAGE_LENGTH) {',
      'if (text === undefined) {',
      'what the browser may pass with a message (F7, T-12) › measures what is written, not what is counted: escapes and surrogates too (5.5)',
    ],
  ]),
  ...planted('src/shared/parse-document.ts', 'accept/inputs/messages.test.ts', [
    [
      'Z44 documents',
      'the extension door measures nothing',
      'return copyPlain(message, BOUNDS);',
      'return (void [copyPlain, BOUNDS], message);',
      'a message of one of our documents › is measured before it is read (F7, Z44)',
    ],
  ]),
  ...planted('src/content/relay.ts', 'content/relay.test.ts', [
    [
      'Z44 relay',
      'the relay copies on what the background refuses',
      'boundPart(message) : boundPage(message)',
      'boundPart(message) : message',
      'the relay › sends on the number alone of what the background would refuse for its size (T-12, Z44)',
    ],
    [
      'Z44 relay flood',
      'the relay sends on any number of messages',
      'isHeard = !measure.isTooMuch();',
      'isHeard = !(void measure, false);',
      'the relay › sends on a few more than the background takes in ten seconds, and closes then (T-12, Z44)',
    ],
    [
      'Z44 relay last word',
      'the relay closes before the page has heard why',
      'else setTimeout(close, LAST_WORD);',
      'else (void LAST_WORD, close());',
      'the relay › lets the answer through that is under way when it closes (T-12, Z44)',
    ],
    [
      'Z44 relay ports',
      'the relay joins any number of ports',
      'if (!isFull) join(port, name);',
      '(void isFull, join(port, name));',
      'the relay › joins a bounded number of ports at a time (T-12, Z44)',
    ],
  ]),
  ...planted('src/client/connection.ts', 'client/connection.test.ts', [
    [
      'Z44 back off',
      'the page SDK knocks again at once',
      'if (this.#refused > 1) await',
      'if (this.#refused > 1e9) await',
      'a broker that has had too much of this site › is not knocked at again and again by a page that does not stop calling (Z44)',
    ],
  ]),
];
