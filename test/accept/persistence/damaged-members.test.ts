/** T-46: members that came with one part, and the check of rows that came with another. */
import { openDB } from 'idb';
import { afterEach, expect, it } from 'vitest';
import { HUB, KNOWN, LOGIN, Paper, provider, SITE, tokenOf } from '../../support/hub-on-paper.ts';

let paper: Paper;
afterEach(() => paper.world.close());

async function connected() {
  paper = await Paper.open();
  Object.assign(paper.documents, provider(LOGIN), {
    [HUB + KNOWN]: { resource: HUB, authorization_servers: [LOGIN] },
  });
  await paper.ask(HUB);
}

it.each([
  ['shown', ['wide']],
  ['shown', 5],
  ['shown', null],
  ['shown', {}],
  ['declared', 7],
  ['legacy', {}],
  ['overrides', ['another']],
  ['overrides', 'pkce'],
  ['overrides', ['pkce']],
])('a grant whose %s is %j does not keep its site out forever (T-46)', async (member, value) => {
  await connected();
  const db = await openDB(paper.world.database);
  const row = (await db.get('grants', [SITE, HUB, 'default'])) as Record<string, unknown>;
  await db.put('grants', { ...row, [member]: value });
  db.close();
  await paper.world.ports.store.chooseAccount({ origin: 'x', resource: 'x', account: 'x' });
  await paper.world.restart();
  const outcomes = [];
  for (let tries = 0; tries < 2; tries += 1) {
    paper.world.elapsed += 700_000;
    outcomes.push(await paper.ask(HUB, { scopes: ['read', `write${tries}`] }));
  }
  expect(tokenOf(outcomes.at(-1))).toBeDefined();
  expect(paper.authorized.at(-1)?.searchParams.get('resource')).toBe(HUB);
});

it.each(['https://fine.example', undefined, null, {}])(
  'a row of the log whose origin is %j lets the ring turn (T-46, T-50)',
  async (origin) => {
    await connected();
    const { store } = paper.world.ports;
    const db = await openDB(paper.world.database);
    await db.add('activity', { kind: 'failed', at: 1, scopes: [], origin });
    await db.put('traces', { id: 'x', at: 1, resource: 'x', outcome: 'done', steps: [], origin });
    db.close();
    const failures = Array.from({ length: 400 }, (_, at) => ({
      kind: 'failed' as const,
      at,
      origin: 'https://loud.example',
      scopes: [],
    }));
    for (let i = 0; i < 4; i += 1)
      await store.addActivity(failures.slice(i * 100, i * 100 + 100)).catch(() => undefined);
    const { rows } = await store.queryActivity({ limit: 5000 });
    expect(rows.filter((row) => row.origin === 'https://loud.example').length).toBeLessThan(350);
    const trace = { id: 'y', at: 2, origin: SITE, resource: 'x', outcome: 'done', steps: [] };
    await store.saveTrace(trace as never).catch(() => undefined);
    expect((await store.listTraces()).map(({ id }) => id)).toContain('y');
  },
);
