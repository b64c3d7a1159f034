import { describe, expect, it, onTestFinished } from 'vitest';
import { openDemo, openPages, type Demo } from '../../demo/open-demo.ts';
import type { Driver, TestHosts } from '../../drivers/driver.ts';

/** A browser that takes the demo's certificate, or fails at it, and has asked so often. */
async function open(goto: () => Promise<unknown>, questions = 0) {
  const seen = {
    hosts: undefined as TestHosts | undefined,
    opened: 0,
    closed: 0,
    visited: [] as string[],
  };
  const driver = {
    consentWindows: Array.from({ length: questions }),
    browser: {
      newPage: () => {
        seen.opened += 1;
        return Promise.resolve({
          goto: (url: string) => {
            seen.visited.push(url);
            return goto();
          },
          close: () => Promise.resolve(void (seen.closed += 1)),
        });
      },
    },
  } as unknown as Driver;
  const openBrowser = (hosts: TestHosts) => Promise.resolve(((seen.hosts = hosts), driver));
  const demo: Demo = await openDemo({ browser: 'chromium', lab: {}, openBrowser });
  onTestFinished(() => demo.lab.close());
  return { demo, seen };
}

describe('the demo', () => {
  it('is at named https hosts where the browser takes its certificate', async () => {
    const { demo, seen } = await open(() => Promise.resolve({ ok: () => true }));
    expect(demo.isNamed).toBe(true);
    expect(demo.lab.siteA.origin).toBe('https://notebook.test');
    expect(seen.hosts?.tlsPort).toBe(demo.lab.tlsPort);
    expect(seen.visited).toEqual(['https://notebook.test/config.json']);
    expect(seen.closed).toBe(seen.opened);
  });

  it.each([
    ['refuses the certificate', () => Promise.reject(new Error('net::ERR_CERT_AUTHORITY_INVALID'))],
    ['leads the names elsewhere', () => Promise.resolve({ ok: () => false })],
    ['shows nothing', () => Promise.resolve(null)],
  ])('is on ports of this computer where the browser %s', async (_how, goto) => {
    const { demo, seen } = await open(goto);
    expect(demo.isNamed).toBe(false);
    expect(demo.lab.siteA.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(demo.lab.more?.closed.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(seen.closed).toBe(seen.opened);
    const config = (await (await fetch(`${demo.lab.siteB.origin}/config.json`)).json()) as object;
    expect(config).toMatchObject({ name: 'Second site' });
  });

  it('tells its pages how many windows have asked something', async () => {
    const { demo } = await open(() => Promise.reject(new Error('refused')), 2);
    const tally = await (await fetch(`${demo.lab.siteA.origin}/live.json`)).json();
    expect(tally).toMatchObject({ questions: 2, grantkeeper: 0, done: [] });
  });

  it('lies behind the introduction of the extension, which stays in front', async () => {
    const done: string[] = [];
    const tab = (name: string) => ({
      url: () => 'about:blank',
      goto: (url: string) => Promise.resolve(void done.push(`${name} ${url}`)),
      bringToFront: () => Promise.resolve(void done.push(`${name} in front`)),
    });
    const [introduction, blank] = [tab('introduction'), tab('blank')];
    const driver = {
      root: 'extension://x/',
      openPages: () => Promise.resolve([introduction]),
      browser: { pages: () => Promise.resolve([introduction, blank]) },
    };
    const lab = { siteA: { origin: 'https://notebook.test' } };
    await openPages({ lab, driver, isNamed: true } as unknown as Demo);
    expect(done).toEqual(['blank https://notebook.test', 'introduction in front']);
  });
});
