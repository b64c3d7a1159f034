/** Faults against what is promised of keys and of servers without metadata (Z37, Z38; docs/decisions/0050). */
import { planted, type Break } from './breaks-list.ts';

const FLOW = 'flow/bare.test.ts';
const SYNTAX = 'shared/key-syntax.test.ts';
const PLAN = 'protocol/plan-tokenless.test.ts';
const WANTS = 'a server that answers 401 and says nothing else';

export const KEY_BREAKS: readonly Break[] = [
  ...planted('src/shared/facts/key-syntax.ts', SYNTAX, [
    [
      'Z37 foreign',
      'a host that only ends like the issuer is at home',
      '`.${hostname}`.endsWith(`.${own}`)',
      'hostname.endsWith(own)',
      'a key that looks like another company’s › is not at home at %s, which only begins or ends like it (Z37)',
    ],
    [
      'Z37 http',
      'a key goes over plain http',
      "protocol !== 'https:' && hostKind(hostname) !== 'loopback'",
      "protocol === 'ftp:'",
      'a key › goes over http to this computer only (Z3, Z37)',
    ],
  ]),
  ...planted('src/protocol/plan.ts', PLAN, [
    [
      'Z37 once',
      'a refused key is asked for again and again',
      "if (!wanted.unauthorized || wanted.obtained) return { do: 'use' };\n  if (isWithin(",
      "if (!wanted.unauthorized || wanted.obtained) return { do: 'use' };\n  if (now < 0 && isWithin(",
      'a grant with credential %s › leads to no second question for ten minutes, and to one after that (Z37)',
    ],
  ]),
  ...planted('src/background/connect/bare-server.ts', FLOW, [
    [
      'Z37 address',
      'a server is asked although its address holds a key',
      "if (hasKeyInAddress(asked)) throw failed(asked, 'key_in_address');",
      '',
      `${WANTS} › is not asked anything when its address holds a key: the user is told what to do instead (Z37)`,
    ],
    [
      'Z38 refused',
      'a server that has refused the site is taken for public again',
      "const wants = isRefused ? 'key' : answer && judgeContact(answer);",
      'const wants = judgeContact({ status: 200, contentType: "application/json" });',
      'a public server › may want a key later: the site is not signed in at anybody unseen (Z38, Z42)',
    ],
  ]),
  ...planted('src/background/connect/discovery-consent.ts', FLOW, [
    [
      'Z38 reach',
      'a server without metadata is asked before the user has agreed',
      'return isReached ? findBare(',
      'return isReached || asked !== "" ? findBare(',
      'a public server › is sent nothing but metadata requests before that at a public host either (Z2, Z38)',
    ],
  ]),
  ...planted('src/background/connect/server-key.ts', FLOW, [
    [
      'Z37 syntax',
      'the worker stores whatever the form sends',
      "if (findKeyFault(entry, resource) !== undefined) throw new BrokerError('invalid_request');",
      'void findKeyFault;',
      `${WANTS} › takes no key when %s, and asks on (Z37)`,
    ],
  ]),
  ...planted('src/protocol/plan.ts', FLOW, [
    [
      'Z37 sealed',
      'a page is told something else than that it gets no token',
      "if (isSealed(grant)) return { do: 'refuse', reason: 'sealed' };",
      "if (isSealed(grant)) return { do: 'refuse', reason: 'access_denied' };",
      `${WANTS} › gets the key that the user enters, and the page gets nothing of it (Z37)`,
    ],
  ]),
  ...planted('src/background/user/keys.ts', FLOW, [
    [
      'Z37 remove',
      'the sites go on with a key that was removed',
      'for (const { origin } of users) await disconnect(ports, flows, { origin, ...named }, false);',
      'void disconnect;',
      'a key › stays when one site is disconnected, and goes for all when it is removed (Z37)',
    ],
  ]),
  ...planted('src/shared/accept-answer.ts', FLOW, [
    [
      'Z38 way',
      'a way that is not offered can be chosen',
      'way === otherWayOf(snapshot);',
      'otherWayOf(snapshot) !== way + way;',
      `${WANTS} › takes no way that its question does not offer (Z38)`,
    ],
  ]),
  ...planted('src/shared/stored-rows.ts', 'accept/persistence/damaged.test.ts', [
    [
      'T-46 server',
      'a token that has lost its provider is taken for a grant',
      "credential === 'key' || credential === 'none' ? !token : server !== undefined",
      '(server ?? token) !== true',
      'a damaged grant › %s is set aside and told to the user, and the site may ask again (T-46)',
    ],
  ]),
];
