/** Whose window is whose: the prompt, the sign-in window, and those of everybody else (ADR 0029; W7, W8). */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuthWindow, PromptWindow } from '../../../src/background/ports/ports.ts';
import { FakeWindows, ROOT, type FakeTab } from './fake-windows.ts';
import { DOCUMENTS } from '../../../src/shared/documents.ts';

const CONSENT = `${ROOT}${DOCUMENTS.consent}?flow=f`;
const SIGN_IN = 'https://as.example/authorize';

let windows: FakeWindows;
let promptWindow: PromptWindow;
let authWindow: AuthWindow;

/** A worker starts: its modules remember nothing. */
async function startWorker(): Promise<void> {
  vi.resetModules();
  vi.doMock('webextension-polyfill', () => ({ default: windows.browser }));
  ({ promptWindow } = await import('../../../src/background/browser/prompt-window.ts'));
  ({ authWindow } = await import('../../../src/background/browser/auth-window.ts'));
}

beforeEach(async () => {
  windows = new FakeWindows();
  await startWorker();
});

const shows = (window: number, tab: FakeTab): void => {
  const old = windows.tab(window);
  for (const key of Object.keys(old)) delete old[key as keyof FakeTab];
  Object.assign(old, tab);
};
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe.each([
  ['Chromium', false],
  ['Firefox', true],
])('the prompt in %s', (_, isFirefox) => {
  beforeEach(() => {
    windows.isFirefox = isFirefox;
  });

  it('is open from the moment that its window was opened', async () => {
    const window = await promptWindow.open('f');
    expect(await promptWindow.isOpen(window)).toBe(true);
    shows(window, { url: CONSENT, status: 'complete' });
    expect(await promptWindow.isOpen(window)).toBe(true);
  });

  it.each<[string, FakeTab]>([
    ['a new tab page', { url: 'chrome://new-tab-page/', status: 'complete' }],
    ['a page that is loading', { url: 'https://elsewhere.example/', status: 'loading' }],
    ['another document of ours', { url: `${ROOT}${DOCUMENTS.settings}`, status: 'complete' }],
    [
      'a page whose address tells ours',
      { url: `https://x.example/${CONSENT}`, status: 'complete' },
    ],
  ])('is open no more when its window shows %s', async (_title, tab) => {
    const window = await promptWindow.open('f');
    shows(window, { url: CONSENT, status: 'complete' });
    expect(await promptWindow.isOpen(window)).toBe(true);
    shows(window, tab);
    expect(await promptWindow.isOpen(window)).toBe(false);
    // It is somebody else's now.
    await promptWindow.close(window);
    expect(windows.open).toEqual([window]);
  });

  it('is closed with its window', async () => {
    const window = await promptWindow.open('f');
    await promptWindow.close(window);
    expect(windows.open).toEqual([]);
    expect(await promptWindow.isOpen(window)).toBe(false);
    await promptWindow.close(window);
  });

  it('is closed with its window though our document has not come yet (Z40)', async () => {
    const window = await promptWindow.open('f');
    shows(window, { url: 'about:blank', status: 'complete' });
    await promptWindow.close(window);
    expect(windows.open).toEqual([]);
  });

  it('is known to the next worker by what it shows', async () => {
    const window = await promptWindow.open('f');
    shows(window, { url: CONSENT, status: 'complete' });
    const other = windows.add({ url: 'chrome://new-tab-page/', status: 'loading' });
    await startWorker();
    expect(await promptWindow.isOpen(window)).toBe(true);
    expect(await promptWindow.isOpen(other)).toBe(false);
  });
});

describe('the sign-in window', () => {
  const PROVIDER: FakeTab = { url: SIGN_IN, status: 'complete' };

  /** Starts a sign-in; `opened` are the windows that were taken for its own. */
  function signIn(): {
    opened: number[];
    end: (callback: string) => void;
    result: Promise<string>;
  } {
    const opened: number[] = [];
    let end: (callback: string) => void = () => undefined;
    windows.launch = () => new Promise((resolve) => (end = resolve));
    const result = authWindow.open(SIGN_IN, (window) => opened.push(window));
    return { opened, end: (callback) => end(callback), result };
  }

  it('is the first pop-up after the call, and no later one', async () => {
    const { opened, end, result } = signIn();
    await settled();
    const own = windows.add(PROVIDER);
    await settled();
    windows.add(PROVIDER);
    await settled();
    expect(opened).toEqual([own]);
    end('https://ours.example/cb?code=c');
    expect(await result).toBe('https://ours.example/cb?code=c');
    expect(windows.listening).toBe(0);
  });

  it('is none that a page has opened, be it the first', async () => {
    const { opened } = signIn();
    await settled();
    windows.add({ url: 'https://unrelated.example/', openerTabId: 7 });
    await settled();
    expect(opened).toEqual([]);
    const own = windows.add(PROVIDER);
    windows.add({ url: `${SIGN_IN}/other`, openerTabId: 8 });
    await settled();
    expect(opened).toEqual([own]);
  });

  it.each([false, true])(
    'is no prompt that is opened meanwhile (Firefox: %s)',
    async (isFirefox) => {
      windows.isFirefox = isFirefox;
      const { opened } = signIn();
      await settled();
      await promptWindow.open('another site');
      await settled();
      expect(opened).toEqual([]);
      const own = windows.add(PROVIDER);
      await settled();
      expect(opened).toEqual([own]);
    },
  );

  it('is no window with tabs, and none that has gone', async () => {
    const { opened } = signIn();
    await settled();
    windows.add(PROVIDER, 'normal');
    const gone = windows.add(PROVIDER);
    await windows.browser.windows.remove(gone);
    await settled();
    expect(opened).toEqual([]);
  });

  it('is not told of after the sign-in has ended', async () => {
    const { opened, end, result } = signIn();
    await settled();
    windows.add(PROVIDER);
    end('https://ours.example/cb');
    await result;
    await settled();
    expect(opened).toEqual([]);
  });

  it('is closed by its number, and nothing that has that number now', async () => {
    const own = windows.add(PROVIDER);
    const ofPage = windows.add({ url: SIGN_IN, openerTabId: 7 });
    const withTabs = windows.add(PROVIDER, 'normal');
    const prompt = windows.add({ url: CONSENT });
    for (const window of [own, ofPage, withTabs, prompt, 99]) await authWindow.close(window);
    expect(windows.open).toEqual([ofPage, withTabs, prompt]);
  });
});
