/** Faults against what is promised of the network and of one's position in it; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const AT_TEN =
  'a failure of a server › before any grant is answered exactly ten seconds after the call, whatever it was (T-25, Z43)';
const DISCOVERY = 'src/background/connect/discovery.ts';
const ENDPOINT =
  'the metadata of a public server › does not put its %s inside without a question about that host (Z43, T-27)';

/** Before a click, and against servers that answer as they like. */
export const NETWORK: readonly Break[] = [
  ...planted(
    'src/background/doors/told-failure.ts',
    'background/doors/page-door-promises.test.ts',
    [
      [
        'architecture 1',
        'a failure before any grant is answered at once',
        "if (wire.code === 'connect_failed' && standing === 'none') await hideTiming(ports, at);",
        '',
        AT_TEN,
      ],
      [
        'T-25',
        'the time that it took is not counted in',
        'FAILURE_TIME - (taken % FAILURE_TIME)',
        'FAILURE_TIME',
        AT_TEN,
      ],
      [
        'Z43 at once',
        'a forbidden address is answered as late as a server',
        " && standing === 'none') await",
        ') await',
        'a failure of a server › is answered at once for an address that is never contacted, however it failed (Z43)',
      ],
    ],
  ),
  ...planted('src/shared/facts/host-kind.ts', 'flow/inward.test.ts', [
    [
      'Z43 names',
      'a name of the own network counts as public',
      "isInZone(host, OTHER_ZONES) || isLocalName(host) ? 'private' : 'public'",
      "isInZone(host, OTHER_ZONES) ? 'private' : 'public'",
      'a page that names a host of the own network › has nothing sent to %s before the click (Z43, T-25)',
    ],
    [
      'T-29 written',
      'an address that is written in a name is not seen',
      'return isKnown || addressesIn(host).some(isPrivateAddress);',
      'return isKnown;',
      'a page that names a host of the own network › has nothing sent to %s before the click (Z43, T-25)',
    ],
  ]),
  ...planted('src/background/connect/discovery-consent.ts', 'accept/origins/portscan.test.ts', [
    [
      'SECURITY 9 click',
      'hosts inside are contacted without a click',
      "const mayRead = grant !== undefined || hostKind(new URL(asked).hostname) === 'public';",
      'const mayRead = grant !== undefined || hostKind(new URL(asked).hostname) !== undefined;',
      'nothing is sent to anything private before a click, at whichever port (E-PORTSCAN, T-25, T-29, Z43)',
    ],
  ]),
  ...planted('src/background/connect/discovery-consent.ts', 'flow/first-contact.test.ts', [
    [
      'SECURITY 4 probe',
      'the server is asked for its challenge before the click',
      'if (unclear && reached.includes(hostPattern(asked))) {',
      'if (unclear && hostPattern(asked)) {',
      'before the click › the server itself is not asked for its challenge, where nothing is found: the user is (Q6)',
    ],
  ]),
  ...planted('src/background/connect/discovery-consent.ts', 'accept/origins/oracle.test.ts', [
    [
      'T-33 memory',
      'what other sites had read answers for a site without a grant',
      'recall: flow.read.recall(flow.record.origin, grant !== undefined),',
      'recall: flow.read.recall(flow.record.origin, true),',
      'what other sites have done shows in no moment at which the question opens (E-ORACLE, T-33)',
    ],
  ]),
  ...planted(DISCOVERY, 'flow/inward.test.ts', [
    [
      'SECURITY 9',
      'metadata leads to a provider inside without a question',
      '  if (before) return before;\n',
      '',
      'the metadata of a public server › does not lead to a provider inside without a question about that host (Z43, T-27)',
    ],
    [
      'SECURITY 9 endpoints',
      'endpoints may lie inside without a question',
      '(unasked(query, endpointUrls(server.found)) ?? server)',
      'server',
      ENDPOINT,
    ],
  ]),
  ...planted('src/background/connect/resource-document.ts', 'flow/inward.test.ts', [
    [
      'SECURITY 9 document',
      'a challenge leads to a document inside',
      'return url !== undefined && unasked(query, [url]) ? undefined : url;',
      'return url;',
      'the metadata of a public server › names no document inside that is read unasked, although its host is the challenge (Z16, Z43)',
    ],
  ]),
  ...planted('src/background/connect/discovery-query.ts', 'flow/inward.test.ts', [
    [
      'SECURITY 4 loopback',
      'a public server may send the broker to this computer',
      "const loopback = policy.loopback && kind === 'loopback';",
      'const { loopback } = policy;',
      'the metadata of a public server › leads to %s never, in developer mode neither (Z2, Z3)',
    ],
  ]),
  ...planted('src/background/connect/discovery-ports.ts', 'accept/network/trouble.test.ts', [
    [
      'Z43 deadline',
      'discovery has no end of its own',
      'milliseconds: Math.min(milliseconds, left())',
      'milliseconds',
      'metadata that cannot be had › takes nine seconds in all when no server answers at all (Z43, T-25)',
    ],
    [
      'NET-1 access',
      'an answer that the browser keeps from us is asked for again',
      'return isSilent && (await ports.hasHostAccess([hostPattern(url)]));',
      'return isSilent;',
      'metadata that cannot be had › is asked for once where the browser may keep the answer from us (Z13)',
    ],
  ]),
  ...planted('src/protocol/metadata-retry.ts', 'accept/network/trouble.test.ts', [
    [
      'NET-2',
      'Retry-After is not heard',
      'const pause = retryAfter + dice',
      'const pause = 0 * retryAfter + dice',
      'metadata that cannot be had › is never asked for before the time in Retry-After: %s (NET-2)',
    ],
    [
      'NET-1',
      'a document is asked for without a bound',
      'isPassing && tries < MAX_TRIES && pause < left',
      'isPassing && pause < left',
      'metadata that cannot be had › is given up after the third try, at each address, within nine seconds (NET-1, Z43)',
    ],
  ]),
  ...planted('src/background/browser/http.ts', 'background/browser/http.test.ts', [
    [
      'T-24 stalls',
      'a server that stalls is waited for',
      'setTimeout(end, limits.milliseconds)',
      'setTimeout(end, limits.milliseconds * 1000)',
      'gives up on a body that stalls, though memory is cleared meanwhile (D8, T-24)',
    ],
    [
      'T-24 keys',
      'JSON may have any number of keys',
      'depth > MAX_DEPTH || keys > MAX_KEYS',
      'depth > MAX_DEPTH',
      'refuses JSON with more than 500 keys, in however many objects, strings aside (T-24, 5.5)',
    ],
    [
      'T-24 decoded',
      'a body has no bound',
      'if (length > limit) {',
      'if (length > limit * 1e9) {',
      'counts what a %s body becomes, and reads no more of a bomb than it may (T-24)',
    ],
  ]),
  ...planted('src/protocol/token.ts', 'accept/network/expiry.test.ts', [
    [
      'T-44',
      'a token that is over on arrival is renewed by each call',
      'expires_in >= 0 && expires_in < 1 ?',
      'expires_in < 0 ?',
      'a server whose tokens are over on arrival is not asked once more by each call (T-44, T-12)',
    ],
  ]),
];
