/** What tokens look like (D). */
import type { Members } from '../answers.ts';
import { connects, refusesAfterSignIn, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';

const UNUSABLE = 'token_failed/unusable_token';
const CONSTRUCTED = 'constructed';

/** Changes members of the answer. */
const answers = (members: Members) => (s: WildServer) =>
  (s.exchanged = (tokens) => ({ ...tokens, ...members }));
/** Tokens that look like this; the same from a refresh. */
const looks = (shape: (token: string) => string) => (s: WildServer) => (s.tokenShape = shape);
/** A JWT without a signature that anybody checks. */
export function jwt(claims: Members): string {
  const part = (json: Members) => Buffer.from(JSON.stringify(json)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`;
}

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

/** Of group D, the tokens themselves. */
export const SECRET_ROWS: readonly Row[] = [
  {
    id: 'D38',
    variant: 'access token of 8 kB',
    source: CONSTRUCTED,
    change: looks((token) => token.padEnd(8192, 'x')),
    wants: connects(),
  },
  {
    id: 'D39',
    variant: 'access token of 17 kB',
    source: CONSTRUCTED,
    change: looks((token) => token.padEnd(17_408, 'x')),
    wants: refusesAfterSignIn(UNUSABLE),
  },
  {
    id: 'D40',
    variant: 'access token with "|" (Sanctum 1|abc, Meta app|…)',
    source: CONSTRUCTED,
    change: looks((token) => `1|${token}`),
    wants: connects(),
    faults: 'T03',
  },
  {
    id: 'D41',
    variant: 'access token with "!" (Salesforce 00D…!AQ…)',
    source: CONSTRUCTED,
    change: looks((token) => `00D5g!AQ${token}`),
    wants: connects(),
    faults: 'T02',
  },
  {
    id: 'D42',
    variant: 'access token with ":" (workers-oauth-provider user:grant:secret)',
    source: 'class of cloudflare/workers-oauth-provider#107',
    change: looks((token) => `user:grant:${token}`),
    wants: connects(),
    faults: 'T01',
  },
  {
    id: 'D43',
    variant: 'access token with "%"',
    source: CONSTRUCTED,
    change: looks((token) => `%2B${token}`),
    wants: connects(),
  },
  {
    id: 'D44',
    variant: 'access token with a blank',
    source: CONSTRUCTED,
    change: looks((token) => `a ${token}`),
    wants: refusesAfterSignIn(UNUSABLE),
    adr: '0036',
  },
  {
    id: 'D45',
    variant: 'JWT with exp, expires_in missing',
    source: 'LibreChat#13248',
    change: (s) => {
      looks((token) => jwt({ jti: token, exp: inSeconds(3600) }))(s);
      answers({ expires_in: undefined })(s);
    },
    wants: connects(),
  },
  {
    id: 'D46',
    variant: 'refresh token with non-ASCII',
    source: CONSTRUCTED,
    change: answers({ refresh_token: 'schlüssel' }),
    wants: refusesAfterSignIn(UNUSABLE),
    adr: '0036',
  },
  {
    id: 'D47',
    variant: 'id_token that is no JWT',
    source: 'executor#527 (class)',
    change: answers({ id_token: 'none' }),
    wants: connects(),
  },
  {
    id: 'D48',
    variant: 'id_token null',
    source: 'AppAuth-Android#1055, jentic-one#1253',
    change: answers({ id_token: null }),
    wants: connects(),
    faults: 'T17',
  },
  {
    id: 'D49',
    variant: 'id_token ""',
    source: CONSTRUCTED,
    change: answers({ id_token: '' }),
    wants: connects(),
  },
  {
    id: 'D50',
    variant: 'id_token with issuer of the tenant, aud array, no iat',
    source: 'executor#527, medplum#7787',
    change: answers({ id_token: jwt({ iss: 'https://tenant.wild.example', aud: ['a', 'b'] }) }),
    wants: connects(),
  },
  {
    id: 'D51',
    variant: 'access token with "@" "#" "$"',
    source: CONSTRUCTED,
    change: looks((token) => `me@home#$${token}`),
    wants: connects(),
  },
];
