/** A server that grants more than anybody asked for: the ceiling is an invariant (Z23). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
  const { http } = world.ports;
  // The real server names what it granted; this one names one scope more.
  world.ports.http = async (url, init, limits) => {
    const response = await http(url, init, limits);
    if (!url.endsWith('/token') || !response.ok) return response;
    const body = (await response.json()) as { scope: string };
    return Response.json({ ...body, scope: `${body.scope} notes:admin` });
  };
});
afterEach(() => world.close());

const stages = () => world.prompts.map(({ stage }) => stage);

describe('excess scope', () => {
  it('is shown, and the token is handed out once it is allowed (Z23, T-44)', async () => {
    const token = await world.getToken({ scopes: ['notes:read'] });
    expect(stages()).toEqual(['reach', 'allow', 'excess']);
    expect(world.prompts.at(-1)?.scopes.added).toEqual(['notes:admin']);
    expect(token.scope).toContain('notes:admin');
    expect((await world.getToken()).access_token).toBe(token.access_token);
    expect(stages().length).toBe(3);
  });

  it('is not used when it is denied: the tokens are revoked, and nothing is asked again (Z23, Z24)', async () => {
    world.answer = ({ stage }) => (stage === 'excess' ? 'deny' : 'allow');
    const denied = { code: 'access_denied' };
    await expect(world.getToken({ scopes: ['notes:read'] })).rejects.toMatchObject(denied);
    expect(world.lab.ledger.cost().revocations).toBe(2);
    await expect(world.getToken({ scopes: ['notes:read'] })).rejects.toMatchObject(denied);
    expect(stages().length).toBe(3);
    expect(world.lab.ledger.cost().authorizations).toBe(1);
  });

  it('waits for the user: a page that leaves takes the question along, and no token is lost', async () => {
    world.answer = ({ stage }) => (stage === 'excess' ? 'ignore' : 'allow');
    const call = world.getToken({ scopes: ['notes:read'] });
    const isOver = expect(call).rejects.toThrow();
    await expect.poll(stages).toContain('excess');
    world.pageOf().leave();
    await isOver;
    await expect.poll(() => world.openPrompts).toBe(0);
    expect(world.lab.ledger.cost().revocations).toBe(0);
    world.answer = () => 'allow';
    await expect(world.getToken({ scopes: ['notes:read'] })).resolves.toBeDefined();
    expect(world.lab.ledger.cost().authorizations).toBe(1);
  });
});
