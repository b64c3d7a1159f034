/** An MCP server's address may hold a key. The grant works by all of it; nothing that people read or send on has it (T-32). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileOf } from '../../../src/popup/activity/activity-file.ts';
import { traceText } from '../../../src/popup/activity/trace-text.ts';
import { reportOf } from '../../../src/popup/consent/report.ts';
import { insufficientScope, type World } from '../../flow/world.ts';
import { reportBar } from '../../support/bars.ts';
import { openMemoryWorld, type MemoryServers } from '../support/memory-world.ts';

const KEY = 'a8F3kq92ZxL0vTyB7mNc';
const ENCODED = 'a8%2FF3+kq92ZxL0vTyB7mNc%3D%3D';
const WAYS = [
  `/mcp?api_key=${KEY}`,
  `/mcp?token=${ENCODED}&page=1`,
  `/mcp/${KEY}`,
  `/${KEY}/mcp`,
  `/mcp/6f1c2a9e-77aa-4c1b-9d0e-1f2a3b4c5d6e`,
  `/mcp?${KEY}`,
];

let world: World<MemoryServers>;
beforeEach(async () => {
  world = await openMemoryWorld();
});
afterEach(() => world.close());

/** The token endpoint refuses everything in these words. */
function refuseWith(words: string): void {
  const { http } = world.ports;
  const answer = { error: 'invalid_grant', error_description: words };
  world.ports.http = (url, init, limits) =>
    url.endsWith('/token')
      ? Promise.resolve(Response.json(answer, { status: 400 }))
      : http(url, init, limits);
}

/** Everything that the user may look up, copy or save. */
async function readable(): Promise<string> {
  const { rows } = await world.own.activity({ limit: 500 });
  const summaries = await world.own.traces({});
  const traces = await Promise.all(summaries.map(({ id }) => world.own.trace({ id })));
  const pending = await world.own.pending({});
  const failures = pending.flatMap(({ failure }) => failure ?? []);
  const words = { owner: 'owner', at: 0, version: '1' };
  return [
    fileOf(rows),
    JSON.stringify([rows, summaries, traces, failures]),
    JSON.stringify(pending.filter(({ failure }) => failure)),
    ...traces.flatMap((trace) => (trace ? traceText(trace) : [])),
    ...failures.map((failure) => reportOf(failure, words)),
    JSON.stringify(await world.own.exportSettings({})),
  ].join('\n');
}

/** In each form in which it may be repeated. */
function hits(text: string, way: string): string[] {
  const secret = /[?=]([^?=&]{20}[^&]*)|\/([\w-]{20,})/.exec(way)!.slice(1).find(Boolean)!;
  const plain = decodeURIComponent(secret);
  const forms = [secret, plain, encodeURIComponent(secret), encodeURIComponent(plain)];
  return forms.filter((form) => text.includes(form));
}

describe.each(WAYS)('a server at %s', (way) => {
  it('is connected, widened, renewed, refused and disconnected, and its key is read nowhere (T-32)', async () => {
    const resource = new URL(way, world.resource).href;
    const { origin } = world.lab.siteA;
    const first = await world.getToken({ resource, scopes: ['notes:read'] });
    const challenge = insufficientScope('notes:write');
    const { access_token: rejected } = first;
    await world.getToken({ resource, challenge, rejected });
    world.elapsed += 3_700_000;
    expect((await world.getToken({ resource })).access_token).not.toBe(rejected);
    const held = await world.ports.store.findGrant(origin, resource);
    expect(held?.resource).toBe(resource);
    expect((await world.own.grants({}))[0]?.resource).toBe(resource);
    // The filter of the log takes the address as the grant has it.
    const { rows } = await world.own.activity({ limit: 50, resource });
    expect(rows.map(({ kind }) => kind)).toContain('connected');
    await world.own.disconnect({ origin, resource, account: 'default' });
    world.elapsed += 3_700_000;
    refuseWith(`no such server: ${decodeURIComponent(resource)}`);
    await expect(world.getToken({ resource, scopes: ['notes:read'] })).rejects.toThrow();
    const text = await readable();
    expect(text).toContain('token_failed');
    expect(text).toContain('…');
    const found = hits(text, way);
    expect(found).toEqual([]);
    reportBar(`L-ADDRESS ${shape(way)}`, { characters: text.length, hits: found.length });
  });

  it('keeps its key to the grant on the disk: the log and the traces there have none (T-32, T-34)', async () => {
    const resource = new URL(way, world.resource).href;
    await world.getToken({ resource, scopes: ['notes:read'] });
    await readable();
    const { store } = world.ports;
    const rows = await store.queryActivity({ limit: 500 });
    const text = JSON.stringify([rows, await store.listTraces()]);
    expect(rows.rows.map(({ kind }) => kind)).toContain('used');
    expect(hits(text, way)).toEqual([]);
  });
});

const shape = (way: string) => way.replace(/[\w%+-]{20,}/g, 'KEY');
