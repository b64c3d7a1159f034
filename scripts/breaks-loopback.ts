/** Faults against sign-ins that lead back to this computer (Z35, docs/decisions/0055); see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const EDGE: readonly Break[] = planted(
  'src/background/browser/loopback-window.ts',
  'background/browser/loopback-window.test.ts',
  [
    [
      'Z35 rule first',
      'the way back is open when the window is',
      '    await block(redirectUri);\n',
      '',
      'a sign-in that leads back to this computer › is blocked before its window opens, in every tab, until its page is gone (T-56, Z35)',
    ],
    [
      'Z35 rule end',
      'the rule outlives its sign-in',
      '    await takeDownRule();\n    release();',
      '    release();',
      'a sign-in that leads back to this computer › is blocked before its window opens, in every tab, until its page is gone (T-56, Z35)',
    ],
    [
      'Z35 edge fresh',
      'access that went a moment ago is believed',
      'import { lookForHostAccess } from',
      'import { hasHostAccess as lookForHostAccess } from',
      'a sign-in that leads back to this computer › looks for access anew, however lately it was seen (Z35)',
    ],
    [
      'Z35 edge access',
      'a window opens though the rule does nothing',
      '    await watching.checkAccess();\n',
      '',
      'a sign-in that leads back to this computer › opens nothing where access is missing, since the rule would do nothing (Z35)',
    ],
    [
      'Z35 withdrawn',
      'the window stays when access is taken away',
      '  browser.permissions.onRemoved.addListener(removed);\n',
      '',
      'a sign-in that leads back to this computer › closes its page when access is taken away meanwhile (Z33, Z35)',
    ],
    [
      'Z35 our tab',
      'any tab is believed',
      'else if (tabId === tab) resolve(url);',
      'else resolve(url);',
      'a sign-in that leads back to this computer › believes its own tab only, whatever another one knows (T-57, Z35)',
    ],
    [
      'Z35 early',
      'any tab that was early is believed',
      'const url = early.get(ours);',
      'const [url] = early.values();',
      'a sign-in that leads back to this computer › hears an answer that comes before the browser has named its tab, and no other tab’s (Z35)',
    ],
    [
      'Z35 exact',
      'addresses that begin alike are blocked too',
      'regexFilter: `^${exact}([?#].*)?$`',
      'regexFilter: `^${exact}`',
      'a sign-in that leads back to this computer › blocks and reads nothing but its own address: not %s (Z35)',
    ],
  ],
);

const JUDGED: readonly Break[] = [
  ...planted('src/protocol/redirect-choice.ts', 'protocol/redirect-choice.test.ts', [
    [
      'Z35 last resort',
      'this computer comes before the browser’s own address',
      '[own, ...loopback]',
      '[...loopback, own]',
      'the addresses to try › begin with the browser’s own, which no program can have (Z35)',
    ],
    [
      'Z35 bounded',
      'addresses are tried without a bound',
      '.slice(0, MOST)',
      '',
      'the addresses to try › are never more than eight, never twice the same, and never one that was refused (T-25, Z35)',
    ],
    [
      'Z35 port',
      'all issuers share a port',
      'parseInt(issuerHash.slice(0, 8), 16) % PORTS',
      '0 * issuerHash.length * PORTS',
      'the port on this computer › is one of its own for every issuer, and nobody else’s (RFC 9700 §4.4.2, Z35)',
    ],
  ]),
  ...planted('src/shared/facts/loopback-redirect.ts', 'protocol/redirect-choice.test.ts', [
    [
      'Z35 hosts',
      'a host that begins like this computer’s is taken for it',
      'LOOPBACK_HOSTS.some((host) => host === url.hostname)',
      'LOOPBACK_HOSTS.some((host) => url.hostname.startsWith(host))',
      'an address on this computer › is not %s (T-23, Z35)',
    ],
  ]),
];

const CONNECTED: readonly Break[] = [
  ...planted('src/background/connect/sign-in.ts', 'flow/loopback.test.ts', [
    [
      'Z35 access',
      'a sign-in begins though nothing would be caught',
      '  await requireCaught(ports, issuer, registration.redirectUri);\n',
      '',
      'without access to the address › opens no window for one more account either, and offers the click (Z35)',
    ],
  ]),
  ...planted('src/background/connect/lent-access.ts', 'background/connect/lent-access.test.ts', [
    [
      'Z35 second',
      'access is taken from a sign-in that goes on',
      '.some(({ returnsHere }) => returnsHere)',
      '.some(() => false)',
      'access that was lent › stays while another sign-in leads back here, and goes with the last (Z35)',
    ],
    [
      'Z35 needed',
      'access that a connected server needs is given back',
      'patterns.filter((pattern) => !needed.includes(pattern))',
      'patterns.filter((pattern) => needed.length >= 0 && pattern)',
      'access that was lent › is kept where a server that is connected needs it, be it for its provider (Z35)',
    ],
  ]),
  ...planted('src/background/connect/failed-flows.ts', 'flow/loopback.test.ts', [
    [
      'Z35 listed',
      'what was refused once is not tried again',
      '    if (returnTo === undefined) delete next.refused;\n',
      '',
      'a provider that has to be told › through its administrator is told exactly which address to list (P8, Z35)',
    ],
  ]),
  ...planted('src/background/connect/redirects.ts', 'flow/loopback.test.ts', [
    [
      'Z35 asked again',
      'access that goes back is not asked for again',
      '!held[i] || record.lent?.includes(one)',
      '!held[i]',
      'a provider that has to be told › asks again for access that went back with the try before (Z35)',
    ],
  ]),
  ...planted('src/background/connect/flow-runner.ts', 'flow/loopback.test.ts', [
    [
      'Z35 lent',
      'lent access is kept',
      '      await this.#lent.end(flow).catch(() => undefined);\n',
      '',
      'the access › is given back when the sign-in is over, well or badly, and not what was held before (T-59, Z35)',
    ],
  ]),
  ...planted('src/background/connect/resume.ts', 'flow/loopback.test.ts', [
    [
      'Z35 left rule',
      'what a former worker blocked stays blocked',
      '  await authWindow.takeDown?.();\n',
      '',
      'a worker that dies › leaves the way back blocked until its window is closed, and the flow is taken up (K03, T-58, Z35)',
    ],
    [
      'Z35 left access',
      'what a former worker was lent is kept',
      '  await giveBackAccess(ports, lentTo(undone, left));\n',
      '',
      'a worker that dies › leaves no access behind that nobody takes up (T-59, Z35)',
    ],
  ]),
  ...planted('src/background/connect/snapshot.ts', 'flow/loopback.test.ts', [
    [
      'Z35 click',
      'a sign-in that needs access goes on without a click',
      '  if (snapshot.lent !== undefined) return true;\n',
      '',
      'without access to the address › asks in a question of its own where nothing else would have to be asked (Z13, Z35)',
    ],
  ]),
  ...planted('src/background/connect/learn.ts', 'flow/loopback.test.ts', [
    [
      'Z35 wish learned',
      'the next site has to find out anew what the user has found',
      '  await learnWish(ports, record, audience);\n',
      '',
      'what is learned › is not that of a try which led nowhere, nor of another issuer (Z35)',
    ],
  ]),
  ...planted('src/background/connect/client-selection.ts', 'flow/loopback.test.ts', [
    [
      'Z35 refusal learned',
      'a refusal is forgotten at once',
      'if (first) await learnRedirect(',
      'if (!first) await learnRedirect(',
      'what is learned › goes when the user enters a client there (Z35, R37)',
    ],
  ]),
  ...planted('src/background/connect/preregistered-client.ts', 'flow/loopback.test.ts', [
    [
      'Z35 entered',
      'a client may lead back to anywhere',
      'redirectUri !== undefined && !isLoopbackRedirect(redirectUri)',
      'redirectUri === ""',
      'a client of the user’s own › leads back to nothing but this computer: %s is refused (T-23, Z35)',
    ],
  ]),
  ...planted('src/background/connect/redirects.ts', 'flow/loopback.test.ts', [
    [
      'Z35 wish',
      'the user may wish for any address',
      'returnTo === ANY_LOOPBACK || isLoopbackRedirect(returnTo)',
      'returnTo.length <= 2048',
      'a wish for an address › that nothing could be caught at is refused: “%s” (Z35)',
    ],
  ]),
];

/** All of them. */
export const LOOPBACK: readonly Break[] = [...EDGE, ...JUDGED, ...CONNECTED];
