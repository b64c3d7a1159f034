/** What has to be true at each moment of a sign-in that leads back to this computer (Z35, ADR 0055). */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as HostAccess from '../../../src/background/browser/host-access.ts';
import type * as Loopback from '../../../src/background/browser/loopback-window.ts';
import { FakeLoopback, OURS } from './fake-loopback.ts';

const ADDRESS = 'http://127.0.0.1:50123/callback';
const ANSWER = `${ADDRESS}?code=c&state=s`;
const PAGE = 'https://as.example/authorize';

let fake: FakeLoopback;
let openLoopback: typeof Loopback.openLoopback;
let hasHostAccess: typeof HostAccess.hasHostAccess;
beforeEach(async () => {
  fake = new FakeLoopback();
  vi.resetModules();
  vi.doMock('webextension-polyfill', () => ({ default: fake.browser }));
  ({ openLoopback } = await import('../../../src/background/browser/loopback-window.ts'));
  ({ hasHostAccess } = await import('../../../src/background/browser/host-access.ts'));
  fake.started();
});

const settled = () => new Promise((resolve) => setTimeout(resolve));
const open = () => openLoopback(PAGE, ADDRESS, () => undefined);
/** A promise that is awaited would be waited for. */
const held = async () => {
  const outcome = open().catch((error: unknown) => error);
  await settled();
  return { outcome };
};

describe('a sign-in that leads back to this computer', () => {
  it('is blocked before its window opens, in every tab, until its page is gone (T-56, Z35)', async () => {
    const { outcome } = await held();
    expect(fake.steps).toEqual(['block', 'look', 'open']);
    expect(fake.blocks(ANSWER)).toBe(true);
    expect(fake.blocks(`${ADDRESS}#code=c`)).toBe(true);
    fake.requested.emit({ tabId: OURS, url: ANSWER });
    expect(await outcome).toBe(ANSWER);
    expect(fake.steps.slice(3)).toEqual([`close ${String(OURS)}`, 'unblock']);
    expect([fake.rules.length, fake.listening]).toEqual([0, 0]);
  });

  it.each([
    'http://127.0.0.1:50123/callback2',
    'http://127.0.0.1:50124/callback',
    'http://127.0.0.1:50123/',
    'http://127a0b0c1:50123/callback',
    'https://x.example/?u=http://127.0.0.1:50123/callback',
  ])('blocks and reads nothing but its own address: not %s (Z35)', async (url) => {
    const { outcome } = await held();
    expect(fake.blocks(url)).toBe(false);
    fake.requested.emit({ tabId: OURS, url });
    fake.requested.emit({ tabId: OURS, url: ANSWER });
    expect(await outcome).toBe(ANSWER);
  });

  it('believes its own tab only, whatever another one knows (T-57, Z35)', async () => {
    const { outcome } = await held();
    fake.requested.emit({ tabId: OURS + 1, url: `${ADDRESS}?code=evil&state=s` });
    fake.requested.emit({ tabId: -1, url: `${ADDRESS}?code=evil&state=s` });
    await settled();
    fake.requested.emit({ tabId: OURS, url: ANSWER });
    expect(await outcome).toBe(ANSWER);
  });

  it('hears an answer that comes before the browser has named its tab, and no other tab’s (Z35)', async () => {
    fake.whileOpening = () => {
      fake.requested.emit({ tabId: OURS + 1, url: `${ADDRESS}?code=evil&state=s` });
      fake.requested.emit({ tabId: OURS, url: ANSWER });
    };
    expect(await open()).toBe(ANSWER);
  });

  it('opens nothing where access is missing, since the rule would do nothing (Z35)', async () => {
    fake.hasAccess = false;
    expect(await open().catch((error: unknown) => error)).toMatchObject({
      code: 'host_access_required',
    });
    expect(fake.steps).toEqual(['block', 'look', 'unblock']);
    expect(fake.listening).toBe(0);
  });

  it('looks for access anew, however lately it was seen (Z35)', async () => {
    expect(await hasHostAccess(['http://127.0.0.1/*'])).toBe(true);
    fake.hasAccess = false;
    expect(await open().catch((error: unknown) => error)).toMatchObject({
      code: 'host_access_required',
    });
    expect(fake.steps).not.toContain('open');
  });

  it('closes its page when access is taken away meanwhile (Z33, Z35)', async () => {
    const { outcome } = await held();
    fake.hasAccess = false;
    fake.removed.emit({});
    expect(await outcome).toMatchObject({ code: 'host_access_required' });
    expect(fake.steps).toContain(`close ${String(OURS)}`);
    expect(fake.rules).toEqual([]);
  });

  it('goes on when other access is taken away (Z35)', async () => {
    const { outcome } = await held();
    fake.removed.emit({});
    await settled();
    fake.requested.emit({ tabId: OURS, url: ANSWER });
    expect(await outcome).toBe(ANSWER);
  });

  it('ends as the user’s no when its page is closed, and another tab’s end is none of it (Z35)', async () => {
    const { outcome } = await held();
    fake.closed.emit(OURS + 1);
    await settled();
    expect(fake.rules.length).toBe(1);
    fake.closed.emit(OURS);
    expect(await outcome).toMatchObject({ code: 'access_denied' });
    expect([fake.rules.length, fake.listening]).toEqual([0, 0]);
  });
});
