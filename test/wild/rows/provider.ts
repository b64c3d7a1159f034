/** What authorization servers say of themselves: their metadata, and where it is (B). */
import { bare, html, json, redirect, withBom } from '../answers.ts';
import {
  connects,
  refuses,
  refusesAfterAllow,
  SIGNS_IN_AGAIN,
  type Row,
} from '../row.ts';
import { BY_HAND, metadataOf, type WildServer } from '../server.ts';

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

/** Group B. */
export const PROVIDER_ROWS: readonly Row[] = [
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
    adr: '0035',
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
    id: 'B07',
    variant: 'registration_endpoint null (Slack)',
    source: 'dam-agents/dam#638',
    change: says({ registration_endpoint: null }),
    byHand: true,
    wants: connects({ asks: 2 }),
  },
  {
    id: 'B08',
    variant: 'revocation_endpoint null',
    source: 'ours (WILD leaves it out)',
    change: says({ revocation_endpoint: null }),
    wants: connects(),
  },
  {
    id: 'B09',
    variant: 'scopes_supported null in AS metadata',
    source: CONSTRUCTED,
    change: says({ scopes_supported: null }),
    wants: connects(),
  },
  {
    id: 'B10',
    variant: 'token_endpoint_auth_methods_supported null',
    source: CONSTRUCTED,
    change: says({ token_endpoint_auth_methods_supported: null }),
    wants: connects(),
  },
  {
    id: 'B11',
    variant: 'other optional members null (jwks_uri, service_documentation, …)',
    source: 'typescript-sdk#1923',
    change: says({ jwks_uri: null, service_documentation: null, introspection_endpoint: null }),
    wants: connects(),
    faults: 'A01',
  },
  {
    id: 'B12',
    variant: 'registration_endpoint ""',
    source: CONSTRUCTED,
    change: says({ registration_endpoint: '' }),
    byHand: true,
    wants: connects({ asks: 2 }),
  },
  {
    id: 'B13',
    variant: 'revocation_endpoint ""',
    source: 'ours (WILD leaves it out)',
    change: says({ revocation_endpoint: '' }),
    wants: connects(),
  },
  {
    id: 'B14',
    variant: 'revocation_endpoint relative',
    source: CONSTRUCTED,
    change: says({ revocation_endpoint: '/revoke' }),
    wants: connects(),
  },
  {
    id: 'B15',
    variant: 'endpoints relative',
    source: CONSTRUCTED,
    change: says({ authorization_endpoint: '/authorize', token_endpoint: '/token' }),
    wants: refuses(FORBIDDEN),
  },
  {
    id: 'B16',
    variant: 'no code_challenge_methods_supported (Entra, Cognito)',
    source: 'typescript-sdk#832, vercel/ai#18674',
    change: says({ code_challenge_methods_supported: undefined }),
    wants: refuses('pkce_unsupported/no_pkce'),
    adr: '0035',
    faults: 'A02',
  },
  {
    id: 'B17',
    variant: 'code_challenge_methods_supported null',
    source: CONSTRUCTED,
    change: says({ code_challenge_methods_supported: null }),
    wants: refuses('pkce_unsupported/no_pkce'),
  },
  {
    id: 'B18',
    variant: 'code_challenge_methods_supported ["plain","S256"]',
    source: CONSTRUCTED,
    change: says({ code_challenge_methods_supported: ['plain', 'S256'] }),
    wants: connects(),
  },
  {
    id: 'B19',
    variant: 'code_challenge_methods_supported ["s256"]',
    source: CONSTRUCTED,
    change: says({ code_challenge_methods_supported: ['s256'] }),
    wants: refuses('pkce_unsupported/no_pkce'),
  },
  {
    id: 'B20',
    variant: 'AS metadata text/plain',
    source: 'panva/openid-client#13 (class)',
    change: (s) => {
      s.at(s.metadataUrl, () => json(s.metadata, 200, 'text/plain'));
    },
    wants: connects(),
  },
  {
    id: 'B21',
    variant: 'AS metadata application/json;charset=UTF-8',
    source: CONSTRUCTED,
    change: (s) => {
      s.at(s.metadataUrl, () => json(s.metadata, 200, 'application/json;charset=UTF-8'));
    },
    wants: connects(),
  },
  {
    id: 'B22',
    variant: 'AS metadata BOM',
    source: CONSTRUCTED,
    change: (s) => {
      s.at(s.metadataUrl, () => withBom(s.metadata));
    },
    wants: connects(),
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
    id: 'B30',
    variant: 'require_pushed_authorization_requests, plain request refused',
    source: 'PostHog#72888 (class)',
    change: (s) => {
      says({ require_pushed_authorization_requests: true })(s);
      s.refuseAuthorization = () => 'invalid_request';
    },
    wants: refuses('authorization_failed/par_required'),
  },
  {
    id: 'B31',
    variant: 'grant_types_supported without refresh_token',
    source: CONSTRUCTED,
    change: says({ grant_types_supported: ['authorization_code'] }),
    wants: connects(),
  },
  {
    id: 'B32',
    variant: 'response_types_supported missing',
    source: CONSTRUCTED,
    change: says({ response_types_supported: undefined }),
    wants: connects(),
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
    change: (s) =>
      (s.resource['authorization_servers'] = [s.login.replace('login', 'LOGIN')]),
    wants: refuses(FORBIDDEN),
  },
  {
    id: 'B35',
    variant: 'endpoints http at a public-looking host (TLS proxy)',
    source: 'HealthClawGuardrails#523',
    change: (s) => {
      Object.assign(s.metadata, metadataOf(s.login, s.login.replace('https', 'http')));
    },
    wants: refuses(FORBIDDEN),
    faults: 'A10',
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
    id: 'B37',
    variant: 'authorization_endpoint with its own query',
    source: 'class (Salesforce, B2C ?p=)',
    change: (s) => says({ authorization_endpoint: `${s.login}/authorize?p=b2c_1` })(s),
    wants: connects(),
  },
  {
    id: 'B38',
    variant: 'authorization_response_iss_parameter_supported "true", and iss is sent',
    source: CONSTRUCTED,
    change: (s) => {
      says({ authorization_response_iss_parameter_supported: 'true' })(s);
      s.callback = ({ searchParams }) => {
        searchParams.set('iss', s.login);
      };
    },
    wants: connects(),
  },
  {
    id: 'B39',
    variant: 'authorization_endpoint with a fragment (SPA consent #/authorize)',
    source: CONSTRUCTED,
    change: (s) => says({ authorization_endpoint: `${s.login}/#/authorize` })(s),
    wants: refuses(FORBIDDEN),
  },
  {
    id: 'B40',
    variant: 'loopback endpoint localhost vs 127.0.0.1',
    source: CONSTRUCTED,
    isLocal: true,
    wants: connects({ asks: 2 }),
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
    id: 'B44',
    variant: 'client_secret_post only and no registration (Slack, missing instead of null)',
    source: 'dam#638',
    change: says({
      registration_endpoint: undefined,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    }),
    byHand: true,
    wants: connects({ asks: 2 }),
  },
  {
    id: 'B45',
    variant: 'authorization endpoint at another origin, no iss (CodSpeed)',
    source: 'codspeed#523',
    change: (s) => {
      says({ authorization_endpoint: `${s.mcp}/authorize` })(s);
      s.at(`${s.mcp}/authorize`, ({ url }) => s.authorize(url.searchParams));
    },
    wants: connects(),
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
  {
    id: 'B48',
    variant: 'content type application/json twice, in one header',
    source: 'ours (WILD leaves it out); vscode#259251',
    change: (s) => {
      s.at(s.metadataUrl, () => json(s.metadata, 200, 'application/json, application/json'));
    },
    wants: connects(),
  },
  {
    id: 'B49',
    variant: 'vnd content type application/vnd.x+json',
    source: CONSTRUCTED,
    change: (s) => {
      s.at(s.metadataUrl, () => json(s.metadata, 200, 'application/vnd.x+json'));
    },
    wants: connects(),
  },
  {
    id: 'B50',
    variant: 'content type text/json',
    source: CONSTRUCTED,
    change: (s) => {
      s.at(s.metadataUrl, () => json(s.metadata, 200, 'text/json'));
    },
    wants: connects(),
  },
];
void [BY_HAND, refusesAfterAllow, SIGNS_IN_AGAIN];
