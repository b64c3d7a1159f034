/** What authorization servers say of themselves: the members of their metadata (B). */
import { json, withBom } from '../answers.ts';
import { connects, refuses, type Row } from '../row.ts';
import { metadataOf, type WildServer } from '../server.ts';

const FORBIDDEN = 'policy_blocked/forbidden_address';
const CONSTRUCTED = 'constructed';

/** Changes members of the document. */
const says = (members: Record<string, unknown>) => (s: WildServer) =>
  Object.assign(s.metadata, members);
/** Of group B, members. */
export const PROVIDER_ROWS: readonly Row[] = [
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
    source: 'constructed',
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
    source: 'constructed',
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
    // Asked about, and the person ticks nothing; see O-A02.
    wants: refuses('access_denied', { asks: 1 }),
    adr: '0053',
    faults: 'A02',
  },
  {
    id: 'B17',
    variant: 'code_challenge_methods_supported null',
    source: CONSTRUCTED,
    change: says({ code_challenge_methods_supported: null }),
    wants: refuses('access_denied', { asks: 1 }),
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
    id: 'B48',
    variant: 'content type application/json twice, in one header',
    source: 'class of vscode#259251',
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
