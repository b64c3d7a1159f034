/** Faults against what a consent covers (Z41, Z42; guarantees 6, 7 and 8 of SECURITY.md); see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const WIDER = 'accept/mixup/wider.test.ts';
const TOPOLOGIES = 'accept/mixup/topologies.test.ts';
const RATCHET = 'accept/mixup/ratchet.test.ts';
const LOCK_OUT = 'accept/mixup/lock-out.test.ts';
const PERSON = 'with a person who $user › ';

/** Paths and their hosts, hosts and questions, providers and sign-in pages. */
export const COVERS: readonly Break[] = [
  ...planted('src/background/connect/run-flow.ts', WIDER, [
    [
      'SECURITY 8 alias',
      'a path is a silent way to a grant that was not shown as wide',
      "if (resource.match === 'wider' && !grant.shown?.includes(WIDE)) return false;",
      'void [resource, WIDE];',
      'a path of a host where the site is connected to the host itself › gets no token of the host without a question that says so (T-20, Z41)',
    ],
    [
      'SECURITY 8 issuer',
      'metadata of another provider is a silent way to the grant',
      'return grant.server?.issuer === server.issuer && coversScopes(granted, request.scopes);',
      'return server.issuer !== "" && coversScopes(granted, request.scopes);',
      'a grant shown as wide › is no way for metadata of another provider (T-21, Z15)',
    ],
  ]),
  ...planted('src/protocol/protected-resource.ts', WIDER, [
    [
      'SECURITY 8 host',
      'a path speaks for its host',
      "if (!own) return { ...found, resource: asked, match: 'same', declared: found.resource };",
      'if (!own) return found;',
      'a wider resource that its host does not confirm › is said gravely, and the grant is the path’s alone; the parameter stays as declared (T-20, Z41)',
    ],
    [
      'SECURITY 8 other',
      'a host that names another provider is not heard',
      "if (own.match === 'same' && isSame) return found;",
      "if (own.match === 'same' || isSame) return found;",
      'a path of a host where the site is connected to the host itself › names a provider of its own for the host, and is refused (T-20, T-21)',
    ],
    [
      'SECURITY 8 slash',
      'an encoded slash leads to another’s path',
      'return isAmbiguous(asked) ? undefined : protectedResourceUrls(declared)[0];',
      'void isAmbiguous(asked);\n  return protectedResourceUrls(declared)[0];',
      'a wider resource that its host confirms › is nobody’s whose address may be another one to its server (T-20, T-29)',
    ],
    [
      'Z16 path',
      'a page names metadata under another’s path',
      "return (here !== '/' && at.pathname.startsWith(here!)) || pathname.startsWith(there!);",
      'return here !== there || at.pathname !== "";',
      'metadata that a page names under another’s path › is not read for this server; the user is asked whether to contact it (T-20, T-21, Z16)',
    ],
  ]),
  ...planted('src/protocol/resource.ts', WIDER, [
    [
      'Z41 parameter',
      'servers are not sent the resource that they declare',
      'undefined : (declared ?? resource);',
      'undefined : resource;',
      'a wider resource that its host does not confirm › is said gravely, and the grant is the path’s alone; the parameter stays as declared (T-20, Z41)',
    ],
  ]),
  ...planted('src/background/connect/snapshot.ts', TOPOLOGIES, [
    [
      'SECURITY 7 hosts',
      'a consent covers hosts that were not shown',
      '!coversScopes(termsOfGrant(grant), termsOf(snapshot)) ||',
      'termsOf(snapshot).length < 0 ||',
      `${PERSON}a token endpoint that moves after the grant gets nothing before it was asked about (T-22, T-27)`,
    ],
    [
      'SECURITY 6 elsewhere',
      'a sign-in page at another host is not said',
      'signsInAt: signInHost(server),',
      'signsInAt: signInHost({ ...server, authorization_endpoint: server.issuer }),',
      `${PERSON}an honest sign-in page in hostile metadata is shown, and brings nothing (T-22, E-MIXUP)`,
    ],
  ]),
  ...planted('src/background/connect/prepare-question.ts', TOPOLOGIES, [
    [
      'SECURITY 6 clash',
      'one client is used at two providers of one sign-in page',
      'await refuseClash(ports, flow, server, { clientId, among: { site: origin } });',
      'void refuseClash;',
      `${PERSON}a client that both know is refused at the second, without a question (T-22, Z42)`,
    ],
  ]),
  ...planted('src/background/connect/obtain-token.ts', TOPOLOGIES, [
    [
      'SECURITY 6 registration',
      'a registration may claim another provider’s client',
      'await refuseClash(ports, flow, server, { clientId: registration.clientId });',
      'void refuseClash;',
      `${PERSON}a registration that claims a client of the honest server is refused after it (T-22, T-45)`,
    ],
  ]),
  ...planted('src/protocol/covers.ts', 'protocol/covers.test.ts', [
    [
      'Z42 own origin',
      'a provider is locked out of its own sign-in page',
      'if (new URL(server.issuer).origin === endpoint.origin) return false;',
      '',
      'a sign-in page that is another provider’s (T-22, Z42) › is not %s',
    ],
  ]),
  ...planted('src/background/connect/resource-document.ts', WIDER, [
    [
      'Z41 root',
      'a document at the wider resource’s own address counts for nothing',
      "if (url === source) return { ...found, match: 'same' };",
      'if (url === source) return undefined;',
      'a wider resource that its host confirms › is confirmed by the document that was found at its own address (Z41)',
    ],
  ]),
  ...planted('src/protocol/covers.ts', LOCK_OUT, [
    [
      'Z42 spelling',
      'another spelling of one page is another page',
      'plainPath(own) === plainPath(endpoint)',
      'own.pathname === endpoint.pathname && plainPath(own) !== ""',
      'two providers in front of one sign-in page that is neither’s › the second is refused where both would know one client, however it spells the page (T-22)',
    ],
  ]),
  ...planted('src/background/connect/endpoint-clash.ts', LOCK_OUT, [
    [
      'Z42 own clients',
      'two providers with clients of their own clash',
      'if (other.clientId !== clientId && own?.clientId !== clientId) continue;',
      'void own;',
      'two providers in front of one sign-in page that is neither’s › both connect with clients of their own (T-22)',
    ],
  ]),
  ...planted('src/background/connect/learn.ts', RATCHET, [
    [
      'T-43 memory',
      'what a provider once sent is forgotten',
      'await store.learnIssuer(issuer, { sentIss: true });',
      '',
      'a provider that stops to send `iss` › is shown as weaker to every other site, also after a restart (T-43)',
    ],
  ]),
  ...planted('src/background/connect/merge-grant.ts', RATCHET, [
    [
      'T-43 again',
      'a provider may drop its protection twice',
      'return sendsIss ? terms.filter((term) => term !== WEAKER) : terms;',
      'return sendsIss && WEAKER === "" ? [] : terms;',
      'a provider that stops to send `iss` › is asked about anew when it has sent it again in between (T-43)',
    ],
  ]),
];
