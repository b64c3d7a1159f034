/**
 * Sign-ins are one at a time in the whole browser, so none may last without a bound (T-41, PF-11). The sign-in window is
 * the product's own, over a browser that is played.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWindows } from '../background/browser/fake-windows.ts';
import { UserAgent } from '../demo/user-agent.ts';
import { codeOf } from './calls.ts';
import { World } from './world.ts';

const LIFETIME = 3_600_000;

let world: World;
let windows: FakeWindows;
/** The pauses under way, to be ended by hand. */
let waits: { milliseconds: number; end: () => void }[];
/** Addresses at which a sign-in window was opened, in order. */
let launched: string[];
/** Whether the next sign-in page leads nowhere. */
let isStuck: boolean;

beforeEach(async () => {
  vi.resetModules();
  windows = new FakeWindows();
  [waits, launched, isStuck] = [[], [], true];
  vi.doMock('webextension-polyfill', () => ({ default: windows.browser }));
  const { authWindow } = await import('../../src/background/browser/auth-window.ts');
  world = await World.open();
  const { redirectUri } = world.ports.authWindow;
  world.ports.authWindow = { ...authWindow, redirectUri };
  world.ports.pause = (milliseconds) => new Promise((end) => waits.push({ milliseconds, end }));
  windows.launch = launch;
});
afterEach(async () => {
  vi.doUnmock('webextension-polyfill');
  await world.close();
});

/** What the browser does: a window opens, and it ends with the redirect, or when it is closed. */
async function launch(url: string): Promise<string> {
  launched.push(url);
  const window = windows.add({ url, status: 'complete' });
  if (!isStuck) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { location } = await new UserAgent().open(url);
    await windows.browser.windows.remove(window);
    return location!.href;
  }
  isStuck = false;
  await vi.waitUntil(() => !windows.open.includes(window), { timeout: 5000 });
  throw new Error('The user did not approve access.');
}

const timeOver = () => {
  for (const { milliseconds, end } of waits) if (milliseconds === LIFETIME) end();
};
const noted = async () => (await world.ports.store.listFlows()).map((flow) => flow.signInWindow);

describe('a sign-in page that leads nowhere', () => {
  it('is closed when its time is over: its site hears of it, and the next sign-in has its turn (T-41)', async () => {
    const { siteA, siteB } = world.lab;
    const stuck = [1, 2].map(() => world.getToken({}, siteA).catch((error: unknown) => error));
    await expect.poll(noted).toEqual([1]);
    const other = world.getToken({}, siteB).then(() => 'a token', codeOf);
    await expect.poll(() => world.prompts.length).toBe(4);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(launched.length).toBe(1);
    timeOver();
    const reason = { code: 'authorization_failed', detail: { reason: 'sign_in_expired' } };
    expect(await Promise.all(stuck)).toMatchObject([reason, reason]);
    expect(await other).toBe('a token');
    expect([launched.length, windows.open]).toEqual([2, []]);
  });

  it('that the user has closed leaves nothing for later: a new window is not closed in its place', async () => {
    const { siteA } = world.lab;
    const closed = world.getToken({}, siteA).catch(codeOf);
    await expect.poll(noted).toEqual([1]);
    await windows.browser.windows.remove(1);
    expect(await closed).toBe('access_denied');
    const close = vi.spyOn(world.ports.authWindow, 'close');
    timeOver();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(close).not.toHaveBeenCalled();
  });

  it('does not lead to the window of a site that was turned away while it waited for its turn (Z40)', async () => {
    const { siteA, siteB } = world.lab;
    const first = world.getToken({}, siteA).catch(codeOf);
    await expect.poll(noted).toEqual([1]);
    const second = world.getToken({}, siteB).catch(codeOf);
    await expect.poll(() => world.prompts.length).toBe(4);
    await expect
      .poll(async () => (await world.ports.store.listFlows()).map(({ stage }) => stage))
      .toEqual(['authorizing', 'authorizing']);
    await world.own.pause({ origin: siteB.origin, paused: true });
    await windows.browser.windows.remove(1);
    expect(await first).toBe('access_denied');
    expect(await second).not.toBe(undefined);
    expect([launched.length, windows.open]).toEqual([1, []]);
  });

  it('keeps the moment at which its window opened, whatever pop-ups come after it (T-41)', async () => {
    const call = world.getToken({}, world.lab.siteA).catch(codeOf);
    await expect.poll(noted).toEqual([1]);
    const started = async () => (await world.ports.store.listFlows())[0]?.startedAt;
    const before = await started();
    world.elapsed += 60_000;
    windows.add({ url: 'https://as.example/help', status: 'complete' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([await started(), await noted()]).toEqual([before, [1]]);
    await windows.browser.windows.remove(1);
    await call;
  });
});
