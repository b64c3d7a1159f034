/** The carried rows, in both browsers. Only Chromium is held to their bounds; what Firefox needs for them is printed. */
import { startLab } from '../demo/lab.ts';
import { LOOPBACK } from '../demo/listen.ts';
import { BUILDS } from '../drivers/open.ts';
import { createCertificate } from '../drivers/tls.ts';
import { approve } from './approve.ts';
import { openBed, type Bed, type Extensions } from './bed.ts';
import { measureCarried, type CarriedBed } from './carried.ts';
import { startCarriedBenchServer } from './carried-server.ts';
import { serveSite } from './site.ts';
import { MULTIPLEXED_HOST, startMultiplexed } from './stream-servers.ts';
import { measureStreams } from './streams.ts';
import type { Row } from './table.ts';

/** Rows, each named with its browser. */
export interface Measured {
  rows: Row[];
  /** What the browser calls itself. */
  version: string;
}

/** Measures in Chromium. */
export async function measureInChromium(extensions: Extensions): Promise<Measured> {
  let bed: Bed | undefined;
  const server = await startCarriedBenchServer(() => bed?.lab.authorizationServer.issuer ?? '');
  const streams = await createCertificate([MULTIPLEXED_HOST]);
  const multiplexed = await startMultiplexed(MULTIPLEXED_HOST, streams);
  try {
    bed = await openBed(extensions, { https: false, otherScopesOf: server.scopesOf, streams });
    const carried = carriedBedOf(bed);
    const rows = await measureCarried(carried, server);
    rows.push(...(await measureStreams(carried, multiplexed)));
    return await named(carried, rows);
  } finally {
    await bed?.close();
    await Promise.all([server.close(), multiplexed.close()]);
  }
}

function carriedBedOf({ chromium, ...bed }: Bed): CarriedBed {
  return {
    name: 'chromium',
    driver: chromium,
    extensionId: chromium.extensionId,
    page: async () => (await bed.page()).page,
    approve: () => bed.approve(true),
    killWorkers: () => bed.killWorkers(),
  };
}

/** Measures in Firefox, with the folder of its build: times are printed, and all streams must be alive (Z32). */
export async function measureInFirefox(extension: string): Promise<Measured> {
  const { open, redirectHost } = BUILDS.firefox;
  const streams = await createCertificate([MULTIPLEXED_HOST]);
  const multiplexed = await startMultiplexed(MULTIPLEXED_HOST, streams);
  const server = await startCarriedBenchServer(() => lab.authorizationServer.issuer);
  const lab = await startLab({
    extensionRedirectHosts: [redirectHost],
    otherScopesOf: server.scopesOf,
  });
  const site = await serveSite();
  const hosts = { tlsPort: multiplexed.port, spki: streams.spki };
  const driver = await open({ extension, hosts });
  const bed: CarriedBed = {
    name: 'firefox',
    driver,
    // Pages speak to the relay there, which needs no id.
    extensionId: '',
    page: () => driver.page(`http://${LOOPBACK}:${site.address.port}/`),
    approve: () => approve(driver, lab.authorizationServer.issuer, true),
    killWorkers: () => driver.killBackground(),
  };
  try {
    const rows = (await measureCarried(bed, server)).map(withoutBounds);
    // Every https host of this browser is led to the one.
    const led = { ...multiplexed, urls: [`https://${MULTIPLEXED_HOST}/mcp`] };
    return await named(bed, [...rows, ...(await measureStreams(bed, led))]);
  } finally {
    await driver.close();
    await Promise.all([lab.close(), server.close(), site.close(), multiplexed.close()]);
  }
}

async function named({ name, driver }: CarriedBed, rows: readonly Row[]): Promise<Measured> {
  return {
    rows: rows.map((row) => ({ ...row, what: `${BUILDS[name].title}: ${row.what}` })),
    version: await driver.browser.version(),
  };
}

function withoutBounds({ must: _must, aim: _aim, ...row }: Row): Row {
  return row;
}
