/** More of the same kinds (X): what a careless server might well say next. No report names these. */
import { bare, html, issuing, json, redirect, refusal, type Members } from '../answers.ts';
import { DOWN } from '../later.ts';
import { connects, refuses, refusesAfterSignIn, SIGNS_IN_AGAIN, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';

const source = 'constructed';

const registers = (members: Members) => (s: WildServer) =>
  (s.registered = (answer) => ({ ...answer, ...members }));
const issues = (members: Members) => (s: WildServer) =>
  (s.exchanged = (tokens) => ({ ...tokens, ...members }));
const renews = (answer: ReturnType<typeof json>) => (s: WildServer) => (s.refreshed = () => answer);
/** Challenges with this header; `@` stands for the address of the metadata. */
const challenges = (header: string) => (s: WildServer) =>
  (s.challenge = header.replaceAll('@', s.resourceUrl));
/** The challenge names an address of the server, at which this is. */
const names = (answer: ReturnType<typeof json>) => (s: WildServer) => {
  s.at(`${s.mcp}/metadata`, answer);
  s.challenge = `Bearer resource_metadata="${s.mcp}/metadata"`;
};
const SECRET = { client_secret: 'a-secret', token_endpoint_auth_method: 'client_secret_post' };
const scopes = Array.from({ length: 200 }, (_, i) => `s${i}`).join(' ');
const signsInAgain = connects({ later: SIGNS_IN_AGAIN });

/** One row that connects. */
const row = (id: string, variant: string, change: Row['change'], wants = connects()): Row => ({
  id,
  variant,
  source,
  ...(change && { change }),
  wants,
});

/** Group X. */
export const MORE_ROWS: readonly Row[] = [
  row('X01', 'registration: text/html JSON', (s) => {
    const { register } = s;
    const type = { 'content-type': 'text/html' };
    s.at(`${s.login}/register`, (request) => ({ ...register.call(s, request), headers: type }));
  }),
  row('X02', 'registration: one more redirect URI in the answer', (s) => {
    s.registered = (answer) => {
      const own = answer['redirect_uris'] as string[];
      return { ...answer, redirect_uris: [...own, 'https://other.wild.example/'] };
    };
  }),
  row(
    'X03',
    'registration: end of the secret an ISO date',
    registers({ ...SECRET, client_secret_expires_at: '2030-01-01T00:00:00Z' }),
  ),
  row('X04', 'registration: application_type changed', registers({ application_type: 'native' })),
  row('X05', 'token: blanks around the scope', issues({ scope: ' read ' })),
  row('X06', 'token: scope []', issues({ scope: [] })),
  row('X07', 'token: scope a number', issues({ scope: 7 })),
  row('X08', 'token: token_type null', issues({ token_type: null })),
  row('X09', 'token: expires_in "soon"', issues({ expires_in: 'soon' })),
  row('X10', 'token: error null beside the tokens', issues({ error: null, error_uri: null })),
  row('X11', 'token: ok true beside the tokens', issues({ ok: true })),
  row('X12', 'token: comma, semicolon, quote and = in it', (s) => {
    s.tokenShape = (token) => `a,b;c="${token}"=d`;
  }),
  row('X13', 'token: WWW-Authenticate beside the tokens', (s) => {
    s.exchanged = (tokens) => {
      const answer = json(tokens);
      const headers = { ...answer.headers, 'www-authenticate': 'Bearer' };
      return issuing(tokens, { ...answer, headers });
    };
  }),
  row('X14', '401: scheme in capitals, a tab', challenges('BEARER\tresource_metadata="@"')),
  row('X15', '401: comma at the end', challenges('Bearer resource_metadata="@",')),
  row('X16', '401: quote not closed', challenges('Bearer resource_metadata="@')),
  row('X17', '401: colon after Bearer', challenges('Bearer: resource_metadata="@"')),
  row('X18', '401: the address and nothing else', challenges('@')),
  row('X19', '401: empty header', challenges('')),
  row('X20', '401: &quot; for quotes', challenges('Bearer resource_metadata=&quot;@&quot;')),
  row('X21', '401: resource_metadata "null"', challenges('Bearer resource_metadata="null"')),
  row(
    'X22',
    '401: resource_metadata with user and password',
    challenges('Bearer resource_metadata="https://me:secret@mcp.wild.example/metadata"'),
  ),
  row(
    'X23',
    '401: resource_metadata at a host that is dead',
    challenges('Bearer resource_metadata="https://dead.wild.example/metadata"'),
  ),
  row('X24', '401: the named address is a 500', names(bare(500))),
  row('X25', '401: the named address redirects', names(redirect('/elsewhere'))),
  row('X26', '401: the named address is a web page', names(html('<h1>Hello</h1>'))),
  row('X27', '401: 200 scopes', challenges(`Bearer scope="${scopes}", resource_metadata="@"`)),
  row('X28', '401: 9 kB', challenges(`Bearer x="${'y'.repeat(9000)}", resource_metadata="@"`)),
  row('X29', 'AS metadata: scopes_supported a string', (s) => {
    s.metadata['scopes_supported'] = 'read offline_access';
  }),
  row('X30', 'AS metadata: token_endpoint_auth_methods_supported a string', (s) => {
    s.metadata['token_endpoint_auth_methods_supported'] = 'none';
  }),
  row('X31', 'AS metadata: revocation_endpoint at a private address', (s) => {
    s.metadata['revocation_endpoint'] = 'https://10.0.0.1/revoke';
  }),
  row('X32', 'AS metadata of 200 kB', (s) => (s.metadata['x'] = 'y'.repeat(200_000))),
  row('X33', 'PRM: the same issuer twice, once with a slash', (s) => {
    s.resource['authorization_servers'] = [`${s.login}/`, s.login];
  }),
  row('X34', 'PRM: scopes_supported [null, "read"]', (s) => {
    s.resource['scopes_supported'] = [null, 'read'];
  }),
  row('X35', 'refresh: 400 text', renews(bare(400, 'bad token', 'text/plain')), signsInAgain),
  row('X36', 'refresh: 410 JSON', renews(json({ message: 'gone' }, 410)), signsInAgain),
  row('X37', 'refresh: 422 {detail}', renews(json({ detail: 'expired' }, 422)), signsInAgain),
  row(
    'X38',
    'refresh: 400 with an object for error',
    renews(json({ error: { code: 'expired', message: 'again' } }, 400)),
    signsInAgain,
  ),
  row(
    'X39',
    'refresh: 200 {error:invalid_grant}',
    renews(json({ error: 'invalid_grant' })),
    signsInAgain,
  ),
  {
    ...row('X40', 'refresh: 200 with no token and no error', renews(json({}))),
    wants: connects({ later: DOWN }),
    adr: '0031',
  },
  row('X41', 'refresh: refused without a scope, taken with it', (s) => {
    s.refreshed = (tokens, form) => (form.has('scope') ? tokens : refusal('invalid_request'));
  }),
  row('X42', 'refresh: every optional member null', (s) => {
    const nothing = { expires_in: null, refresh_token: null, scope: null, id_token: null };
    s.refreshed = (tokens) => ({ ...tokens, ...nothing });
  }),
  row('X43', 'the way back ends with #_=_ (Facebook)', (s) => {
    s.callback = (callback) => (callback.hash = '_=_');
  }),
  {
    id: 'X44',
    variant: 'the way back with an empty iss',
    source,
    change: (s) => {
      s.callback = ({ searchParams }) => {
        searchParams.set('iss', '');
      };
    },
    wants: refusesAfterSignIn('issuer_mismatch/iss_wrong'),
  },
  row('X45', 'registration refused: scope required (invalid_request)', (s) => {
    s.registered = (answer, { scope }) =>
      scope === undefined ? refusal('invalid_request', 'scope is required') : answer;
  }),
  row('X46', 'registration refused: application_type unknown (422, FastAPI)', (s) => {
    s.registered = (answer, form) =>
      'application_type' in form ? json({ detail: [{ loc: ['application_type'] }] }, 422) : answer;
  }),
  row('X47', 'registration: 202', (s) => {
    const { register } = s;
    s.at(`${s.login}/register`, (request) => ({ ...register.call(s, request), status: 202 }));
  }),
  row('X48', 'PRM names an http provider first, then a good one', (s) => {
    s.resource = { ...s.resource, authorization_servers: ['http://old.wild.example', s.login] };
  }),
  row('X49', 'PRM names an empty provider first, then a good one', (s) => {
    s.resource = { ...s.resource, authorization_servers: ['', s.login] };
  }),
  row('X50', 'PRM names twelve providers', (s) => {
    const more = Array.from({ length: 11 }, (_, i) => `https://p${String(i)}.wild.example`);
    s.resource = { ...s.resource, authorization_servers: [s.login, ...more] };
  }),
  {
    id: 'X51',
    variant: 'PRM of 80 kB',
    source,
    change: (s) => (s.resource = { ...s.resource, padding: 'x'.repeat(80_000) }),
    wants: refuses('discovery_failed/oversized'),
    adr: '0036',
  },
  {
    id: 'X52',
    variant: 'PRM wants DPoP-bound tokens, as a string',
    source,
    change: (s) => (s.resource = { ...s.resource, dpop_bound_access_tokens_required: 'true' }),
    wants: refuses('discovery_failed/dpop_required'),
    adr: '0030',
  },
];
