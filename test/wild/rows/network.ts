/** Somebody in between, and two providers of which one is dead (N). Nothing of this is the server's word. */
import { bare, html, json, redirect } from '../answers.ts';
import { afterTwoHours, calls, DOWN, HOUR, MINUTE, watched } from '../later.ts';
import {
  connects,
  refuses,
  refusesAfterAllow,
  refusesAfterSignIn,
  type Later,
  type Row,
} from '../row.ts';
import type { WildServer } from '../server.ts';
import type { Answer, Seen } from '../wire.ts';

const CONSTRUCTED = 'constructed (DESIGN Z51)';
const DEAD = 'https://dead.wild.example';

/** Between the browser and these requests somebody else answers. */
const between =
  (isMeant: (request: Seen) => boolean, answer: Answer) =>
  (s: WildServer): void => {
    s.between = (request) => (isMeant(request) ? answer : undefined);
  };

const isRefresh = ({ body }: Seen) => body.includes('grant_type=refresh_token');
const isDocument = ({ url }: Seen) => url.pathname.includes('/.well-known/');
const isRegistration = ({ url }: Seen) => url.pathname === '/register';
const isExchange = ({ body }: Seen) => body.includes('grant_type=authorization_code');

/** After two hours the portal answers every refresh; then it is gone, and ten minutes pass. */
const portal: Later = async (ours, server) => {
  const before = await afterTwoHours(ours, server);
  server.between = () => undefined;
  ours.pass(9 * MINUTE);
  return `${before}; then ${await watched(ours, () => calls(ours, 1))}`;
};
const SURVIVES = `${DOWN}; then 200, 0 asked, 0 windows`;

/** Rows of one portal each. */
const portals: readonly [id: string, variant: string, answer: Answer][] = [
  ['N01', 'refresh: a captive portal redirects (302)', redirect('https://portal.wild.example/')],
  ['N02', 'refresh: a captive portal answers 200 HTML', html('<h1>Welcome to the hotel</h1>')],
  ['N03', 'refresh: a captive portal answers 403 HTML', html('<h1>Accept our terms</h1>', 403)],
  ['N04', 'refresh: a proxy wants a password (407)', html('<h1>Proxy</h1>', 407)],
  ['N05', 'refresh: network authentication required (511)', html('<h1>Sign in</h1>', 511)],
  [
    'N06',
    'refresh: 503 {error:temporarily_unavailable}',
    json({ error: 'temporarily_unavailable' }, 503),
  ],
  [
    'N07',
    'refresh: 400 {error:temporarily_unavailable}',
    json({ error: 'temporarily_unavailable' }, 400),
  ],
  ['N08', 'refresh: 400 {error:slow_down}', json({ error: 'slow_down' }, 400)],
  ['N09', 'refresh: 451 HTML', html('<h1>Unavailable</h1>', 451)],
  [
    'N10',
    'refresh: 429 with Retry-After',
    { status: 429, headers: { 'retry-after': '60' }, body: '' },
  ],
  ['N11', 'refresh: 200 with an empty body', bare(200)],
];

/** Group N. */
export const NETWORK_ROWS: readonly Row[] = [
  ...portals.map(([id, variant, answer]): Row => ({
    id,
    variant: `${variant}, and later no more`,
    source: CONSTRUCTED,
    change: between(isRefresh, answer),
    later: portal,
    wants: connects({ later: SURVIVES }),
  })),
  {
    id: 'N12',
    variant: 'refresh: 403 HTML again and again: a minute later it counts as a refusal',
    source: CONSTRUCTED,
    change: between(isRefresh, html('<h1>Forbidden</h1>', 403)),
    later: async (ours, server) => {
      const first = await afterTwoHours(ours, server);
      ours.pass(MINUTE);
      return `${first}; then ${await watched(ours, () => calls(ours, 1))}`;
    },
    wants: connects({
      later: `${DOWN}; then 200, 0 asked, 1 window`,
    }),
  },
  {
    id: 'N13',
    variant:
      'refresh: the token endpoint has moved (404); after ten minutes the provider is looked for anew',
    source: CONSTRUCTED,
    change: (s) => {
      s.refreshed = () => bare(404);
    },
    later: async (ours, server) => {
      const first = await afterTwoHours(ours, server);
      ours.pass(11 * MINUTE);
      return `${first}; then ${await watched(ours, () => calls(ours, 1))}`;
    },
    wants: connects({
      later: `${DOWN}; then 200, 0 asked, 1 window`,
    }),
  },
  {
    id: 'N14',
    variant: 'a captive portal redirects every document',
    source: CONSTRUCTED,
    change: between(isDocument, redirect('https://portal.wild.example/')),
    wants: refuses('discovery_failed/redirected'),
  },
  {
    id: 'N15',
    variant: 'a captive portal answers every document with 200 HTML',
    source: CONSTRUCTED,
    change: between(isDocument, html('<h1>Welcome to the hotel</h1>')),
    wants: refuses('discovery_failed/no_resource_metadata'),
  },
  {
    id: 'N16',
    variant: 'network authentication required (511) for every document',
    source: CONSTRUCTED,
    change: between(isDocument, html('<h1>Sign in</h1>', 511)),
    wants: refuses('discovery_failed/unreachable'),
  },
  {
    id: 'N17',
    variant: 'a proxy wants a password (407) for every document',
    source: CONSTRUCTED,
    change: between(isDocument, html('<h1>Proxy</h1>', 407)),
    wants: refuses('network_error/unreachable'),
  },
  {
    id: 'N18',
    variant: 'a captive portal redirects the registration',
    source: CONSTRUCTED,
    change: between(isRegistration, redirect('https://portal.wild.example/')),
    wants: refusesAfterAllow('registration_failed/redirected'),
  },
  {
    id: 'N19',
    variant: 'a captive portal redirects the code exchange',
    source: CONSTRUCTED,
    change: between(isExchange, redirect('https://portal.wild.example/')),
    wants: refusesAfterSignIn('token_failed/redirected'),
  },
  {
    id: 'N20',
    variant: 'two providers: the metadata of the first is a 500',
    source: CONSTRUCTED,
    change: (s) => {
      s.resource['authorization_servers'] = [`${s.mcp}/sign-in`, s.login];
      s.at(`${s.mcp}/.well-known/oauth-authorization-server/sign-in`, bare(500));
    },
    wants: connects(),
  },
  {
    id: 'N21',
    variant: 'two providers: the first has no metadata',
    source: CONSTRUCTED,
    change: (s) => (s.resource['authorization_servers'] = [`${s.mcp}/sign-in`, s.login]),
    wants: connects(),
  },
  {
    id: 'N22',
    variant: 'two providers, both dead',
    source: CONSTRUCTED,
    change: (s) => (s.resource['authorization_servers'] = [DEAD, 'https://gone.wild.example']),
    wants: refuses('network_error/unreachable'),
  },
  {
    id: 'N23',
    variant: 'two providers: the first calls itself by another name, which ends it',
    source: CONSTRUCTED,
    change: (s) => {
      s.resource['authorization_servers'] = [`${s.mcp}/sign-in`, s.login];
      s.at(`${s.mcp}/.well-known/oauth-authorization-server/sign-in`, () => json(s.metadata));
    },
    wants: refuses('issuer_mismatch/other_issuer'),
  },
  {
    id: 'N24',
    variant: 'the provider is down for an hour after the tokens have died, then back',
    source: 'seen by many as “logged out”',
    change: between(isRefresh, bare(503)),
    later: async (ours, server) => {
      const first = await afterTwoHours(ours, server);
      ours.pass(5 * MINUTE);
      server.between = () => undefined;
      ours.pass(HOUR);
      return `${first}; then ${await watched(ours, () => calls(ours, 2))}`;
    },
    wants: connects({
      later: `${DOWN}; then 200 200, 0 asked, 0 windows`,
    }),
  },
];
