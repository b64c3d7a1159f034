/** How servers answer a registration (C). */
import { bare, html, json, refusal, type Members } from '../answers.ts';
import { connects, refusesAfterAllow, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';

const REFUSED = 'registration_failed/registration_refused';
const CONSTRUCTED = 'constructed';

/** Changes members of the answer. */
const answers = (members: Members) => (s: WildServer) =>
  (s.registered = (answer) => ({ ...answer, ...members }));
/** A secret was given although none was asked for. */
const SECRET = {
  token_endpoint_auth_method: 'client_secret_basic',
  client_secret: 'a-secret',
  client_secret_expires_at: 0,
};
/** Refuses every form in which a member, or a part of it, is found. */
const refusesForms =
  (isWrong: (form: Members) => boolean, description: string) => (s: WildServer) =>
    (s.registered = (answer, form) =>
      isWrong(form) ? refusal('invalid_client_metadata', description) : answer);

/** Group C. */
export const REGISTRATION_ROWS: readonly Row[] = [
  {
    id: 'C01',
    variant: '200 instead of 201',
    source: CONSTRUCTED,
    change: (s) => {
      const { register } = s;
      s.at(`${s.login}/register`, (request) => ({ ...register.call(s, request), status: 200 }));
    },
    wants: connects(),
  },
  {
    id: 'C02',
    variant: 'secret, client_secret_expires_at missing',
    source: 'jitsu#1430, workers-oauth-provider#164',
    change: answers({ ...SECRET, client_secret_expires_at: undefined }),
    wants: connects(),
  },
  {
    id: 'C03',
    variant: 'secret, client_secret_expires_at null',
    source: 'class of jitsu#1430',
    change: answers({ ...SECRET, client_secret_expires_at: null }),
    wants: connects(),
    faults: 'R02',
  },
  {
    id: 'C04',
    variant: 'secret, client_secret_expires_at "0"',
    source: 'constructed',
    change: answers({ ...SECRET, client_secret_expires_at: '0' }),
    wants: connects(),
    faults: 'R03',
  },
  {
    id: 'C05',
    variant: 'public client, client_secret null',
    source: 'open-orbis PR 425, mcp-auth-proxy#173',
    change: answers({ client_secret: null }),
    wants: connects(),
    faults: 'R01',
  },
  {
    id: 'C06',
    variant: 'every optional member null (client_uri, logo_uri, contacts, scope, …)',
    source: 'class of huggingface/chat-ui#2467',
    change: answers({
      client_uri: null,
      logo_uri: null,
      contacts: null,
      scope: null,
      client_secret: null,
      client_secret_expires_at: null,
      registration_access_token: null,
    }),
    wants: connects(),
  },
  {
    id: 'C07',
    variant: 'public client, client_secret ""',
    source: CONSTRUCTED,
    change: answers({ client_secret: '' }),
    wants: connects(),
  },
  {
    id: 'C08',
    variant: 'public client, expires_at null without secret',
    source: CONSTRUCTED,
    change: answers({ client_secret_expires_at: null }),
    wants: connects(),
  },
  {
    id: 'C09',
    variant: 'secret given though method none was asked and echoed',
    source: CONSTRUCTED,
    change: answers({ ...SECRET, token_endpoint_auth_method: 'none' }),
    wants: connects(),
  },
  {
    id: 'C10',
    variant: 'only client_id in the answer',
    source: CONSTRUCTED,
    change: (s) => (s.registered = ({ client_id }) => ({ client_id })),
    wants: connects(),
  },
  {
    id: 'C11',
    variant: 'redirect_uris null',
    source: CONSTRUCTED,
    change: answers({ redirect_uris: null }),
    wants: connects(),
  },
  {
    id: 'C12',
    variant: 'token_endpoint_auth_method null',
    source: CONSTRUCTED,
    change: answers({ token_endpoint_auth_method: null }),
    wants: connects(),
  },
  {
    id: 'C13',
    variant: 'client_id a number',
    source: CONSTRUCTED,
    change: answers({ client_id: 12345 }),
    wants: refusesAfterAllow(REFUSED),
  },
  {
    id: 'C14',
    variant: 'text/plain answer',
    source: CONSTRUCTED,
    change: (s) => {
      const { register } = s;
      s.at(`${s.login}/register`, (request) => ({
        ...register.call(s, request),
        headers: { 'content-type': 'text/plain' },
      }));
    },
    wants: connects(),
  },
  {
    id: 'C15',
    variant: 'application/json; charset=utf-8',
    source: CONSTRUCTED,
    change: (s) => {
      const { register } = s;
      s.at(`${s.login}/register`, (request) => ({
        ...register.call(s, request),
        headers: { 'content-type': 'application/json; charset=utf-8' },
      }));
    },
    wants: connects(),
  },
  {
    id: 'C16',
    variant: 'client_id_issued_at an ISO string, extra nulls',
    source: CONSTRUCTED,
    change: answers({ client_id_issued_at: '2026-11-27T00:00:00Z', policy_uri: null }),
    wants: connects(),
  },
  {
    id: 'C17',
    variant: 'refused: scope required (invalid_client_metadata)',
    source: 'go-sdk#1102 (class)',
    change: refusesForms(({ scope }) => scope === undefined, 'scope is required'),
    wants: connects(),
  },
  {
    id: 'C18',
    variant: 'registered without scope → authorize invalid_scope; with scope all is well',
    source: 'go-sdk#1102, executor#689, appstrate#1267, vercel/ai#19496',
    change: (s) =>
      (s.refuseAuthorization = (_request, { scope }) =>
        scope === undefined ? 'invalid_scope' : undefined),
    wants: connects({ windows: 2 }),
  },
  {
    id: 'C19',
    variant: 'refused with 403 HTML (allow list)',
    source: 'mcp-remote#186 (class)',
    change: (s) => (s.registered = () => html('<h1>Forbidden</h1>', 403)),
    wants: refusesAfterAllow(REFUSED),
  },
  {
    id: 'C20',
    variant: 'refused: grant_types refresh_token unsupported',
    source: CONSTRUCTED,
    change: refusesForms(
      ({ grant_types }) => JSON.stringify(grant_types).includes('refresh_token'),
      'grant_types: refresh_token is not supported',
    ),
    wants: connects(),
  },
  {
    id: 'C21',
    variant: 'refused: application_type unknown',
    source: CONSTRUCTED,
    change: refusesForms(
      ({ application_type }) => application_type !== undefined,
      'unknown member application_type',
    ),
    wants: connects(),
  },
  {
    id: 'C22',
    variant: '422 detail body (FastAPI)',
    source: 'opencode#5716 (422)',
    change: (s) =>
      (s.registered = () => json({ detail: [{ loc: ['body'], msg: 'field required' }] }, 422)),
    wants: refusesAfterAllow(REFUSED),
  },
  {
    id: 'C23',
    variant: '429',
    source: CONSTRUCTED,
    change: (s) => (s.registered = () => bare(429, 'slow down', 'text/plain')),
    wants: refusesAfterAllow('registration_failed/too_many_requests'),
  },
  {
    id: 'C24',
    variant: 'redirect URI echoed with a trailing slash',
    source: CONSTRUCTED,
    change: (s) =>
      (s.registered = (answer, { redirect_uris: own }) => ({
        ...answer,
        redirect_uris: [`${String(own)}/`],
      })),
    wants: refusesAfterAllow('registration_failed/redirect_refused'),
    adr: '0036',
  },
  {
    id: 'C25',
    variant: 'token_endpoint_auth_method private_key_jwt',
    source: CONSTRUCTED,
    change: answers({ token_endpoint_auth_method: 'private_key_jwt' }),
    wants: refusesAfterAllow(REFUSED),
    adr: '0036',
  },
  {
    id: 'C26',
    variant: 'confidential forced although none was asked (client_secret_basic + secret)',
    source: 'codex#40928 (class)',
    change: answers(SECRET),
    wants: connects(),
  },
  {
    id: 'C27',
    variant: 'client_secret_expires_at in the past',
    source: CONSTRUCTED,
    change: answers({ ...SECRET, client_secret_expires_at: 1_600_000_000 }),
    wants: connects(),
  },
  {
    id: 'C28',
    variant: 'client_secret_expires_at in milliseconds',
    source: CONSTRUCTED,
    change: answers({ ...SECRET, client_secret_expires_at: Date.now() + 86_400_000 }),
    wants: connects(),
  },
];
