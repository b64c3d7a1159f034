/** Faults against who may hold a token, and what the browser is asked for (Z26, Z29, Z33); see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const HOLDING = 'flow/holding.test.ts';
const CARRIED = 'a site whose requests are carried from the start › ';
const SEALED = 'a grant that no page gets the token of › ';

/** The plan, the merge, the sealing, the question about hosts. */
export const HOLDINGS: readonly Break[] = [
  ...planted('src/protocol/plan.ts', HOLDING, [
    [
      'Z26 hand',
      'a site that never had the token gets it without a question',
      "return plan.do === 'authorize' ? { ...plan, hands: true } : { do: 'hand' };",
      'return plan;',
      `${CARRIED}is asked one question when it wants the token itself, and asked no more (Z26)`,
    ],
    [
      'Z26 sealed',
      'a sealed grant hands its token out',
      "if (isSealed(grant)) return { do: 'refuse', reason: 'sealed' };",
      'void isSealed;',
      `${SEALED}answers \`sealed\`, whatever the call wants, and its requests are carried on (Z26)`,
    ],
    [
      'Z26 refused',
      'a no to the token itself is forgotten',
      "if (refused.includes(TOKEN_ITSELF)) return { do: 'refuse', reason: 'access_denied' };",
      'void TOKEN_ITSELF;',
      `${CARRIED}goes on as before after a no, which is remembered (Z24, Z26)`,
    ],
  ]),
  ...planted('src/background/connect/snapshot.ts', HOLDING, [
    [
      'Z26 silent',
      'a sign-in hands the token over without a question',
      'if (snapshot.hands ?? snapshot.missing) return true;',
      'if (snapshot.missing) return true;',
      `${CARRIED}is asked when the sign-in alone would have needed no question (Z26)`,
    ],
  ]),
  ...planted('src/background/connect/merge-grant.ts', HOLDING, [
    [
      'Z26 earlier',
      'a step-up forgets that no page had the token',
      'const isKept = same ? same.carriedSoFar &&',
      'const isKept = same ? false &&',
      `${CARRIED}keeps its token here through step-up, refresh and restart (Z26)`,
    ],
  ]),
  ...planted('src/background/connect/merge-grant.ts', 'background/connect/merge-grant.test.ts', [
    [
      'Z26 first',
      'a page that asked for the token first is asked once more',
      'isReached && !request.holds;',
      'isReached;',
      'who may hold the token (Z26) › is no page at a first connection by a carried request, if the server can be reached (Z26, Z33)',
    ],
  ]),
  ...planted('src/background/oauth/seal-grant.ts', HOLDING, [
    [
      'Z26 former',
      'a token that a page has lives on when its grant is sealed',
      'if (grant.sealedOnly || sealed.carriedSoFar || !isSignedIn(sealed) || !sealed.token)',
      'if (grant.sealedOnly || sealed)',
      `${SEALED}ends the token that a page had, and tells the page to forget it (Z26)`,
    ],
    [
      'Z26 lingers',
      'a token that its server would not end is said to be dead',
      "if (revocation !== 'revoked') return",
      "if (revocation === 'shared') return",
      `${SEALED}says how long a token goes on working that its server would not end (Z26)`,
    ],
  ]),
  ...planted('src/background/connect/run-flow.ts', HOLDING, [
    [
      'Z26 prompt',
      'sealing in the prompt leaves the former token alive',
      'if (record.sealed && held?.resource === resource.resource) await sealGrant(ports, held);',
      'void sealGrant;',
      `${SEALED}ends in the prompt what a page had before, and the new token works (Z26)`,
    ],
  ]),
  ...planted(
    'src/background/connect/missing-access.ts',
    'background/connect/missing-access.test.ts',
    [
      [
        'Z33 own',
        'Allow does not ask for the server’s own host',
        '...(mayCarry ? [resource.resource] : [])',
        '...(mayCarry ? [] : [])',
        'the hosts that the browser is asked for with Allow › are the provider’s and the server’s own, in one call (Z13, Z33)',
      ],
      [
        'Z33 declined',
        'a host that was declined is asked for again',
        'ports.copiesBytes && !(await hasDeclined(ports, resource.resource))',
        'ports.copiesBytes || (await hasDeclined(ports, resource.resource))',
        'the hosts that the browser is asked for with Allow › leave the server out once it was declined, for whichever site (Z33)',
      ],
    ],
  ),
  ...planted('src/background/user/holding.ts', 'flow/host-access.test.ts', [
    [
      'Z29 headers',
      'a header that speaks for the browser can be allowed',
      "if (!headers.every(mayBeAllowed)) throw new BrokerError('invalid_request');",
      'void [mayBeAllowed, BrokerError];',
      'further headers of a site › are kept for its grant, never one that speaks for somebody else (Z29)',
    ],
  ]),
  ...planted('src/protocol/tool-name.ts', 'protocol/tool-name.test.ts', [
    [
      'T-16 tool',
      'a site’s word for a tool can turn the line around',
      ".replace(/[\\p{C}\\p{Z}]+/gu, ' ')",
      ".replace(/[\\p{Z}]+/gu, ' ')",
      'the tool that a request calls › stays in one short line that reads as it is written (T-16, T-17)',
    ],
  ]),
  ...planted('src/shared/stored-rows.ts', HOLDING, [
    [
      'Z26 restart',
      'the question about the token is dropped with the worker that asked it',
      "'allow', 'excess', 'hand'",
      "'allow', 'excess'",
      `${CARRIED}has its question on the screen still when the worker starts anew (Z26)`,
    ],
  ]),
];
