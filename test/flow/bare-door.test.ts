/** Servers without metadata as a page meets them: through the port of a carried request (Z26, Z37, Z38). */
import { afterEach, describe, expect, it } from 'vitest';
import { startBareServer, type BareServers, type Manner } from './bare-servers.ts';
import { post, rpc } from './carrying.ts';
import { World } from './world.ts';

const HEADER = 'X-Key';
const RIGHT = 'right-0123456789';

let world: World<BareServers>;
afterEach(() => world.close());

const open = async (manner: Partial<Manner>) =>
  (world = await World.beside(await startBareServer(manner)));
const list = (more: Parameters<World['carry']>[0] = {}) =>
  world.carry(post(rpc('tools/list'), more)).ended();
/** The page's own request was answered 401, or with what a page may not read. */
const afterRefusal = () => list({ refused: { status: 401 } });
const afterSilence = () => list({ refused: {} });
const questions = () =>
  world.prompts.map(({ stage, credential, keyRefused }) =>
    [stage, credential, keyRefused && 'again'].filter(Boolean).join(' '),
  );
/** A user who enters these keys, one after the other. */
const entering = (...values: string[]) => {
  world.answer = ({ credential }) =>
    credential === 'key'
      ? { decision: 'allow', key: { header: HEADER, value: values.shift() ?? '' } }
      : 'allow';
};

describe('a carried request to a server without metadata', () => {
  it('arrives at a public one after one question, with nothing attached (Z38)', async () => {
    await open({ stranger: { status: 200 } });
    const { head } = await afterSilence();
    expect(head?.status).toBe(200);
    expect(questions()).toEqual(['reach', 'allow none']);
    expect(world.lab.seen.at(-1)?.body).toContain('tools/list');
    expect(world.lab.seen.at(-1)?.headers).not.toHaveProperty('authorization');
    expect((await list()).head?.status).toBe(200);
    expect(world.prompts).toHaveLength(2);
  });

  it('has the key that the user enters when the first one was wrong, and the page has neither (Z37)', async () => {
    await open({ key: { header: HEADER, value: RIGHT } });
    entering('wrong-0123456789', RIGHT);
    const request = await afterRefusal();
    expect(request.head?.status).toBe(200);
    expect(questions()).toEqual(['reach', 'allow key', 'allow key again']);
    expect(JSON.stringify(request.said)).not.toMatch(/right-|wrong-/);
    expect(world.lab.seen.at(-1)?.headers).toHaveProperty(HEADER.toLowerCase(), RIGHT);
  });

  it('gets the server’s 401 once the second key is wrong too, and nobody is asked on (Z37)', async () => {
    await open({ key: { header: HEADER, value: RIGHT } });
    entering('wrong-0123456789', 'wrong-9876543210', 'wrong-5555555555');
    expect((await afterRefusal()).head?.status).toBe(401);
    expect((await list()).head?.status).toBe(401);
    expect(questions()).toEqual(['reach', 'allow key', 'allow key again']);
  });

  it('says that access to the host is missing, and is not sent (Z33)', async () => {
    await open({ stranger: { status: 200 } });
    await afterSilence();
    world.hostAccess = () => false;
    const sent = world.lab.seen.length;
    const { error, head, instead } = await list();
    expect([error?.code, head, instead]).toEqual(['host_access_required', undefined, undefined]);
    expect(world.lab.seen).toHaveLength(sent);
  });
});
