/** Access to hosts, as the browser tells it: not asked for with every request, and never believed once it is gone. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { hasHostAccess as HasHostAccess } from '../../../src/background/browser/host-access.ts';

const PATTERN = 'https://mcp.example/*';

const { browser, fire, state } = vi.hoisted(() => {
  const listeners = { onAdded: new Set<() => void>(), onRemoved: new Set<() => void>() };
  const event = (name: keyof typeof listeners) => ({
    addListener: (heard: () => void) => listeners[name].add(heard),
  });
  const held = { looks: 0, isHeld: true, before: () => Promise.resolve() };
  const contains = async () => {
    held.looks += 1;
    const { isHeld } = held;
    await held.before();
    return isHeld;
  };
  return {
    browser: {
      permissions: { contains, onAdded: event('onAdded'), onRemoved: event('onRemoved') },
    },
    fire: (name: keyof typeof listeners) => listeners[name].forEach((heard) => heard()),
    state: held,
  };
});
vi.mock('webextension-polyfill', () => ({ default: browser }));

let hasHostAccess: typeof HasHostAccess;
beforeEach(async () => {
  Object.assign(state, { looks: 0, isHeld: true, before: () => Promise.resolve() });
  vi.resetModules();
  ({ hasHostAccess } = await import('../../../src/background/browser/host-access.ts'));
});

describe('access to a host', () => {
  it('is looked up once for requests that follow one another', async () => {
    for (let i = 0; i < 20; i += 1) expect(await hasHostAccess([PATTERN])).toBe(true);
    expect(state.looks).toBe(1);
    expect(await hasHostAccess(['https://other.example/*'])).toBe(true);
    expect(state.looks).toBe(2);
  });

  it('is looked up each time while it is not held', async () => {
    state.isHeld = false;
    expect(await hasHostAccess([PATTERN])).toBe(false);
    state.isHeld = true;
    expect(await hasHostAccess([PATTERN])).toBe(true);
  });

  it.each(['onRemoved', 'onAdded'] as const)('is looked up anew after %s', async (event) => {
    expect(await hasHostAccess([PATTERN])).toBe(true);
    state.isHeld = false;
    fire(event);
    expect(await hasHostAccess([PATTERN])).toBe(false);
  });

  it('is looked up anew after a second, whatever was told', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(5000);
    expect(await hasHostAccess([PATTERN])).toBe(true);
    state.isHeld = false;
    clock.mockReturnValue(5999);
    expect(await hasHostAccess([PATTERN])).toBe(true);
    clock.mockReturnValue(6001);
    expect(await hasHostAccess([PATTERN])).toBe(false);
    clock.mockRestore();
  });

  it('that goes while it is looked up is not believed afterwards (Z33)', async () => {
    state.before = () => {
      state.isHeld = false;
      fire('onRemoved');
      return Promise.resolve();
    };
    expect(await hasHostAccess([PATTERN])).toBe(true);
    expect(await hasHostAccess([PATTERN])).toBe(false);
  });
});
