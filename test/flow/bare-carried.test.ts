/** What reaches a server without metadata when a request is carried there: the user's key, or nothing (Z37, Z38). */
import { afterEach, describe, expect, it } from 'vitest';
import { Carriage } from '../../src/background/access/carriage.ts';
import { credentialOf } from '../../src/background/access/credential-of.ts';
import { nodeStream } from '../support/node-stream.ts';
import { startBareServer, type BareServers, type Manner } from './bare-servers.ts';
import { post, rpc } from './carrying.ts';
import { World } from './world.ts';

const SECRET = 'canary-k3y-0123456789';
let world: World<BareServers>;
afterEach(() => world.close());

const connected = async (manner: Partial<Manner>, key?: { header: string; value: string }) => {
  world = await World.beside(await startBareServer(manner));
  world.answer = ({ credential }) =>
    credential === 'key' && key ? { decision: 'allow', key } : 'allow';
  await world.getToken({ challenge: 'Bearer' }).catch(() => undefined);
};

/** One tool call, with headers that a page might set itself. */
const carry = async (headers: [string, string][] = []) => {
  const { origin } = world.lab.siteA;
  const request = {
    origin,
    url: world.resource,
    method: 'POST',
    headers: [['content-type', 'application/json'], ...headers] as [string, string][],
    body: new TextEncoder().encode('{"jsonrpc":"2.0","id":1,"method":"tools/call"}'),
    interactive: false,
    limits: { stepUps: 0, age: 60_000 },
  };
  const credential = async () => {
    const held = (await world.life.ports.store.findGrant(origin, world.resource))!;
    return credentialOf(held, world.life.ports);
  };
  return new Carriage(request, {
    now: world.ports.now,
    stream: nodeStream,
    credential,
    sending: () => undefined,
    signal: new AbortController().signal,
  }).run();
};
const arrived = () => world.lab.seen.at(-1)!.headers;

describe('a carried request', () => {
  it.each([
    ['Authorization', `Bearer ${SECRET}`],
    ['X-API-Key', SECRET],
  ])('has the key as %s, whatever the page has put there (Z37)', async (header, value) => {
    await connected({ key: { header, value } }, { header, value });
    const { status, secret } = await carry([[header.toLowerCase(), 'of-the-page']]);
    expect(status).toBe(200);
    expect(arrived()[header.toLowerCase()]).toBe(value);
    // What the answer is searched for.
    expect(secret).toBe(SECRET);
  });

  it('has nothing attached at a public server (Z38)', async () => {
    await connected({ stranger: { status: 200 } });
    const { status, secret } = await carry();
    expect({ status, secret }).toEqual({ status: 200, secret: undefined });
    expect(arrived()).not.toHaveProperty('authorization');
    expect(arrived()).not.toHaveProperty('cookie');
  });

  it('goes nowhere a redirect leads, and its trace says that it was one (T-27, Z29)', async () => {
    await connected(
      { key: { header: 'X-Key', value: SECRET } },
      { header: 'X-Key', value: SECRET },
    );
    Object.assign(world.lab.manner, { key: undefined, stranger: { status: 307 } });
    const before = world.lab.seen.length;
    const { error } = await world.carry(post(rpc('ping'))).ended();
    expect(error?.code).toBe('network_error');
    expect(world.lab.seen.length - before).toBe(1);
    const { rows } = await world.own.activity({ limit: 5 });
    expect(rows.find(({ kind }) => kind === 'failed')).toMatchObject({ reason: 'redirected' });
  });

  it('has the new key once it is replaced, and none once it is removed (Z37)', async () => {
    const [former, next] = ['first-0123456789', SECRET].map((value) => ({
      header: 'X-Key',
      value,
    }));
    await connected({ key: next! }, former);
    expect((await carry()).status).toBe(401);
    const about = { resource: world.resource, account: 'default' };
    await world.own.replaceKey({ ...about, key: next! });
    expect((await carry()).status).toBe(200);
    await world.own.removeKey(about);
    const before = world.lab.seen.length;
    await expect(carry()).rejects.toThrow();
    expect(world.lab.seen).toHaveLength(before);
  });
});
