/** Locks have names: the tests' lock keeps one queue for each, as Web Locks do, and the core asks for these (T-37, T-38). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insufficientScope, type World } from '../../flow/world.ts';
import { openMemoryWorld, type MemoryServers } from '../support/memory-world.ts';

let world: World<MemoryServers>;
beforeEach(async () => {
  world = await openMemoryWorld();
});
afterEach(() => world.close());

/** A task under a lock of the tests that says when it runs, and waits until it is let go. */
function holding(name: string) {
  const seen = { isRunning: false, letGo: (): void => undefined };
  const gate = new Promise<void>((resolve) => (seen.letGo = resolve));
  const done = world.ports.lock(name, () => {
    seen.isRunning = true;
    return gate;
  });
  return { seen, done };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Writes down which locks the core asks for from now on. */
function namesAsked(): string[] {
  const names: string[] = [];
  const { lock } = world.ports;
  world.ports.lock = (name, task) => {
    names.push(name);
    return lock(name, task);
  };
  return names;
}

describe('the lock of the tests', () => {
  it('lets one in at a time under the same name, in the order in which they came', async () => {
    const [first, second] = [holding('one'), holding('one')];
    await turn();
    expect([first.seen.isRunning, second.seen.isRunning]).toEqual([true, false]);
    first.seen.letGo();
    await first.done;
    await turn();
    expect(second.seen.isRunning).toBe(true);
  });

  it('does not let one name wait for another', async () => {
    const [first, second] = [holding('one'), holding('other')];
    await turn();
    expect([first.seen.isRunning, second.seen.isRunning]).toEqual([true, true]);
  });

  it('lets the next in when a task fails, and tells only who asked', async () => {
    const failed = world.ports.lock('one', () => Promise.reject(new Error('broken')));
    const next = world.ports.lock('one', () => Promise.resolve('in'));
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('in');
  });
});

describe('the locks of the core', () => {
  it('name what must not happen twice, for one site and server each (T-37, T-38, T-45)', async () => {
    const names = namesAsked();
    const { origin } = world.lab.siteA;
    const { access_token: rejected } = await world.getToken({ scopes: ['read'] });
    await world.getToken({ challenge: insufficientScope('write'), rejected });
    world.elapsed += 3_700_000;
    await world.getToken();
    await world.own.removeScope({
      origin,
      resource: world.resource,
      account: 'default',
      scope: 'write',
    });
    const own = [...new Set(names)].sort();
    expect(own).toContain(`refresh ${origin} ${world.resource} default`);
    expect(own).toContain(`register ${world.lab.provider.issuer} ${origin}`);
    const kinds = new Set(own.map((name) => name.split(' ')[0]));
    expect(
      [...kinds].filter((kind) => !['connect', 'refresh', 'register'].includes(kind!)),
    ).toEqual([]);
    expect(own.filter((name) => !name.includes(origin))).toEqual([]);
  });

  it('do not make one site wait for another, nor one server for another (T-37)', async () => {
    const other = `${world.resource}/other`;
    const sites = ['https://one.example', 'https://two.example'];
    for (const origin of sites) {
      await world.getToken({ scopes: ['read'] }, { origin });
      await world.getToken({ resource: other, scopes: ['read'] }, { origin });
    }
    world.elapsed += 3_700_000;
    const { http } = world.ports;
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    let held = 0;
    world.ports.http = async (...args) => {
      if ((held += 1) === 1) await gate;
      return http(...args);
    };
    const [origin] = sites;
    const slow = world.getToken({}, { origin: origin! });
    await expect.poll(() => held).toBe(1);
    // Were they one lock, none of these would end before the first is let go.
    await world.getToken({ resource: other }, { origin: origin! });
    await world.getToken({}, { origin: sites[1]! });
    letGo();
    expect((await slow).access_token).toContain('access');
  });
});
