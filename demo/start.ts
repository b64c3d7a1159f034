/**
 * The demo, for somebody to try: the browser opens with the extension loaded, on the page of site A, and stays.
 * With `--headless`, and wherever there is no display, the demo tells its story by itself. `--browser firefox` does
 * either in Firefox.
 */
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { BROWSERS, type BrowserName, type Driver } from '../drivers/driver.ts';
import { BUILDS, type Build } from '../drivers/open.ts';
import { runAsProgram } from '../scripts/set-up.mjs';
import { startLab, type Lab, type LabOptions } from './lab.ts';
import { LOOPBACK } from './listen.ts';
import { openDemoBrowser, type Showing } from './story-browser.ts';
import { describeCost } from './story-cost.ts';
import { tellStory } from './story.ts';

/** The same addresses at each start, so that they can be bookmarked; free ones where something has them already. */
const PORTS = { siteA: 8461, siteB: 8462, mcpServer: 8463, authorizationServer: 8464 };

const SITE_NAMES = { siteA: 'Notebook', siteB: 'Scratchpad' };

/** How often the ledger is looked at, and so how long a step must be quiet to be over; milliseconds. */
const QUIET_MS = 1500;

/** How long the process may take to end by itself; milliseconds. */
const LINGER_MS = 3000;

async function start(): Promise<void> {
  const options = { ports: await findFreePorts(), siteNames: SITE_NAMES };
  const { browser, headless } = readArgs();
  if (headless || !hasDisplay()) {
    process.exitCode = (await tellStory(browser, options)) === 0 ? 0 : 1;
    return;
  }
  await show(browser, options);
}

function readArgs(): Showing {
  const { values } = parseArgs({
    options: {
      headless: { type: 'boolean', default: false },
      browser: { type: 'string', default: 'chromium' },
    },
  });
  const browser = BROWSERS.find((name) => name === values.browser);
  if (!browser) throw new Error(`No such browser: ${values.browser}`);
  return { browser, headless: values.headless };
}

function hasDisplay(): boolean {
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/** Those of {@link PORTS} that nobody listens on. */
async function findFreePorts(): Promise<NonNullable<LabOptions['ports']>> {
  const free = await Promise.all(
    Object.entries(PORTS).map(async ([member, port]) =>
      (await isFree(port)) ? [[member, port]] : [],
    ),
  );
  return Object.fromEntries(free.flat()) as NonNullable<LabOptions['ports']>;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, LOOPBACK, () => probe.close(() => resolve(true)));
  });
}

/** Until the browser is closed, or somebody presses Ctrl-C. */
async function show(name: BrowserName, options: LabOptions): Promise<void> {
  const driver = await openDemoBrowser({ browser: name, headless: false });
  const { browser } = driver;
  const closed = new Promise<void>((resolve) => browser.once('disconnected', () => resolve()));
  const extensionRedirectHosts = [BUILDS[name].redirectHost];
  const lab = await startLab({ ...options, extensionRedirectHosts, moreServers: true });
  const [tab] = await browser.pages();
  await (tab ?? (await browser.newPage())).goto(lab.siteA.origin);
  console.log(describe(lab, driver, BUILDS[name]));
  const stopTelling = tellCosts(lab);
  await closed;
  stopTelling();
  await lab.close();
  console.log('The browser was closed. Everything is cleaned up.');
}

function describe(
  { siteA, siteB, mcpServer, authorizationServer, more }: Lab,
  { root }: Driver,
  { target }: Build,
) {
  const places = [
    [`${siteA.name}, a web MCP client`, siteA.origin],
    [`${siteB.name}, another one`, siteB.origin],
    ['the MCP server', mcpServer.url],
    ['a server without CORS', more?.closed.url],
    ['a server that wants a key', more?.keyed.url],
    ['the authorization server', authorizationServer.issuer],
    ['the extension', `dist/${target}, ${root}`],
  ];
  return `
Grantkeeper is loaded in the browser that has opened. Everything runs on this computer:

${places.map(([name = '', place = '']) => `  ${name.padEnd(28)}${place}`).join('\n')}

What to try:

  1. Connect on ${siteA.name}: Grantkeeper asks twice, then you sign in. Any name will do.
  2. Read the notes, as often as you like: it costs no OAuth request.
  3. Add a note: the server wants one scope more, and you are asked about that one only.
  4. Open Grantkeeper’s button (in the menu with the puzzle piece): what ${siteA.name} may do.
  5. Connect on ${siteB.name}: it is asked about on its own. Deny it to add a note, then try again.
  6. Read the notes of the server without CORS: no page could, and the strip still says that it holds nothing.
  7. Read those of the server that wants a key. Its key is ${more?.keyed.key}
  8. Disconnect ${siteA.name} in the popup while its page is open, and look at the page.

The OAuth requests that each step costs appear here. Quit the browser or press Ctrl-C to end.
`;
}

/** Prints the bill of whatever the visitor does, once it is quiet again. Returns its undo. */
function tellCosts({ ledger }: Lab): () => void {
  let [told, last] = [ledger.mark(), ledger.mark()];
  const timer = setInterval(() => {
    const now = ledger.mark();
    if (now === last && now > told) {
      const cost = ledger.since(told).cost();
      if (cost.total > 0) console.log(`  OAuth requests: ${describeCost(cost)}`);
      told = now;
    }
    last = now;
  }, QUIET_MS);
  return () => clearInterval(timer);
}

await runAsProgram(import.meta.url, start);
// A browser that hangs, or that a failure left open, must not keep this process.
setTimeout(() => process.exit(), LINGER_MS).unref();
