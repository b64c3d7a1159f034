/** Clocks that are wrong, and are put right (K). */
import { bare } from '../answers.ts';
import { afterTwoHours, calls, DAY, DOWN, HOUR, watched } from '../later.ts';
import { connects, type Row } from '../row.ts';
import type { Ours } from '../ours.ts';
import type { WildServer } from '../server.ts';
import { jwt } from './secret.ts';

const CLOCK = 'worldmonitor#5932, authkit-nextjs#470, msal-js#3070';
const CONSTRUCTED = 'constructed';

/** The browser's clock is wrong by so much from the start, or put right with the opposite; the server's is right. */
const wrong = (ours: Ours, milliseconds: number) => (ours.world.elapsed += milliseconds);
/** Tokens die at the server, and the page calls. */
const killed = async (ours: Ours, server: WildServer, times = 1) => {
  server.kill();
  return calls(ours, times);
};

/** Group K. */
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
    variant:
      'an ID token that is over by the browser’s clock, at the connection and at each refresh',
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
    wants: connects({ later: `${DOWN}; then 200, 0 asked, 0 windows` }),
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
    wants: connects({ later: `${DOWN}; then 200, 0 asked, 0 windows` }),
  },
];
