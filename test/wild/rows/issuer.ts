/** What authorization servers are called, and where their metadata is (B). */
import { bare, html, json, redirect } from '../answers.ts';
import { connects, refuses, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';

const MALFORMED = 'discovery_failed/malformed_server_metadata';
const NONE = 'discovery_failed/no_server_metadata';
const OTHER = 'issuer_mismatch/other_issuer';
const FORBIDDEN = 'policy_blocked/forbidden_address';
const CONSTRUCTED = 'constructed';

/** Changes members of the document. */
const says = (members: Record<string, unknown>) => (s: WildServer) =>
  Object.assign(s.metadata, members);
/** The document where OpenID Connect has it. */
const openid = (s: WildServer) => `${s.login}/.well-known/openid-configuration`;
/** The document only there. */
const movesToOpenid = (s: WildServer) => {
  s.remove(s.metadataUrl);
  s.at(openid(s), () => json(s.metadata));
};
const tenant = (s: WildServer) => `${s.login}/tenant`;

/** Of group B, names and places. */
export const ISSUER_ROWS: readonly Row[] = [
  {
    id: 'B01',
    variant: 'PRM names issuer with "/", metadata without (Google)',
    source: 'python-sdk#1919, copilot-cli#4606',
    change: (s) => (s.resource['authorization_servers'] = [`${s.login}/`]),
    wants: connects(),
    faults: 'I01',
  },
  {
    id: 'B02',
    variant: 'PRM names issuer without "/", metadata with (JumpCloud, Expo, Indeed)',
    source: 'opencode#50036, expo#49054, hermes-agent#95508',
    change: (s) => says({ issuer: `${s.login}/` })(s),
    wants: connects(),
    faults: 'I02',
  },
  {
    id: 'B03',
    variant: 'both with "/" (Auth0)',
    source: 'vercel/ai#20236',
    change: (s) => {
      s.moveIssuer(`${s.login}/`);
    },
    wants: connects(),
  },
  {
    id: 'B04',
    variant: 'path issuer, slash differs',
    source: 'hermes-agent#113762 (kept strict there)',
    change: (s) => {
      s.moveIssuer(tenant(s));
      s.resource['authorization_servers'] = [`${tenant(s)}/`];
    },
    wants: refuses(OTHER),
    adr: '0053',
  },
  {
    id: 'B05',
    variant: 'Entra: issuer template {tenantid}',
    source: 'codex#38973',
    change: (s) => {
      s.moveIssuer(tenant(s));
      s.metadata['issuer'] = `${s.login}/{tenantid}/v2.0`;
    },
    wants: refuses(OTHER),
    faults: 'I06',
  },
  {
    id: 'B06',
    variant: 'metadata host is the AS, issuer another host (Meta)',
    source: 'codex#38944',
    change: says({ issuer: 'https://www.wild.example' }),
    wants: refuses(OTHER),
  },
  {
    id: 'B23',
    variant: 'OAuth well-known 200 HTML, OIDC well-known good',
    source: 'outline#11572',
    change: (s) => {
      movesToOpenid(s);
      s.at(s.metadataUrl, html('<div id="app"></div>'));
    },
    wants: connects(),
  },
  {
    id: 'B24',
    variant: 'only /.well-known/openid-configuration',
    source: CONSTRUCTED,
    change: movesToOpenid,
    wants: connects(),
  },
  {
    id: 'B25',
    variant: 'path issuer, metadata only at the origin root',
    source: CONSTRUCTED,
    change: (s) => {
      s.resource['authorization_servers'] = [tenant(s)];
      s.metadata['issuer'] = tenant(s);
    },
    wants: refuses(NONE),
    adr: '0036',
  },
  {
    id: 'B26',
    variant: 'path issuer, only <issuer>/.well-known/oauth-authorization-server (appended)',
    source: CONSTRUCTED,
    change: (s) => {
      s.moveIssuer(tenant(s));
      s.remove(s.metadataUrl);
      s.at(`${tenant(s)}/.well-known/oauth-authorization-server`, () => json(s.metadata));
    },
    wants: refuses(NONE),
    adr: '0036',
  },
  {
    id: 'B27',
    variant: 'OAuth well-known 301 to OIDC well-known',
    source: CONSTRUCTED,
    change: (s) => {
      movesToOpenid(s);
      s.at(s.metadataUrl, redirect(openid(s), 301));
    },
    wants: connects(),
  },
  {
    id: 'B28',
    variant: 'OAuth well-known 302 to another path, nothing else',
    source: 'open-legal-products/mike#344',
    change: (s) => {
      s.at(s.metadataUrl, redirect(`${s.login}/metadata`));
      s.at(`${s.login}/metadata`, () => json(s.metadata));
    },
    wants: refuses('discovery_failed/redirected'),
    adr: '0036',
    faults: 'A05',
  },
  {
    id: 'B29',
    variant: 'no PRM, AS metadata at origin with another issuer (Atlassian 2026-04)',
    source: 'atlassian-mcp-server#148',
    change: (s) => {
      s.forgetResource();
      s.beItsOwnIssuer();
      s.metadata['issuer'] = s.mcp.replace('https://', 'https://cf.');
    },
    wants: refuses(OTHER),
    faults: 'I04',
  },
  {
    id: 'B33',
    variant: 'issuer missing in metadata',
    source: CONSTRUCTED,
    change: says({ issuer: undefined }),
    wants: refuses(MALFORMED),
  },
  {
    id: 'B34',
    variant: 'issuer with the host in capitals in PRM',
    source: CONSTRUCTED,
    change: (s) => (s.resource['authorization_servers'] = [s.login.replace('login', 'LOGIN')]),
    wants: refuses(FORBIDDEN),
  },
  {
    id: 'B36',
    variant: 'PRM names the metadata URL as issuer',
    source: CONSTRUCTED,
    change: (s) => (s.resource['authorization_servers'] = [s.metadataUrl]),
    wants: refuses(NONE),
    adr: '0036',
  },
  {
    id: 'B41',
    variant: 'path issuer: first candidate 302 to a login page, appended OIDC good',
    source: 'mike#344',
    change: (s) => {
      s.moveIssuer(tenant(s));
      s.at(s.metadataUrl, redirect(`${s.login}/sign-in`));
      s.at(`${s.login}/sign-in`, html('<form>Sign in</form>'));
      s.at(`${tenant(s)}/.well-known/openid-configuration`, () => json(s.metadata));
    },
    wants: connects(),
  },
  {
    id: 'B42',
    variant: 'path issuer, metadata at root says root issuer (GitLab, Superhuman)',
    source: 'typescript-sdk#2784',
    change: (s) => (s.resource['authorization_servers'] = [tenant(s)]),
    wants: refuses(NONE),
    adr: '0036',
  },
  {
    id: 'B43',
    variant: 'issuer shorter than the PRM says (auth.atlassian.com/<id>)',
    source: 'atlassian-mcp-server#205',
    change: (s) => {
      s.moveIssuer(tenant(s));
      s.metadata['issuer'] = s.login;
    },
    wants: refuses(OTHER),
    faults: 'I03',
  },
  {
    id: 'B46',
    variant: 'AS metadata 401 at OAuth place, 200 at OIDC',
    source: 'neotoma#2049 (class)',
    change: (s) => {
      movesToOpenid(s);
      s.at(s.metadataUrl, bare(401));
    },
    wants: connects(),
  },
  {
    id: 'B47',
    variant: 'OAuth place: 200 JSON without endpoints ({"error":"not found"}); OIDC good',
    source: CONSTRUCTED,
    change: (s) => {
      movesToOpenid(s);
      s.at(s.metadataUrl, json({ error: 'not found' }));
    },
    wants: connects(),
  },
];
