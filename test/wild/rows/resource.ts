/** What servers say of themselves: protected resource metadata, and where it is (A). */
import { bare, html, json, redirect, withBom } from '../answers.ts';
import { connects, refuses, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';

const MALFORMED = 'discovery_failed/malformed_resource_metadata';
const NONE = 'discovery_failed/no_resource_metadata';
const CONSTRUCTED = 'constructed';

/** Changes members of the document. */
const says = (members: Record<string, unknown>) => (s: WildServer) =>
  Object.assign(s.resource, members);
/** So many scopes in the catalogue. */
const scopes = (count: number, name = (i: number) => `scope:${i}`) => ({
  scopes_supported: ['read', ...Array.from({ length: count - 1 }, (_, i) => name(i))],
});
/** The document at the root of the origin, as well as at its path or instead. */
const atRoot = (s: WildServer) => `${s.mcp}/.well-known/oauth-protected-resource`;

/** Group A. */
export const RESOURCE_ROWS: readonly Row[] = [
  { id: 'plain', variant: 'the faithful server', source: CONSTRUCTED, wants: connects() },
  {
    id: 'A01',
    variant: 'PRM optional member null (resource_signing_alg_values_supported)',
    source: 'OpenMetadata#30642',
    change: says({ resource_signing_alg_values_supported: null }),
    wants: connects(),
  },
  {
    id: 'A02',
    variant: 'PRM scopes_supported null',
    source: 'class of OpenMetadata#30642',
    change: says({ scopes_supported: null }),
    wants: connects(),
    faults: 'P07',
  },
  {
    id: 'A03',
    variant: 'PRM without resource',
    source: 'macro#5519',
    change: says({ resource: undefined }),
    wants: refuses(MALFORMED),
  },
  {
    id: 'A04',
    variant: 'PRM authorization_servers a string',
    source: CONSTRUCTED,
    change: (s) => says({ authorization_servers: s.login })(s),
    wants: refuses(MALFORMED),
  },
  {
    id: 'A05',
    variant: 'PRM authorization_servers missing',
    source: CONSTRUCTED,
    change: says({ authorization_servers: undefined }),
    wants: refuses('discovery_failed/names_no_provider'),
    faults: 'P15',
  },
  {
    id: 'A06',
    variant: 'PRM authorization_servers []',
    source: CONSTRUCTED,
    change: says({ authorization_servers: [] }),
    wants: refuses('discovery_failed/names_no_provider'),
  },
  {
    id: 'A07',
    variant: 'PRM resource http of an https server',
    source: 'mesh-mcp#20, e2a#635',
    change: (s) => says({ resource: s.url.replace('https:', 'http:') })(s),
    wants: refuses('invalid_target/other_resource'),
    faults: 'P04',
  },
  {
    id: 'A08',
    variant: 'PRM resource = origin',
    source: 'gemini-cli#24484, agentconnect#2119',
    change: (s) => says({ resource: s.mcp })(s),
    wants: connects(),
    faults: 'P01',
  },
  {
    id: 'A09',
    variant: 'PRM resource = url + "/"',
    source: 'class of codex#35716',
    change: (s) => says({ resource: `${s.url}/` })(s),
    wants: refuses('invalid_target/other_resource'),
    faults: 'P03',
  },
  {
    id: 'A10',
    variant: 'PRM resource = origin + "/" for a server at the root',
    source: 'gemini-cli#20231',
    change: (s) => {
      s.moveTo('/');
    },
    wants: connects(),
  },
  {
    id: 'A11',
    variant: 'PRM text/html 200 (SPA catch-all) where the challenge names it, AS at origin',
    source: 'outline#11572',
    change: (s) => {
      s.at(s.resourceUrl, html('<div id="app"></div>'));
      s.at(atRoot(s), html('<div id="app"></div>'));
      s.beItsOwnIssuer();
    },
    wants: refuses(NONE),
    adr: '0011',
    faults: 'P14',
  },
  {
    id: 'A12',
    variant: 'PRM text/plain',
    source: 'obot-platform/obot#6616',
    change: (s) => {
      s.at(s.resourceUrl, () => json(s.resource, 200, 'text/plain'));
    },
    wants: connects(),
    faults: 'P09',
  },
  {
    id: 'A13',
    variant: 'PRM application/octet-stream',
    source: CONSTRUCTED,
    change: (s) => {
      s.at(s.resourceUrl, () => json(s.resource, 200, 'application/octet-stream'));
    },
    wants: connects(),
  },
  {
    id: 'A14',
    variant: 'PRM no content type',
    source: CONSTRUCTED,
    change: (s) => {
      s.at(s.resourceUrl, () => bare(200, JSON.stringify(s.resource)));
    },
    wants: connects(),
  },
  {
    id: 'A15',
    variant: 'PRM with BOM',
    source: CONSTRUCTED,
    change: (s) => {
      s.at(s.resourceUrl, () => withBom(s.resource));
    },
    wants: connects(),
  },
  {
    id: 'A16',
    variant: 'PRM behind a 308 on the same host',
    source: CONSTRUCTED,
    change: (s) => {
      s.at(s.resourceUrl, redirect(`${s.mcp}/metadata`, 308));
      s.at(`${s.mcp}/metadata`, () => json(s.resource));
    },
    wants: refuses('discovery_failed/redirected'),
    adr: '0036',
    faults: 'P11',
  },
  {
    id: 'A17',
    variant: 'PRM 401',
    source: CONSTRUCTED,
    change: (s) => {
      s.at(s.resourceUrl, bare(401));
    },
    wants: refuses(NONE),
  },
  {
    id: 'A18',
    variant: 'PRM only under /mcp/.well-known/… (appended), no challenge URL',
    source: 'macro#5519 (third place)',
    change: (s) => {
      s.forgetResource();
      s.at(`${s.url}/.well-known/oauth-protected-resource`, () => json(s.resource));
    },
    // No metadata where it belongs, and no sign-in page at this origin: a key is asked for, which the person hasn't (Z38).
    wants: refuses('access_denied', { asks: 2 }),
  },
  {
    id: 'A19',
    variant: 'PRM scopes_supported with a scope that holds a blank, and one of 300 characters',
    source: 'constructed',
    change: says({ scopes_supported: ['read', 'read all', 'x'.repeat(300)] }),
    wants: connects(),
  },
  {
    id: 'A20',
    variant: 'PRM scopes_supported a string',
    source: CONSTRUCTED,
    change: says({ scopes_supported: 'read' }),
    wants: connects(),
  },
  {
    id: 'A21',
    variant: 'PRM scopes_supported []',
    source: CONSTRUCTED,
    change: says({ scopes_supported: [] }),
    wants: connects(),
  },
  {
    id: 'A22',
    variant: 'PRM scopes_supported 118 entries',
    source: 'appwrite/console#3105',
    change: says(scopes(118)),
    wants: connects(),
    faults: 'P12',
  },
  {
    id: 'A23',
    variant: 'PRM resource with the host in capitals',
    source: CONSTRUCTED,
    change: (s) => says({ resource: s.url.replace('mcp-', 'MCP-') })(s),
    wants: refuses('invalid_target/other_resource'),
    adr: '0036',
  },
  {
    id: 'A24',
    variant: 'PRM authorization_servers: first dead, second good',
    source: CONSTRUCTED,
    change: (s) => says({ authorization_servers: ['https://dead.wild.example', s.login] })(s),
    wants: connects(),
  },
  {
    id: 'A25',
    variant: 'PRM scopes_supported [""]',
    source: CONSTRUCTED,
    change: says({ scopes_supported: [''] }),
    wants: connects(),
  },
  {
    id: 'A26',
    variant: 'path PRM 401, root PRM 200 (Retool)',
    source: 'typescript-sdk#2785, #2783',
    change: (s) => {
      s.at(s.resourceUrl, bare(401));
      s.at(atRoot(s), () => json(s.resource));
      s.challenge = 'Bearer';
    },
    wants: connects(),
  },
  {
    id: 'A27',
    variant: 'challenge names a PRM that is a 404, path PRM is good',
    source: 'sentry-mcp#939',
    change: (s) => (s.challenge = `Bearer resource_metadata="${s.mcp}/nowhere"`),
    wants: connects(),
    faults: 'W09',
  },
  {
    id: 'A28',
    variant: 'resource_metadata twice, first 404, second good (Sentry)',
    source: 'sentry-mcp#939',
    change: (s) =>
      (s.challenge = `Bearer resource_metadata="${s.mcp}/nowhere", resource_metadata="${s.resourceUrl}"`),
    wants: connects(),
    faults: 'W01',
  },
  {
    id: 'A29',
    variant: 'no PRM, AS metadata at the MCP origin, issuer right (legacy)',
    source: 'atlassian-mcp-server#148',
    change: (s) => {
      s.forgetResource();
      s.beItsOwnIssuer();
    },
    wants: connects(),
  },
  {
    id: 'A30',
    variant: 'no PRM, AS metadata at the MCP origin, issuer another host (Slack)',
    source: 'atlassian-mcp-server#148, #205, vscode#293533',
    change: (s) => {
      s.forgetResource();
      s.beItsOwnIssuer();
      s.metadata['issuer'] = s.login;
    },
    wants: refuses('issuer_mismatch/other_issuer'),
  },
  {
    id: 'A31',
    variant: 'PRM text/html 200 (SPA catch-all), no challenge URL, AS at origin',
    source: 'class of outline#11572',
    change: (s) => {
      s.at(s.resourceUrl, html('<div id="app"></div>'));
      s.at(atRoot(s), html('<div id="app"></div>'));
      s.beItsOwnIssuer();
      s.challenge = 'Bearer';
    },
    wants: connects(),
  },
  {
    id: 'A32',
    variant: 'path PRM 200 HTML (SPA), root PRM good',
    source: 'outline#11572',
    change: (s) => {
      s.at(s.resourceUrl, html('<div id="app"></div>'));
      s.at(atRoot(s), () => json(s.resource));
    },
    wants: connects(),
  },
  {
    id: 'A33',
    variant: 'PRM 406 unless Accept is */*',
    source: CONSTRUCTED,
    change: (s) => {
      s.at(s.resourceUrl, ({ headers }) =>
        headers.accept?.includes('*/*') ? json(s.resource) : bare(406),
      );
    },
    wants: connects(),
  },
  {
    id: 'A34',
    variant: 'path PRM 500, root PRM good',
    source: CONSTRUCTED,
    change: (s) => {
      s.at(s.resourceUrl, bare(500));
      s.at(atRoot(s), () => json(s.resource));
    },
    wants: connects(),
  },
  {
    id: 'A35',
    variant: 'path PRM 301 to the root PRM',
    source: 'mike#344 (class)',
    change: (s) => {
      s.at(s.resourceUrl, redirect(atRoot(s), 301));
      s.at(atRoot(s), () => json(s.resource));
    },
    wants: connects(),
  },
  {
    id: 'A36',
    variant: '118 scopes_supported, challenge names one',
    source: 'appwrite/console#3105',
    change: (s) => {
      says(scopes(118))(s);
      s.challenge = `Bearer resource_metadata="${s.resourceUrl}", scope="read"`;
    },
    wants: connects(),
  },
  {
    id: 'A37',
    variant: '100 scopes_supported',
    source: CONSTRUCTED,
    change: says(scopes(100)),
    wants: connects(),
  },
  {
    id: 'A38',
    variant: 'scopes_supported 60 Google-like URLs (long string)',
    source: 'class of appwrite/console#3105',
    change: says(scopes(60, (i) => `https://www.googleapis.com/auth/${'long.'.repeat(12)}${i}`)),
    wants: connects(),
  },
  {
    id: 'A39',
    variant: 'PRM with members of odd types that nobody reads',
    source: 'constructed',
    change: says({ signed_metadata: 7, resource_documentation: [], tls_client: {} }),
    wants: connects(),
  },
];
