/** Requests that come in crowds, and a person who is not looking (M). */
import { bare, json, refusal } from '../answers.ts';
import { afterTwoHours, calls, HOUR, watched } from '../later.ts';
import { connects, type Later, type Row } from '../row.ts';
import type { Ours } from '../ours.ts';
import type { WildServer } from '../server.ts';

const CONSTRUCTED = 'constructed';

/** Calls after every token has died; tells how they ended, and how often the token endpoint was asked meanwhile. */
const counting =
  (times: number, most: number, call: (ours: Ours) => Promise<string[]>): Later =>
  async (ours, server) => {
    ours.pass(2 * HOUR);
    server.kill();
    const before = server.count('refresh');
    const seen = await watched(
      ours,
      async () => `${times} × ${[...new Set(await call(ours))].join(' ')}`,
    );
    const requests = server.count('refresh') - before;
    return `${seen}, token requests ${requests <= most ? `at most ${most}` : requests}`;
  };

/** So many calls at one time. */
const atOnce = (times: number, most: number) =>
  counting(times, most, (ours) => Promise.all(Array.from({ length: times }, () => ours.call())));

/** So many calls, one after the other. */
const inARow = (times: number, most: number) =>
  counting(times, most, async (ours) => (await calls(ours, times)).split(' '));

/** The tool of each number needs a scope of its own. */
const wantsScopes = (s: WildServer): void => {
  s.served = (request, held) => {
    const { method } = JSON.parse(request.body) as { method: string };
    const [, needed] = /^tool(\d+)$/.exec(method) ?? [];
    if (needed === undefined || held.split(' ').includes(`s${needed}`)) return undefined;
    const challenge = `Bearer error="insufficient_scope", scope="s${needed}"`;
    return { ...json({}, 403), headers: { 'www-authenticate': challenge } };
  };
};

/** Group M. */
export const CROWD_ROWS: readonly Row[] = [
  {
    id: 'M01',
    variant: 'refresh refused, 150 page calls: one sign-in',
    source: 'metabase#80389',
    change: (s) => (s.refreshed = () => refusal('invalid_request')),
    later: inARow(150, 3),
    wants: connects({ later: '150 × 200, 0 asked, 1 window, token requests at most 3' }),
  },
  {
    id: 'M02',
    variant: 'provider down, 150 page calls one after the other',
    source: 'constructed (DESIGN Z55)',
    change: (s) => (s.refreshed = () => bare(503)),
    later: inARow(150, 3),
    wants: connects({
      later: '150 × 401 network_error, 0 asked, 0 windows, token requests at most 3',
    }),
  },
  {
    id: 'M03',
    variant: '20 page calls at once with a dead token: one refresh',
    source: CONSTRUCTED,
    later: atOnce(20, 1),
    wants: connects({ later: '20 × 200, 0 asked, 0 windows, token requests at most 1' }),
  },
  {
    id: 'M04',
    variant: '20 page calls at once, each needs another scope: at most two questions',
    source: 'vscode#278708',
    change: wantsScopes,
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
  {
    id: 'M07',
    variant: 'three calls at once that need different scopes, and the sign-in window is closed',
    source: 'nango#571, FlowCrypt#207',
    change: wantsScopes,
    later: (ours) => {
      ours.closes = true;
      const tools = [1, 2, 3].map((number) => `tool${number}`);
      return watched(ours, async () => {
        const seen = await Promise.all(tools.map((method) => ours.call({ method })));
        return seen.join(' ');
      });
    },
    wants: connects({ later: '403 403 403, 1 asked, 1 window' }),
  },
  {
    id: 'M08',
    variant: 'the person disconnects, and the page ends its session with a DELETE',
    source: 'pi-mcp-adapter#121, obot#7046',
    later: async (ours) => {
      const [grant] = await ours.world.own.grants({});
      if (!grant) throw new Error('There is no grant');
      const { origin, resource, account } = grant;
      await ours.world.own.disconnect({ origin, resource, account });
      return watched(ours, () => ours.send({ method: 'DELETE' }));
    },
    wants: connects({ later: '401, 0 asked, 0 windows' }),
  },
];
