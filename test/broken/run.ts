/** Runs the rows in one browser: each server with a site of its own, on which the same client is tried in both ways. */
import { listen, LOOPBACK } from '../../demo/listen.ts';
import { createSite } from '../../demo/web-client/site.ts';
import { BROWSERS, type BrowserName } from '../../drivers/driver.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { BREAKAGES, type Breakage, type BreakageId } from './breakages.ts';
import { startBrokenServer, type BrokenServer } from './broken-server.ts';
import { goOn, type Way } from './clients.ts';
import { seatPerson } from './person.ts';

/** How one server went in one browser. */
export interface Result {
  browser: BrowserName;
  breakage: Breakage & { id: BreakageId };
  with: Way;
  without: Way;
  /** Origins under which the broker's requests came with their credential. */
  origins: string[];
  /** How often the tool that changes something has run for the broker's client. */
  executed: number;
  /** Credentials that followed a redirect to a host that nobody had allowed. */
  strayed: number;
  /** Questions that the person was asked. */
  questions: number;
  site: string;
}

/** How a browser is set up for a run. */
export interface Runner {
  browser: BrowserName;
  /** Folder of the extension's build for it. */
  extension: string;
}

/**
 * Rows that one browser profile takes. Sites that hold no grant share ten windows an hour (Z39), and a first contact
 * with a server on this computer takes two.
 */
const PER_PROFILE = 4;

/** Runs rows in one browser, and hands on each result as it comes. */
export async function runIn(
  runner: Runner,
  ids: readonly BreakageId[],
  tell: (result: Result) => void,
): Promise<Result[]> {
  const rows = BREAKAGES.filter(({ id }) => ids.includes(id));
  const results: Result[] = [];
  for (let i = 0; i < rows.length; i += PER_PROFILE) {
    await withStage(runner, rows.slice(i, i + PER_PROFILE), async (stage, server) => {
      const result = await runRow(runner.browser, stage, server);
      results.push(result);
      tell(result);
    });
  }
  return results;
}

/** Whether a word names a browser. */
export const isBrowser = (word: string): word is BrowserName =>
  BROWSERS.some((name) => name === word);

async function withStage(
  { browser, extension }: Runner,
  breakages: readonly Breakage[],
  run: (stage: Stage, server: BrokenServer) => Promise<void>,
): Promise<void> {
  const servers: BrokenServer[] = [];
  const scopesOf = (resource: string) =>
    servers.map((server) => server.scopesOf(resource)).find((scopes) => scopes !== undefined);
  const stage = await openStage({ browser, extension, otherScopesOf: scopesOf });
  const { issuer, findAccessToken } = stage.lab.authorizationServer;
  try {
    for (const breakage of breakages) {
      const server = await startBrokenServer(breakage, { issuer, findAccessToken });
      servers.push(server);
      await run(stage, server);
    }
  } finally {
    await stage.close();
    await Promise.all(servers.map((server) => server.close()));
  }
}

async function runRow(browser: BrowserName, stage: Stage, server: BrokenServer): Promise<Result> {
  const config = { name: 'Broken', mcpUrl: server.url };
  const listener = await listen(createSite(config));
  const site = `http://${LOOPBACK}:${listener.address.port}`;
  const go = async (withBroker: boolean): Promise<Way> => {
    const page = await stage.browser.page(`${site}/bare`);
    try {
      return await goOn(page, server, withBroker);
    } finally {
      await page.close();
    }
  };
  try {
    const without = await go(false);
    server.origins.clear();
    const before = server.notes.length;
    const person = seatPerson(stage.browser, stage.lab.authorizationServer.issuer);
    const withUs = await go(true).finally(() => person.leave());
    return {
      browser,
      breakage: server.breakage as Result['breakage'],
      with: withUs,
      without,
      origins: [...server.origins],
      executed: server.notes.length - before,
      strayed: server.strayed(),
      questions: person.allowed(),
      site,
    };
  } finally {
    await listener.close();
  }
}
