/** A prompt whose window shows something else now: the browser, or the user, has put another page into it (W7). */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { World } from './world.ts';

let world: World;
/** The windows that show a prompt, and how many were opened in all. */
let prompts: Set<number>;
let opened: number;
/** The windows whose number the background has noted: one that is gone before that was closed by the user. */
let known: Set<number>;

beforeEach(async () => {
  world = await World.open();
  world.choices = { login: 'alice' };
  prompts = new Set();
  opened = 0;
  known = new Set();
  world.ports.promptWindow = {
    open: () => {
      prompts.add(++opened);
      return Promise.resolve(opened);
    },
    isOpen: (window) => {
      known.add(window);
      return Promise.resolve(prompts.has(window));
    },
    focus: () => Promise.resolve(),
    stepAside: () => Promise.resolve(),
    close: (window) => {
      prompts.delete(window);
      return Promise.resolve();
    },
  };
});
afterEach(() => world.close());

/** Waits for the prompt to be shown, in the last of so many windows. */
async function shownIn(windows: number): Promise<void> {
  await expect.poll(() => [opened, known.has(windows)]).toEqual([windows, true]);
}

/** Allows whatever is asked, as often as it is asked, until the call has ended. */
async function allowAll<T>(call: Promise<T>): Promise<T> {
  const user = setInterval(() => {
    void world.own.pending({}).then(async (questions) => {
      for (const { flow, nonce, digest } of questions) {
        await world.own.decide({ flow, nonce, digest, decision: 'allow' });
      }
    });
  }, 10);
  return call.finally(() => clearInterval(user));
}

it('is shown again for the next call, which waits for the same question', async () => {
  const first = world.getToken({ scopes: ['notes:read'] });
  await shownIn(1);
  prompts.clear();
  const second = world.getToken({ scopes: ['notes:read'] });
  await shownIn(2);
  const [one, other] = await allowAll(Promise.all([first, second]));
  expect(one.access_token).toBe(other.access_token);
  expect(opened).toBe(2);
});

it('stays where it is, and one, while it shows the prompt', async () => {
  const first = world.getToken({ scopes: ['notes:read'] });
  await shownIn(1);
  const second = world.getToken({ scopes: ['notes:read'] });
  await allowAll(Promise.all([first, second]));
  expect(opened).toBe(1);
});

it('is no question that is open for the next worker', async () => {
  const lost = world.getToken({ scopes: ['notes:read'] });
  lost.catch(() => undefined);
  await shownIn(1);
  prompts.clear();
  await world.restart();
  expect(await world.own.pending({})).toEqual([]);
  expect(await allowAll(world.getToken({ scopes: ['notes:read'] }))).toHaveProperty('access_token');
  expect(opened).toBe(2);
});
