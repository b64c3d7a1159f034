/** The user takes fewer permissions than are asked for: what is ticked is what is requested, through the real doors (Z45). */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { PromptSnapshot } from '../../src/shared/prompt.ts';
import { insufficientScope, World, type Answer } from './world.ts';

const NOTES = ['notes:read', 'notes:write', 'notes:delete'];

let world: World;
/** The scopes of each authorization request, in order. */
let requests: string[][];

afterEach(() => world.close());

async function open(): Promise<void> {
  world = await World.open();
  requests = [];
  const { open: openWindow } = world.ports.authWindow;
  world.ports.authWindow.open = (url, ...rest) => {
    requests.push((new URL(url).searchParams.get('scope') ?? '').split(' '));
    return openWindow(url, ...rest);
  };
}

const ticking =
  (...scopes: string[]) =>
  ({ stage }: PromptSnapshot): Answer =>
    stage === 'allow' ? { decision: 'allow', scopes } : 'allow';

const added = () => world.prompts.filter(({ stage }) => stage === 'allow').at(-1)?.scopes.added;
const held = () => world.ports.store.findGrant(world.lab.siteA.origin, world.resource);

describe('what the user ticks', () => {
  it('is what is requested, and the call that asked for more gets its token after one question (Z45)', async () => {
    await open();
    world.answer = ticking('notes:read');
    const token = await world.getToken({ scopes: ['notes:read', 'notes:write'] });
    expect(token.scope).toBe('notes:read');
    expect(requests).toEqual([['notes:read']]);
    expect(await held()).toMatchObject({ requested: ['notes:read'], ceiling: ['notes:read'] });
    expect(world.prompts.filter(({ stage }) => stage === 'allow')).toHaveLength(1);
  });

  it('leaves the rest to an ordinary step-up, which is neither silent nor refused (Z45)', async () => {
    await open();
    world.answer = ticking('notes:read');
    const { access_token: rejected } = await world.getToken({
      scopes: ['notes:read', 'notes:write'],
    });
    expect(await held()).toMatchObject({ unmet: {} });
    world.answer = () => 'allow';
    const challenge = insufficientScope('notes:write');
    const more = await world.getToken({ challenge, rejected });
    expect(added()).toEqual(['notes:write']);
    expect(more.scope.split(' ').sort()).toEqual(['notes:read', 'notes:write']);
    expect((await held())?.leftOut).toEqual(['offline_access']);
  });

  it('is not asked about again by a mere suggestion (Z45)', async () => {
    await open();
    world.answer = ticking('notes:read');
    await world.getToken({ scopes: ['notes:read', 'notes:write'] });
    const { length } = world.prompts;
    await world.getToken({ challenge: 'Bearer scope="notes:write"' });
    expect(world.prompts).toHaveLength(length);
  });

  it('of a step-up ends the call that needed the rest, without a second question (Z45)', async () => {
    await open();
    const { access_token: rejected } = await world.getToken({ scopes: ['notes:read'] });
    world.answer = ticking('notes:write');
    const challenge = insufficientScope('notes:write', 'notes:delete');
    const error: unknown = await world
      .getToken({ challenge, rejected })
      .catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'insufficient_scope' });
    expect(requests.at(-1)).not.toContain('notes:delete');
    expect(world.prompts.filter(({ stage }) => stage === 'allow')).toHaveLength(2);
  });

  it('stands when the worker is stopped before the sign-in (Z4)', async () => {
    await open();
    world.answer = ticking('notes:read');
    const { open: openWindow } = world.ports.authWindow;
    let isFirst = true;
    world.ports.authWindow.open = (...opening) => {
      if (!isFirst) return openWindow(...opening);
      isFirst = false;
      return new Promise(() => undefined);
    };
    void world.getToken({ scopes: ['notes:read', 'notes:write'] }).catch(() => undefined);
    await expect.poll(() => isFirst).toBe(false);
    await world.restart();
    await world.getToken({ scopes: ['notes:read', 'notes:write'] });
    expect(requests.at(-1)).toEqual(['notes:read']);
    expect(world.prompts.filter(({ stage }) => stage === 'allow')).toHaveLength(1);
  });
});

it('requested is within ticked in every case: whatever is asked for, and ticked, and in what order (Z45, T-18)', async () => {
  const steps = fc.array(
    fc.record({
      asked: fc.subarray(NOTES, { minLength: 1 }),
      off: fc.subarray([...NOTES, 'offline_access']),
      isForbidden: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      await open();
      const allowed = new Set<string>();
      let rejected: string | undefined;
      for (const { asked, off, isForbidden } of all) {
        world.answer = ({ stage, scopes }) => {
          if (stage !== 'allow') return 'allow';
          const rest = scopes.added.filter((one) => !off.includes(one));
          const isNamed = rest.some((one) => one !== 'offline_access');
          const ticked = isNamed ? rest : scopes.added;
          for (const one of ticked) allowed.add(one);
          return { decision: 'allow', scopes: ticked };
        };
        const forbidden = isForbidden && rejected !== undefined;
        const params = forbidden
          ? { challenge: insufficientScope(...asked), rejected: rejected! }
          : { scopes: asked };
        const token = await world.getToken(params).catch(() => undefined);
        rejected = token?.access_token ?? rejected;
        for (const scopes of requests) expect([...allowed]).toEqual(expect.arrayContaining(scopes));
      }
      expect(requests.length).toBeGreaterThan(0);
      await world.close();
    }),
    { numRuns: 25 },
  );
  await open();
}, 120_000);
