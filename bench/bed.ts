/**
 * The test bed: the demo's servers, a real Chromium with Grantkeeper and the bare echo, pages with a precise
 * clock, and a person who allows and signs in.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { startLab, TLS_HOSTS, type Lab, type LabOptions } from '../demo/lab.ts';
import { LOOPBACK } from '../demo/listen.ts';
import { openChromium, type Chromium } from '../drivers/chromium.ts';
import { EXTENSION_ID } from '../drivers/open.ts';
import { createCertificate, type TestCertificate } from '../drivers/tls.ts';
import type { GetTokenParams } from '../src/client/index.ts';
import { approve } from './approve.ts';
import type { PageSurface, Subject, Times } from './page.ts';
import { serveSite } from './site.ts';
import { MULTIPLEXED_HOST } from './stream-servers.ts';

/** Until the pages of a worker that was killed have heard of it; ms. */
const SETTLE_MS = 150;

/** The folders of both extensions. */
export interface Extensions {
  grantkeeper: string;
  echo: string;
}

/** An open page of the bench's site. */
export class BenchPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** See `sample` in page.ts. */
  sample(subjects: Subject[], rounds: number, pause: number): Promise<Times> {
    return this.page.evaluate(
      (...args) => (globalThis as unknown as { bench: PageSurface }).bench.sample(...args),
      subjects,
      rounds,
      pause,
    );
  }

  /** Makes all these calls at once; resolves the codes of those that got no token. */
  failures(params: GetTokenParams[]): Promise<string[]> {
    return this.page.evaluate(
      (asked) => (globalThis as unknown as { bench: PageSurface }).bench.failures(asked),
      params,
    );
  }

  /**
   * Makes all these calls at once.
   * @throws Error when one of them gets no token
   */
  async getTokens(params: GetTokenParams[]): Promise<void> {
    const codes = await this.failures(params);
    if (codes.length > 0) throw new Error(`getToken ended with ${codes.join(', ')}`);
  }

  /** The token that the page is given now. */
  accessToken(params: GetTokenParams): Promise<string> {
    return this.page.evaluate(
      (asked) => (globalThis as unknown as { bench: PageSurface }).bench.accessToken(asked),
      params,
    );
  }
}

/** Everything that a measurement needs. */
export interface Bed {
  lab: Lab;
  chromium: Chromium;
  /** Opens a page of one of the two sites, in front, with the broker found. */
  page(site?: 0 | 1): Promise<BenchPage>;
  /** Allows what is asked, then signs in; with `reach`, the first question is whether the server may be contacted. */
  approve(reach: boolean): Promise<void>;
  /** Kills the workers of both extensions; the browser does so after half a minute of silence. */
  killWorkers(): Promise<void>;
  close(): Promise<void>;
}

/** How a bed is made. */
export interface BedOptions extends Pick<LabOptions, 'otherScopesOf' | 'clientDocuments'> {
  https: boolean;
  /** The certificate of the host whose streams are counted; not over TLS, where all hosts have one. */
  streams?: TestCertificate;
}

/**
 * Opens a bed. Over TLS a site is an ordinary one; on loopback the broker spares itself a look at its settings,
 * so times are taken over TLS only.
 */
export async function openBed(
  extensions: Extensions,
  { https, otherScopesOf, clientDocuments, streams }: BedOptions,
): Promise<Bed> {
  const hosts = [...Object.values(TLS_HOSTS), 'bench.test'];
  const tls = https ? await createCertificate(hosts) : undefined;
  const sites = await Promise.all([serveSite(tls), serveSite(tls)]);
  const ports = sites.map((site) => site.address.port);
  const origins = ports.map(
    (port) => `${https ? 'https://bench.test' : `http://${LOOPBACK}`}:${port}`,
  );
  const lab = await startLab({
    extensionRedirectHosts: [`${EXTENSION_ID}.chromiumapp.org`],
    ...(tls && { tls }),
    ...(otherScopesOf && { otherScopesOf }),
    ...(clientDocuments && { clientDocuments }),
  });
  const chromium = await openChromium({
    extension: extensions.grantkeeper,
    watchWorker: false,
    ...(streams && { spki: streams.spki }),
    ...(tls && {
      spki: tls.spki,
      hostRules: `MAP bench.test 127.0.0.1,MAP *.test 127.0.0.1:${lab.tlsPort}`,
    }),
  });
  const echoId = await chromium.browser.installExtension(extensions.echo);
  await chromium.preApproveHostAccess(
    https
      ? ['https://as.test/*', 'https://mcp.test/*']
      : ['http://127.0.0.1/*', ...(streams ? [`https://${MULTIPLEXED_HOST}/*`] : [])],
  );
  const { extensionId } = chromium;
  const parties = { extensionId, echoId, resource: lab.mcpServer.url };
  return {
    lab,
    chromium,
    page: async (site = 0) => {
      const page = await chromium.page(`${origins[site]}/`);
      await leaveWorkersAlone(page);
      await page.waitForFunction(() => 'bench' in globalThis);
      await page.evaluate(
        (given) => (globalThis as unknown as { bench: PageSurface }).bench.open(given),
        parties,
      );
      return new BenchPage(page);
    },
    approve: (reach) => approve(chromium, lab.authorizationServer.issuer, reach),
    killWorkers: () => killWorkers(chromium),
    close: async () => {
      await chromium.close();
      await Promise.all([lab.close(), ...sites.map((site) => site.close())]);
    },
  };
}

/**
 * Keeps the driver off all workers from now on: it would stop each one at its start, to look at it first, and
 * that would be in the numbers.
 */
async function leaveWorkersAlone(page: Page): Promise<void> {
  const session = await page.createCDPSession();
  const filter = ['service_worker', 'page'].map((type) => ({ type, exclude: true }));
  await session.connection()?.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
    filter: [...filter, {}],
  });
  await session.detach();
}

/** Closes the workers of every extension, and returns once they are gone and their pages have heard of it. */
async function killWorkers({ browser }: Chromium): Promise<void> {
  const session = await browser.target().createCDPSession();
  const workers = async () =>
    (await session.send('Target.getTargets')).targetInfos.filter(
      ({ type }) => type === 'service_worker',
    );
  for (const { targetId } of await workers())
    await session.send('Target.closeTarget', { targetId });
  while ((await workers()).length > 0) await sleep(20);
  await session.detach();
  await sleep(SETTLE_MS);
}
