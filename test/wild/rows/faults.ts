/**
 * Cases of a second list of public reports that the matrix lacks (V, with the id that they have in that list). Cases
 * that both have are rows of the matrix; their `faults` says which.
 */
import { bare, html, json, redirect, refusal } from '../answers.ts';
import { DOWN } from '../later.ts';
import { connects, refuses, refusesAfterAllow, refusesAfterSignIn, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';

const CONSTRUCTED = 'constructed';

/** Refuses every authorization request that asks for this scope. */
const refusesScope = (wrong: string) => (s: WildServer) =>
  (s.refuseAuthorization = (request) =>
    request.get('scope')?.split(' ').includes(wrong) ? 'invalid_scope' : undefined);

/** The list's own rows. */
export const FAULT_ROWS: readonly Row[] = [
  {
    id: 'V-T26',
    variant:
      '200 {error:incorrect_client_credentials}: the client entered by hand lacks its secret',
    source: 'typescript-sdk#1342 (GitHub)',
    change: (s) => {
      s.metadata['registration_endpoint'] = undefined;
      s.exchanged = () => json({ error: 'incorrect_client_credentials' });
    },
    byHand: true,
    wants: refuses('token_failed/wrong_client', { asks: 2, windows: 1 }),
    faults: 'T26',
  },
  {
    id: 'V-F09',
    variant: 'refresh: 301 for ever',
    source: 'courtlistener#7927',
    change: (s) => (s.refreshed = () => redirect(`${s.login}/elsewhere`, 301)),
    wants: connects({ later: DOWN }),
    adr: '0031',
    faults: 'F09',
  },
  {
    id: 'V-F20',
    variant: 'refresh: status 201',
    source: 'MoonshotAI/kimi-cli PR 1625',
    change: (s) => (s.refreshed = (tokens) => ({ ...json(tokens, 201), issues: tokens })),
    wants: connects(),
    faults: 'F20',
  },
  {
    id: 'V-P02',
    variant: 'asked for /mcp/, PRM says /mcp; content type twice (GitHub)',
    source: 'vscode#259251',
    change: (s) => {
      const resource = s.url;
      s.moveTo('/mcp/');
      s.resource['resource'] = resource;
      s.at(s.resourceUrl, () => json(s.resource, 200, 'application/json, application/json'));
    },
    wants: connects(),
    faults: 'P02',
  },
  {
    id: 'V-P05',
    variant: 'resource_metadata http, of an https server (behind a TLS proxy)',
    source: 'agentgateway#449, #545, MARS#203',
    change: (s) =>
      (s.challenge = `Bearer resource_metadata="${s.resourceUrl.replace('https:', 'http:')}"`),
    wants: connects(),
    faults: 'P05',
  },
  {
    id: 'V-P06',
    variant: 'PRM without authorization_servers, AS metadata at the MCP origin',
    source: 'cyanheads/mcp-ts-core#293',
    change: (s) => {
      s.beItsOwnIssuer();
      s.resource['authorization_servers'] = undefined;
    },
    // Asked about, and the person ticks nothing; see O-P06.
    wants: refuses('access_denied', { asks: 1 }),
    adr: '0053',
    faults: 'P06',
  },
  {
    id: 'V-P08',
    variant: 'PRM resource api://… (Entra application id)',
    source: CONSTRUCTED,
    change: (s) => (s.resource['resource'] = 'api://1234/mcp'),
    wants: refuses('invalid_target/other_resource'),
    faults: 'P08',
  },
  {
    id: 'V-P13',
    variant: '200 JSON of something else at the path, the right PRM at the root',
    source: CONSTRUCTED,
    change: (s) => {
      s.at(s.resourceUrl, json({ name: 'some service', version: 1 }));
      s.at(`${s.mcp}/.well-known/oauth-protected-resource`, () => json(s.resource));
      s.challenge = 'Bearer';
    },
    wants: connects(),
    faults: 'P13',
  },
  {
    id: 'V-P16',
    variant: 'MCP endpoint with a query',
    source: CONSTRUCTED,
    change: (s) => {
      s.moveTo('/mcp?tenant=a');
      s.at(`${s.mcp}/.well-known/oauth-protected-resource/mcp?tenant=a`, () => json(s.resource));
    },
    wants: connects(),
    faults: 'P16',
  },
  {
    id: 'V-P17',
    variant: 'PRM resource of a sibling path',
    source: CONSTRUCTED,
    change: (s) => (s.resource['resource'] = `${s.mcp}/other`),
    wants: refuses('invalid_target/other_resource'),
    faults: 'P17',
  },
  {
    id: 'V-A03',
    variant: 'authorization server without metadata, endpoints at paths of their own (Snowflake)',
    source: 'anthropics/claude-code#31349',
    change: (s) => {
      s.remove(s.metadataUrl);
    },
    wants: refuses('discovery_failed/no_server_metadata'),
    adr: '0053',
    faults: 'A03',
  },
  {
    id: 'V-A04',
    variant: 'PAR required and not advertised: invalid_request',
    source: CONSTRUCTED,
    change: (s) => (s.refuseAuthorization = () => 'invalid_request'),
    wants: refusesAfterSignIn('authorization_failed/request_refused'),
    faults: 'A04',
  },
  {
    id: 'V-A06',
    variant: 'authorize: invalid_target for the resource (Entra, Fabric)',
    source: 'executor#1789, powerbi-modeling-mcp#68',
    change: (s) => (s.refuseAuthorization = () => 'invalid_target'),
    wants: refusesAfterSignIn('authorization_failed/resource_refused'),
    faults: 'A06',
  },
  {
    id: 'V-A07',
    variant: 'authorize: invalid_scope whatever was registered; one listed scope spoils the others',
    source: 'open-webui#25978 (Gmail)',
    change: (s) => {
      s.resource['scopes_supported'] = ['read', 'spoils'];
      refusesScope('spoils')(s);
    },
    wants: refusesAfterSignIn('authorization_failed/scope_refused', { windows: 2 }),
    faults: 'A07',
  },
  {
    id: 'V-A08',
    variant: 'authorize: invalid_scope because of offline_access, which the metadata lists',
    source: 'can1357/oh-my-pi#7841',
    change: (s) => {
      s.metadata['scopes_supported'] = ['read', 'offline_access'];
      refusesScope('offline_access')(s);
    },
    wants: refusesAfterSignIn('authorization_failed/scope_refused', { windows: 2 }),
    faults: 'A08',
  },
  {
    id: 'V-A09',
    variant: 'prompt=consent with offline_access ends at a page for administrators (Entra)',
    source: 'claude-ai-mcp#104, #169',
    change: (s) => {
      s.metadata['scopes_supported'] = ['read', 'offline_access'];
      s.refuseAuthorization = (request) =>
        request.get('prompt') === 'consent' ? html('<h1>Need admin approval</h1>') : undefined;
    },
    wants: refusesAfterSignIn('access_denied/sign_in_closed'),
    faults: 'A09',
  },
  {
    id: 'V-A11',
    variant: 'revocation_endpoint http',
    source: CONSTRUCTED,
    change: (s) => (s.metadata['revocation_endpoint'] = s.login.replace('https', 'http')),
    wants: connects(),
    faults: 'A11',
  },
  {
    id: 'V-A13',
    variant: 'authorize: an error page because of the resource (Entra AADSTS9010010)',
    source: 'executor#1789, vscode#254009',
    change: (s) => (s.refuseAuthorization = () => html('<h1>AADSTS9010010</h1>', 400)),
    wants: refusesAfterSignIn('access_denied/sign_in_closed'),
    faults: 'A13',
  },
  {
    id: 'V-A14',
    variant: 'metadata with members of odd types that nobody reads',
    source: CONSTRUCTED,
    change: (s) =>
      Object.assign(s.metadata, { x: [[]], ui_locales_supported: 7, op_policy_uri: {} }),
    wants: connects(),
    faults: 'A14',
  },
  {
    id: 'V-A15',
    variant: 'token_endpoint_auth_methods_supported with methods that nobody knows',
    source: CONSTRUCTED,
    change: (s) =>
      (s.metadata['token_endpoint_auth_methods_supported'] = ['tls_client_auth', 'x', 'none']),
    wants: connects(),
    faults: 'A15, A16',
  },
  {
    id: 'V-R04',
    variant: 'registered as client_secret_basic, and no secret given',
    source: CONSTRUCTED,
    change: (s) =>
      (s.registered = (answer) => ({
        ...answer,
        token_endpoint_auth_method: 'client_secret_basic',
      })),
    wants: connects(),
    faults: 'R04',
  },
  {
    id: 'V-R06',
    variant: 'register: 400 invalid_request "Invalid redirect_uri …" (Cal.com)',
    source: 'calcom/companion#175, #182',
    change: (s) =>
      (s.registered = () => refusal('invalid_request', 'Invalid redirect_uri: not on the list')),
    wants: refusesAfterAllow('registration_failed/redirect_refused'),
    faults: 'R06',
  },
  {
    id: 'V-R07',
    variant: 'registration takes all, /authorize refuses the redirect URI on a page (Plane)',
    source: 'plane-mcp-server#220, atlassian-mcp-server#254',
    change: (s) => (s.refuseAuthorization = () => html('<h1>redirect_uri not allowed</h1>', 400)),
    wants: refusesAfterSignIn('access_denied/sign_in_closed'),
    faults: 'R07',
  },
  {
    id: 'V-R11',
    variant: 'register: 403 "Forbidden" (Figma)',
    source: 'mcp-remote#186, pi-mcp-adapter#49',
    change: (s) => (s.registered = () => bare(403, 'Forbidden', 'text/plain')),
    wants: refusesAfterAllow('registration_failed/registration_refused'),
    faults: 'R11',
  },
  {
    id: 'V-R12',
    variant: 'register: 400 invalid_redirect_uri, loopback only (Vercel)',
    source: 'executor#770',
    change: (s) => (s.registered = () => refusal('invalid_redirect_uri')),
    wants: refusesAfterAllow('registration_failed/redirect_refused'),
    faults: 'R12',
  },
  {
    id: 'V-G01',
    variant: 'challenge not exposed to pages of other origins',
    source: 'Twenty PR 19836, Windmill PR 10535',
    change: (s) => delete s.cors['access-control-expose-headers'],
    wants: connects(),
  },
  {
    id: 'V-G02',
    variant: '401 with Negotiate alone, PRM at the well-known place',
    source: 'typescript-sdk#1946',
    change: (s) => (s.challenge = 'Negotiate'),
    wants: connects(),
    faults: 'G02',
  },
  {
    id: 'V-G03',
    variant: '401 with Basic alone, PRM at the well-known place (Spring)',
    source: 'typescript-sdk#1946',
    change: (s) => (s.challenge = 'Basic realm="Realm"'),
    wants: connects(),
    faults: 'G03',
  },
  {
    id: 'V-G03b',
    variant: '401 with Basic alone, and no metadata anywhere: none of ours',
    source: CONSTRUCTED,
    change: (s) => {
      s.forgetResource();
      s.challenge = 'Basic realm="Realm"';
    },
    wants: refuses('discovery_failed/no_resource_metadata', { says: '' }),
  },
  {
    id: 'V-I05',
    variant: 'metadata of the parent host (Slack)',
    source: 'vscode#293533',
    change: (s) => (s.metadata['issuer'] = 'https://wild.example'),
    wants: refuses('issuer_mismatch/other_issuer'),
    faults: 'I05',
  },
];
