/** Clocks that are wrong, and are put right (K); requests that come in crowds (M). */
import { bare, html, json, refusal } from '../answers.ts';
import { afterTwoHours, calls, DAY, HOUR, MINUTE, watched } from '../later.ts';
import { connects, type Later, type Row } from '../row.ts';
import type { Ours } from '../ours.ts';
import type { WildServer } from '../server.ts';
import { jwt } from './token.ts';

const CLOCK = 'worldmonitor#5932, authkit-nextjs#470, msal-js#3070';
const CONSTRUCTED = 'constructed';

/** The browser's clock is wrong by so much from the start, or put right with the opposite; the server's is right. */
const wrong = (ours: Ours, milliseconds: number) => (ours.world.elapsed += milliseconds);
/** Tokens die at the server, and the page calls. */
const killed = async (ours: Ours, server: WildServer, times = 1) => {
  server.kill();
  return calls(ours, times);
};

/** So many calls at one time; tells how they ended, and how often the token endpoint was asked meanwhile. */
const crowd =
  (times: number, most: number): Later =>
  async (ours, server) => {
    ours.pass(2 * HOUR);
    server.kill();
    const before = server.count('refresh');
    const seen = await watched(ours, async () => {
      const statuses = await Promise.all(Array.from({ length: times }, () => ours.call()));
      return `${times} × ${[...new Set(statuses)].join(' ')}`;
    });
    const requests = server.count('refresh') - before;
    return `${seen}, token requests ${requests <= most ? `at most ${most}` : requests}`;
  };

/** The same, one call after the other. */
const row =
  (times: number, most: number): Later =>
  async (ours, server) => {
    ours.pass(2 * HOUR);
    server.kill();
    const before = server.count('refresh');
    const seen = await watched(ours, async () => {
      const statuses = new Set((await calls(ours, times)).split(' '));
      return `${times} × ${[...statuses].join(' ')}`;
    });
    const requests = server.count('refresh') - before;
    return `${seen}, token requests ${requests <= most ? `at most ${most}` : requests}`;
  };

/** Groups K and M. */
export const CLOCK_ROWS: readonly Row[] = [
  {
    id: 'K01',
    variant: 'clock fast by three hours when a 401 is answered with a refresh, then put right',
    source: CLOCK,
    later: async (ours, server) => {
      wrong(ours, 3 * HOUR);
      const fast = await watched(ours, () => killed(ours, server));
      wrong(ours, -3 * HOUR);
      return `${fast}; then ${await watched(ours, () => killed(ours, server))}`;
    },
    wants: connects({ later: '200, 0 asked, 0 windows; then 200, 0 asked, 0 windows' }),
  },
  {
    id: 'K02',
    variant: 'clock fast by three hours when the sign-in is made anew, then put right',
    source: CLOCK,
    later: async (ours, server) => {
      wrong(ours, 3 * HOUR);
      server.killAll();
      const fast = await watched(ours, () => calls(ours, 1));
      wrong(ours, -3 * HOUR);
      return `${fast}; then ${await watched(ours, () => killed(ours, server, 2))}`;
    },
    wants: connects({ later: '200, 0 asked, 1 window; then 200 200, 0 asked, 0 windows' }),
  },
  {
    id: 'K03',
    variant: 'clock slow by three hours, then put right',
    source: CLOCK,
    later: async (ours, server) => {
      wrong(ours, -3 * HOUR);
      const slow = await watched(ours, () => killed(ours, server));
      wrong(ours, 3 * HOUR);
      return `${slow}; then ${await watched(ours, () => killed(ours, server))}`;
    },
    wants: connects({ later: '200, 0 asked, 0 windows; then 200, 0 asked, 0 windows' }),
  },
  {
    id: 'K04',
    variant: 'an ID token that is over by the browser’s clock, at the connection and at each refresh',
    source: 'executor#527, medplum#7787, openid-client#113',
    change: (s) => {
      const id_token = jwt({ iss: s.login, aud: 'x', exp: 1_600_000_000, iat: 1_599_990_000 });
      s.exchanged = (tokens) => ({ ...tokens, id_token });
      s.refreshed = s.exchanged;
    },
    wants: connects(),
  },
  {
    id: 'K05',
    variant: 'refusals of a refresh under a clock that is fast by a day, then put right',
    source: CLOCK,
    change: (s) => (s.refreshed = () => bare(503)),
    later: async (ours, server) => {
      wrong(ours, DAY);
      const fast = await watched(ours, () => killed(ours, server, 3));
      wrong(ours, -DAY);
      server.refreshed = (tokens) => tokens;
      return `${fast}; then ${await watched(ours, () => calls(ours, 1))}`;
    },
    wants: connects({ later: '401 401 401, 0 asked, 0 windows; then 200, 0 asked, 0 windows' }),
  },
  {
    id: 'K06',
    variant: 'Retry-After of a year',
    source: CONSTRUCTED,
    change: (s) =>
      (s.refreshed = () => ({ status: 429, headers: { 'retry-after': '31536000' }, body: '' })),
    later: async (ours, server) => {
      const first = await afterTwoHours(ours, server);
      server.refreshed = (tokens) => tokens;
      ours.pass(3 * HOUR);
      return `${first}; then ${await watched(ours, () => calls(ours, 1))}`;
    },
    wants: connects({ later: '401 401 401, 0 asked, 0 windows; then 200, 0 asked, 0 windows' }),
  },
  {
    id: 'M01',
    variant: 'refresh refused, 150 page calls: one sign-in',
    source: 'metabase#80389',
    change: (s) => (s.refreshed = () => refusal('invalid_request')),
    later: row(150, 3),
    wants: connects({ later: '150 × 200, 0 asked, 1 window, token requests at most 3' }),
  },
  {
    id: 'M02',
    variant: 'provider down, 150 page calls one after the other',
    source: 'constructed (DESIGN Z55)',
    change: (s) => (s.refreshed = () => bare(503)),
    later: row(150, 3),
    wants: connects({ later: '150 × 401, 0 asked, 0 windows, token requests at most 3' }),
  },
  {
    id: 'M03',
    variant: '20 page calls at once with a dead token: one refresh',
    source: CONSTRUCTED,
    later: crowd(20, 1),
    wants: connects({ later: '20 × 200, 0 asked, 0 windows, token requests at most 1' }),
  },
  {
    id: 'M04',
    variant: '20 page calls at once, each needs another scope: at most two questions',
    source: 'vscode#278708',
    change: (s) => {
      s.served = (request, held) => {
        const { method } = JSON.parse(request.body) as { method: string };
        const [, needed] = /^tool(\d+)$/.exec(method) ?? [];
        if (needed === undefined || held.split(' ').includes(`s${needed}`)) return undefined;
        const challenge = `Bearer error="insufficient_scope", scope="s${needed}"`;
        return { ...json({}, 403), headers: { 'www-authenticate': challenge } };
      };
    },
    later: async (ours) => {
      const before = ours.prompts;
      const all = Array.from({ length: 20 }, (_, i) => ours.call({ method: `tool${i}` }));
      const statuses = new Set(await Promise.all(all));
      const asked = ours.prompts - before;
      return `20 × ${[...statuses].join(' ')}, ${asked <= 2 ? 'at most 2' : asked} asked`;
    },
    wants: connects({ later: '20 × 200, at most 2 asked' }),
  },
  {
    id: 'M05',
    variant: 'refresh refused and nobody is looking: no window, and the popup says “sign in again”',
    source: 'constructed (DESIGN Z55)',
    change: (s) => (s.refreshed = () => refusal('invalid_grant')),
    later: async (ours, server) => {
      ours.world.inFront = false;
      const seen = await afterTwoHours(ours, server);
      const said = (await ours.saysSignInAgain()) ? 'sign in again' : 'nothing';
      return `${seen}; the popup says ${said}`;
    },
    wants: connects({ later: '401 401 401, 0 asked, 0 windows; the popup says sign in again' }),
  },
  {
    id: 'M06',
    variant: 'the worker stops between two calls',
    source: CONSTRUCTED,
    later: async (ours, server) => {
      ours.pass(2 * HOUR);
      server.kill();
      await ours.restart();
      return watched(ours, () => calls(ours, 3));
    },
    wants: connects(),
  },
];
void [html, MINUTE];
