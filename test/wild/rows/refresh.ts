/** How servers answer a refresh (G), two hours after the connection, when every access token is dead. */
import { bare, html, json, refusal, type Members } from '../answers.ts';
import { DAY, DOWN, every } from '../later.ts';
import { connects, SIGNS_IN_AGAIN, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';
import type { Answer } from '../wire.ts';

const CONSTRUCTED = 'constructed';

/** Changes members of the answer. */
const answers = (members: Members) => (s: WildServer) =>
  (s.refreshed = (tokens) => ({ ...tokens, ...members }));
/** No tokens but this. */
const says = (answer: Answer) => (s: WildServer) => (s.refreshed = () => answer);

const signsInAgain = connects({ later: SIGNS_IN_AGAIN });
const waits = connects({ later: DOWN });

/** Group G. */
export const REFRESH_ROWS: readonly Row[] = [
  { id: 'G01', variant: 'plain', source: CONSTRUCTED, wants: connects() },
  {
    id: 'G02',
    variant: 'no refresh_token in the answer',
    source: CONSTRUCTED,
    change: answers({ refresh_token: undefined }),
    wants: connects(),
  },
  {
    id: 'G03',
    variant: 'refresh_token null',
    source: 'elizaOS/eliza#30566',
    change: answers({ refresh_token: null }),
    wants: connects(),
    faults: 'F21',
  },
  {
    id: 'G04',
    variant: 'expires_in null',
    source: CONSTRUCTED,
    change: answers({ expires_in: null }),
    wants: connects(),
    faults: 'F22',
  },
  {
    id: 'G05',
    variant: 'scope ""',
    source: CONSTRUCTED,
    change: answers({ scope: '' }),
    wants: connects(),
    faults: 'F24',
  },
  {
    id: 'G06',
    variant: 'refresh_token ""',
    source: 'constructed',
    change: answers({ refresh_token: '' }),
    wants: connects(),
    faults: 'F23',
  },
  {
    id: 'G07',
    variant: 'token_type missing',
    source: CONSTRUCTED,
    change: answers({ token_type: undefined }),
    wants: connects(),
  },
  {
    id: 'G08',
    variant: '400 invalid_grant',
    source: CONSTRUCTED,
    change: says(refusal('invalid_grant')),
    wants: signsInAgain,
    faults: 'F00',
  },
  {
    id: 'G09',
    variant: '401 invalid_client + WWW-Authenticate Basic',
    source: CONSTRUCTED,
    change: (s) => {
      const answer = refusal('invalid_client', undefined, 401);
      const headers = { ...answer.headers, 'www-authenticate': 'Basic realm="token"' };
      says({ ...answer, headers })(s);
    },
    wants: signsInAgain,
  },
  {
    id: 'G10',
    variant: '200 {error:bad_refresh_token} (GitHub)',
    source: 'onyx#13330, typescript-sdk#1342',
    change: says(json({ error: 'bad_refresh_token' })),
    wants: signsInAgain,
    faults: 'F01',
  },
  {
    id: 'G11',
    variant: '200 {ok:false,error:invalid_refresh_token} (Slack)',
    source: 'class of openwork#3569',
    change: says(json({ ok: false, error: 'invalid_refresh_token' })),
    wants: signsInAgain,
    faults: 'F02',
  },
  {
    id: 'G12',
    variant: '400 {status:BAD_REFRESH_TOKEN} without error (HubSpot)',
    source: 'HubSpot shape',
    change: says(json({ status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid' }, 400)),
    wants: signsInAgain,
    faults: 'F06',
  },
  {
    id: 'G13',
    variant: '401 empty body',
    source: CONSTRUCTED,
    change: says(bare(401)),
    wants: signsInAgain,
  },
  {
    id: 'G14',
    variant: '400 HTML',
    source: CONSTRUCTED,
    change: says(html('<h1>Bad Request</h1>', 400)),
    wants: signsInAgain,
    faults: 'F07',
  },
  {
    id: 'G15',
    variant: '403 {error:unauthorized_client, refresh_token is invalid} (Atlassian)',
    source: 'codex#27165',
    change: says(refusal('unauthorized_client', 'refresh_token is invalid', 403)),
    wants: signsInAgain,
    faults: 'F04',
  },
  {
    id: 'G16',
    variant: '404 (endpoint gone): says nothing, until it is overdue',
    source: CONSTRUCTED,
    change: says(bare(404)),
    wants: waits,
    adr: '0031',
    faults: 'F08',
  },
  {
    id: 'G17',
    variant: '400 {error:invalid_refresh_token}',
    source: 'dust-tt/dust#22773',
    change: says(refusal('invalid_refresh_token')),
    wants: signsInAgain,
  },
  {
    id: 'G18',
    variant: '400 {code, error_code:refresh_token_not_found, msg} (Supabase)',
    source: 'class of supabase/auth#2829',
    change: says(json({ code: 400, error_code: 'refresh_token_not_found', msg: 'gone' }, 400)),
    wants: signsInAgain,
  },
  {
    id: 'G19',
    variant: '401 {error:invalid_token}',
    source: 'constructed',
    change: says(refusal('invalid_token', undefined, 401)),
    wants: signsInAgain,
    faults: 'F05',
  },
  {
    id: 'G20',
    variant: '500 JSON {error:server_error}',
    source: CONSTRUCTED,
    change: says(refusal('server_error', undefined, 500)),
    wants: waits,
    adr: '0031',
    faults: 'F10',
  },
  {
    id: 'G21',
    variant: '400 invalid_request whatever scope (Metabase)',
    source: 'metabase/metabase#80389, obot-platform/obot#7501',
    change: says(refusal('invalid_request')),
    wants: signsInAgain,
    faults: 'F03',
  },
  {
    id: 'G22',
    variant: '403 JSON {message:Forbidden}',
    source: 'constructed',
    change: says(json({ message: 'Forbidden' }, 403)),
    wants: signsInAgain,
  },
  {
    id: 'G23',
    variant: '400 interaction_required (Entra)',
    source: 'Entra shape',
    change: says(refusal('interaction_required')),
    wants: signsInAgain,
  },
  {
    id: 'G24',
    variant: 'wider scope on refresh: the person is asked about the rest',
    source: CONSTRUCTED,
    change: answers({ scope: 'read openid extra' }),
    wants: connects({ later: '200 200 200, 1 asked, 0 windows' }),
  },
  {
    id: 'G25',
    variant: '400 {error:token_expired}',
    source: 'constructed',
    change: says(refusal('token_expired')),
    wants: signsInAgain,
  },
  {
    id: 'G26',
    variant: '429',
    source: CONSTRUCTED,
    change: says(bare(429)),
    wants: waits,
    adr: '0031',
  },
  {
    id: 'G27',
    variant: '400 invalid_request "refresh_token is invalid" (Obot), a call a day for 5 days',
    source: 'obot#7501, FlowFuse#8547',
    change: says(refusal('invalid_request', 'refresh_token is invalid')),
    later: every(DAY, 5),
    wants: connects({ later: '5 × 200, 0 asked, 5 windows' }),
  },
  {
    id: 'G28',
    variant: '200 bad_refresh_token, a call a day for 5 days',
    source: 'GitHub shape',
    change: says(json({ error: 'bad_refresh_token' })),
    later: every(DAY, 5),
    wants: connects({ later: '5 × 200, 0 asked, 5 windows' }),
  },
  {
    id: 'G29',
    variant: 'refused because of the resource parameter (400 invalid_request)',
    source: 'dust#22773, python-sdk#2853',
    change: (s) =>
      (s.refreshed = (tokens, form) =>
        form.has('resource') ? refusal('invalid_request') : tokens),
    wants: signsInAgain,
  },
  {
    id: 'G30',
    variant: 'refused because of the resource parameter (400 invalid_target)',
    source: 'dust#22773',
    change: (s) =>
      (s.refreshed = (tokens, form) => (form.has('resource') ? refusal('invalid_target') : tokens)),
    wants: connects(),
  },
  {
    id: 'G31',
    variant: 'id_token null on refresh',
    source: 'jentic-one#1253, AppAuth-Android#1055',
    change: answers({ id_token: null }),
    wants: connects(),
  },
  {
    id: 'G32',
    variant: 'old refresh token stays good for a while (grace)',
    source: CONSTRUCTED,
    change: (s) => (s.isRotating = false),
    wants: connects(),
  },
  {
    id: 'G33',
    variant: '400 login_required, consent_required (Entra)',
    source: 'constructed',
    change: says(refusal('consent_required')),
    wants: signsInAgain,
  },
];
