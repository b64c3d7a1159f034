/** Servers that break a rule, and a person who has overridden it for them (Z53): rows named after the ones without. */
import { json } from '../answers.ts';
import { connects, refuses, refusesAfterSignIn, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';

/** The server names its own host, where the metadata of the provider lies under another name. */
function namesItsOwnHost(s: WildServer): void {
  s.beItsOwnIssuer();
  s.resource['authorization_servers'] = [s.mcp];
  s.metadata['issuer'] = s.login;
}

const refusesResource = (s: WildServer) =>
  (s.refuseAuthorization = (request) => (request.has('resource') ? 'invalid_target' : undefined));

/** With the override, and one neighbour each that it doesn't reach. */
export const OVERRIDE_ROWS: readonly Row[] = [
  {
    id: 'O-A02',
    variant: 'no code_challenge_methods_supported (Entra, Cognito); after the override',
    source: 'typescript-sdk#832, vercel/ai#18674',
    change: (s) => delete s.metadata['code_challenge_methods_supported'],
    ticks: true,
    wants: connects(),
  },
  {
    id: 'O-A02b',
    variant: 'the same, and other methods are advertised: no override is offered',
    source: 'constructed',
    change: (s) => (s.metadata['code_challenge_methods_supported'] = ['plain']),
    ticks: true,
    wants: refuses('pkce_unsupported/no_pkce'),
  },
  {
    id: 'O-P06',
    variant: 'PRM without authorization_servers, AS metadata at the MCP origin; after the override',
    source: 'cyanheads/mcp-ts-core#293',
    change: (s) => {
      s.beItsOwnIssuer();
      delete s.resource['authorization_servers'];
    },
    ticks: true,
    wants: connects(),
  },
  {
    id: 'O-P15',
    variant: 'PRM authorization_servers [], AS metadata at the MCP origin; after the override',
    source: 'constructed',
    change: (s) => {
      s.beItsOwnIssuer();
      s.resource['authorization_servers'] = [];
    },
    ticks: true,
    wants: connects(),
  },
  {
    id: 'O-P15b',
    variant: 'PRM authorization_servers missing, AS elsewhere: nothing is guessed',
    source: 'constructed',
    change: (s) => delete s.resource['authorization_servers'],
    ticks: true,
    wants: refuses('discovery_failed/names_no_provider'),
  },
  {
    id: 'O-I03',
    variant: 'issuer without the path of its tenant (Atlassian); after the override',
    source: 'atlassian-mcp-server#205',
    change: (s) => {
      s.moveIssuer(`${s.login}/tenant`);
      s.metadata['issuer'] = s.login;
    },
    overrides: (s) => [{ kind: 'issuer_pair', issuer: `${s.login}/tenant`, called: s.login }],
    wants: connects(),
  },
  {
    id: 'O-I04',
    variant: 'issuer of a sibling host (Atlassian); after the override',
    source: 'atlassian-mcp-server#148',
    change: namesItsOwnHost,
    overrides: (s) => [{ kind: 'issuer_pair', issuer: s.mcp, called: s.login }],
    wants: connects(),
  },
  {
    id: 'O-I05',
    variant: 'the same, and the pair was made for another name (Slack)',
    source: 'vscode#293533',
    change: namesItsOwnHost,
    overrides: (s) => [{ kind: 'issuer_pair', issuer: s.mcp, called: `${s.login}/team` }],
    wants: refuses('issuer_mismatch/other_issuer'),
  },
  {
    id: 'O-A03',
    variant: 'authorization server without metadata (Snowflake); after the override',
    source: 'anthropics/claude-code#31349',
    change: (s) => s.remove(s.metadataUrl),
    overrides: (s) => [
      {
        kind: 'endpoints',
        issuer: s.login,
        authorizationEndpoint: `${s.login}/authorize`,
        tokenEndpoint: `${s.login}/token`,
      },
    ],
    wants: connects({ asks: 2 }),
  },
  {
    id: 'O-A06',
    variant: 'authorize: invalid_target for the resource (Entra, Fabric); after the override',
    source: 'executor#1789, powerbi-modeling-mcp#68',
    change: refusesResource,
    entered: true,
    overrides: (s) => [{ kind: 'no_resource', issuer: s.login, resource: s.url }],
    wants: connects(),
  },
  {
    id: 'O-A13',
    variant: 'authorize: an error page because of the resource (Entra); after the override',
    source: 'executor#1789, vscode#254009',
    change: (s) =>
      (s.refuseAuthorization = (request) =>
        request.has('resource') ? json({ error: 'AADSTS9010010' }, 400) : undefined),
    entered: true,
    overrides: (s) => [{ kind: 'no_resource', issuer: s.login, resource: s.url }],
    wants: connects(),
  },
  {
    id: 'O-A06b',
    variant: 'the same without a client entered by hand: the setting is not taken',
    source: 'constructed',
    change: refusesResource,
    overrides: (s) => [{ kind: 'no_resource', issuer: s.login, resource: s.url }],
    wants: refusesAfterSignIn('authorization_failed/resource_refused'),
  },
  {
    id: 'O-A07',
    variant: 'authorize: invalid_scope, one listed scope spoils the others (Gmail); left out',
    source: 'open-webui#25978 (Gmail)',
    change: (s) => {
      s.resource['scopes_supported'] = ['read', 'spoils'];
      s.refuseAuthorization = (request) =>
        request.get('scope')?.includes('spoils') ? 'invalid_scope' : undefined;
    },
    leavesOut: ['spoils'],
    wants: connects({ asks: 2, windows: 3 }),
  },
  {
    id: 'O-A08',
    variant: 'authorize: invalid_scope because of offline_access; left out',
    source: 'can1357/oh-my-pi#7841',
    change: (s) => {
      s.metadata['scopes_supported'] = ['read', 'offline_access'];
      s.refuseAuthorization = (request) =>
        request.get('scope')?.includes('offline_access') ? 'invalid_scope' : undefined;
    },
    leavesOut: ['offline_access'],
    wants: connects({ asks: 2, windows: 3 }),
  },
  {
    id: 'O-A09',
    variant:
      'prompt=consent with offline_access ends at a page for administrators (Entra); left out',
    source: 'claude-ai-mcp#104, #169',
    change: (s) => {
      s.metadata['scopes_supported'] = ['read', 'offline_access'];
      s.refuseAuthorization = (request) =>
        request.get('prompt') === 'consent' ? json('Need admin approval') : undefined;
    },
    leavesOut: ['offline_access'],
    wants: connects({ asks: 2, windows: 2 }),
  },
];
