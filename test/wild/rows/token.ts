/** How servers answer the code (D). */
import { bare, html, issuing, json, withBom, type Members } from '../answers.ts';
import { connects, refusesAfterSignIn, SIGNS_IN_AGAIN, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';
import type { Answer } from '../wire.ts';

const UNUSABLE = 'token_failed/unusable_token';
const REFUSED = 'token_failed/exchange_refused';
const CONSTRUCTED = 'constructed';

/** Changes members of the answer. */
const answers = (members: Members) => (s: WildServer) =>
  (s.exchanged = (tokens) => ({ ...tokens, ...members }));
/** The same tokens in an answer of another form. */
const written = (form: (tokens: Members) => Answer) => (s: WildServer) =>
  (s.exchanged = (tokens) => issuing(tokens, form(tokens)));
/** No tokens but this. */
const says = (answer: Answer) => (s: WildServer) => (s.exchanged = () => answer);
/** Asks for two scopes. */
const asksForTwo = (s: WildServer) => (s.resource['scopes_supported'] = ['read', 'write']);

const form = (tokens: Members) =>
  bare(
    200,
    new URLSearchParams(tokens as Record<string, string>).toString(),
    'application/x-www-form-urlencoded',
  );

/** Of group D, the answer around the tokens. */
export const TOKEN_ROWS: readonly Row[] = [
  {
    id: 'D01',
    variant: 'expires_in "3600"',
    source: 'LibreChat.ai#420, typescript-sdk#1120, fastmcp#237',
    change: answers({ expires_in: '3600' }),
    wants: connects(),
    faults: 'T12',
  },
  {
    id: 'D02',
    variant: 'expires_in missing',
    source: 'LibreChat#13248',
    change: answers({ expires_in: undefined }),
    wants: connects(),
  },
  {
    id: 'D03',
    variant: 'expires_in null',
    source: CONSTRUCTED,
    change: answers({ expires_in: null }),
    wants: connects(),
    faults: 'T13',
  },
  {
    id: 'D04',
    variant: 'expires_in 0',
    source: 'qwen-code#5355',
    change: answers({ expires_in: 0 }),
    wants: connects(),
    faults: 'F26',
  },
  {
    id: 'D05',
    variant: 'expires_in -1',
    source: CONSTRUCTED,
    change: answers({ expires_in: -1 }),
    wants: refusesAfterSignIn(UNUSABLE),
    adr: '0036',
  },
  {
    id: 'D06',
    variant: 'expires_in 3599.7',
    source: CONSTRUCTED,
    change: answers({ expires_in: 3599.7 }),
    wants: connects(),
  },
  {
    id: 'D07',
    variant: 'expires_in ""',
    source: CONSTRUCTED,
    change: answers({ expires_in: '' }),
    wants: connects(),
  },
  {
    id: 'D08',
    variant: 'token_type "bearer"',
    source: CONSTRUCTED,
    change: answers({ token_type: 'bearer' }),
    wants: connects(),
  },
  {
    id: 'D09',
    variant: 'token_type "BEARER"',
    source: CONSTRUCTED,
    change: answers({ token_type: 'BEARER' }),
    wants: connects(),
  },
  {
    id: 'D10',
    variant: 'token_type missing (LinkedIn)',
    source: 'deno-oauth2-client#37',
    change: answers({ token_type: undefined }),
    wants: connects(),
    faults: 'T11',
  },
  {
    id: 'D11',
    variant: 'token_type "user" (Slack)',
    source: 'different-ai/openwork#3569',
    change: answers({ token_type: 'user' }),
    wants: connects(),
    faults: 'T10',
  },
  {
    id: 'D12',
    variant: 'token_type "JWT"',
    source: CONSTRUCTED,
    change: answers({ token_type: 'JWT' }),
    wants: refusesAfterSignIn(UNUSABLE),
    adr: '0036',
  },
  {
    id: 'D13',
    variant: 'token_type "Bearer " (blank)',
    source: CONSTRUCTED,
    change: answers({ token_type: 'Bearer ' }),
    wants: refusesAfterSignIn(UNUSABLE),
    adr: '0036',
  },
  {
    id: 'D14',
    variant: 'scope "read,write" (commas), both asked for',
    source: 'template-agent#265, oauthenticator PR 820',
    change: (s) => {
      asksForTwo(s);
      answers({ scope: 'read,write' })(s);
    },
    wants: connects(),
    faults: 'T19',
  },
  {
    id: 'D15',
    variant: 'scope ["read"]',
    source: 'oauth2-rs#86 (Twitch), context-forge#4594',
    change: answers({ scope: ['read'] }),
    wants: connects(),
    faults: 'T18',
  },
  {
    id: 'D16',
    variant: 'scope ""',
    source: 'constructed',
    change: answers({ scope: '' }),
    wants: connects(),
  },
  {
    id: 'D17',
    variant: 'scope null',
    source: CONSTRUCTED,
    change: answers({ scope: null }),
    wants: connects(),
    faults: 'T16',
  },
  {
    id: 'D18',
    variant: 'scope missing',
    source: 'constructed',
    change: answers({ scope: undefined }),
    wants: connects(),
  },
  {
    id: 'D19',
    variant: 'scope wider than asked (adds openid profile): the person is asked about the rest',
    source: CONSTRUCTED,
    change: answers({ scope: 'read openid profile' }),
    wants: connects({ asks: 2 }),
  },
  {
    id: 'D20',
    variant: 'scope as URLs (Entra api://…/read)',
    source: CONSTRUCTED,
    change: answers({ scope: 'api://1234/read' }),
    wants: connects({ asks: 2 }),
  },
  {
    id: 'D21',
    variant: 'scope newline separated',
    source: CONSTRUCTED,
    change: (s) => {
      asksForTwo(s);
      answers({ scope: 'read\nwrite' })(s);
    },
    wants: refusesAfterSignIn(UNUSABLE),
    adr: '0036',
  },
  {
    id: 'D22',
    variant: 'no refresh token',
    source: 'slack-skills-plugin#2',
    change: answers({ refresh_token: undefined }),
    wants: connects({ later: SIGNS_IN_AGAIN }),
  },
  {
    id: 'D23',
    variant: 'refresh_token null',
    source: 'typescript-sdk#2462, jentic-one#1253',
    change: answers({ refresh_token: null }),
    wants: connects({ later: SIGNS_IN_AGAIN }),
    faults: 'T14',
  },
  {
    id: 'D24',
    variant: 'refresh_token ""',
    source: 'constructed',
    change: answers({ refresh_token: '' }),
    wants: connects({ later: SIGNS_IN_AGAIN }),
    faults: 'T15',
  },
  {
    id: 'D25',
    variant: 'status 201',
    source: 'MoonshotAI/kimi-cli PR 1625',
    change: written((tokens) => json(tokens, 201)),
    wants: connects(),
    faults: 'T20',
  },
  {
    id: 'D26',
    variant: 'text/plain JSON',
    source: CONSTRUCTED,
    change: written((tokens) => json(tokens, 200, 'text/plain')),
    wants: connects(),
  },
  {
    id: 'D27',
    variant: 'text/html JSON',
    source: CONSTRUCTED,
    change: written((tokens) => json(tokens, 200, 'text/html')),
    wants: connects(),
    faults: 'T21',
  },
  {
    id: 'D28',
    variant: 'no content type',
    source: CONSTRUCTED,
    change: written((tokens) => bare(200, JSON.stringify(tokens))),
    wants: connects(),
  },
  {
    id: 'D29',
    variant: 'BOM',
    source: CONSTRUCTED,
    change: written((tokens) => withBom(tokens)),
    wants: connects(),
    faults: 'T22',
  },
  {
    id: 'D30',
    variant: 'form-encoded body unless JSON is accepted (GitHub)',
    source: 'hermes-agent#44592, vercel/ai#10899',
    change: (s) => {
      const { token } = s;
      s.at(`${s.login}/token`, (request) => {
        const answer = token.call(s, request);
        if (request.headers.accept?.includes('json') || answer.status !== 200) return answer;
        return form(JSON.parse(String(answer.body)) as Members);
      });
    },
    wants: connects(),
    faults: 'T23',
  },
  {
    id: 'D31',
    variant: 'form-encoded whatever is accepted',
    source: CONSTRUCTED,
    change: written(form),
    wants: refusesAfterSignIn(UNUSABLE),
  },
  {
    id: 'D32',
    variant: '200 {ok:false,error:invalid_code} (Slack)',
    source: 'different-ai/openwork#3569',
    change: says(json({ ok: false, error: 'invalid_code' })),
    wants: refusesAfterSignIn(REFUSED),
  },
  {
    id: 'D33',
    variant: '200 {error:bad_verification_code} (GitHub)',
    source: CONSTRUCTED,
    change: says(json({ error: 'bad_verification_code' })),
    wants: refusesAfterSignIn(REFUSED),
  },
  {
    id: 'D34',
    variant: 'token nested in authed_user (Slack v2)',
    source: 'claude-code#59725, template-agent#265',
    change: written((tokens) => json({ ok: true, authed_user: tokens })),
    wants: refusesAfterSignIn(UNUSABLE),
  },
  {
    id: 'D35',
    variant: 'error as HTML 500',
    source: CONSTRUCTED,
    change: says(html('<h1>Internal Server Error</h1>', 500)),
    wants: refusesAfterSignIn('token_failed/provider_failed'),
  },
  {
    id: 'D36',
    variant: 'error 401 as JSON array (SAP)',
    source: 'claude-code#83679',
    change: says(json([{ error: 'invalid_client' }], 401)),
    wants: refusesAfterSignIn(REFUSED),
  },
  {
    id: 'D37',
    variant: 'error 403 as text ("Forbidden")',
    source: 'class of mcp-remote#186',
    change: says(bare(403, 'Forbidden', 'text/plain')),
    wants: refusesAfterSignIn(REFUSED),
  },
];
