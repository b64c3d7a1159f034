/**
 * `npm run dev`: builds one extension again after each change of the sources, and keeps a browser open that has it
 * loaded, on the page of the demo's first site. `-- --browser firefox` does it in Firefox, `-- --headless` without a
 * window. What comes after `--` in a second place goes to the browser: `npm run dev -- -- --no-sandbox`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startLab } from '../demo/lab.ts';
import { BUILDS } from '../drivers/open.ts';
import { getChromium, getFirefox } from './browsers.mjs';
import { ROOT, runAsProgram } from './set-up.mjs';

/** The first build takes some five seconds; a machine that is busy takes longer. Milliseconds. */
const FIRST_BUILD = 120_000;

/** How each browser is built for, found, and opened by web-ext. */
const TARGETS = {
  chromium: {
    folder: 'chrome',
    open: () => ['--target', 'chromium', '--chromium-binary', getChromium()],
    headless: '--headless=new',
  },
  firefox: {
    folder: 'firefox',
    open: () => ['--target', 'firefox-desktop', '--firefox', getFirefox()],
    headless: '--headless',
  },
};

/** What was asked for on the command line. */
export interface DevOptions {
  browser: keyof typeof TARGETS;
  headless: boolean;
  /** Arguments for the browser itself. */
  browserArgs: string[];
}

/**
 * Reads the command line.
 * @throws Error that names the browser when it is none of ours
 */
export function readDevArgs(args: string[]): DevOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      headless: { type: 'boolean', default: false },
      browser: { type: 'string', default: 'chromium' },
    },
  });
  const { browser, headless } = values;
  if (browser !== 'chromium' && browser !== 'firefox')
    throw new Error(`No such browser: ${browser}`);
  return { browser, headless, browserArgs: positionals };
}

/** The arguments of `web-ext run`: it loads the folder, and again whenever its manifest was written anew. */
export function webExtArgs({ browser, headless, browserArgs }: DevOptions, url: string): string[] {
  const { open, folder, headless: flag } = TARGETS[browser];
  const dist = path.join(ROOT, 'dist', folder);
  return [
    'run',
    ...open(),
    ...['--source-dir', dist, '--watch-file', path.join(dist, 'manifest.json')],
    ...['--start-url', url, '--no-input', '--no-config-discovery'],
    ...[...(headless ? [flag] : []), ...browserArgs].map((arg) => `--arg=${arg}`),
  ];
}

async function dev(): Promise<void> {
  const options = readDevArgs(process.argv.slice(2));
  const { folder } = TARGETS[options.browser];
  const builder = keepBuilding(folder);
  const lab = await startLab({ extensionRedirectHosts: [BUILDS[options.browser].redirectHost] });
  try {
    await firstBuild(folder, builder);
    const browser = runTool('web-ext/bin/web-ext.js', webExtArgs(options, lab.siteA.origin));
    console.log(`The demo's first site: ${lab.siteA.origin}. Ctrl-C ends everything.`);
    // A terminal sends Ctrl-C to all of them; anything else sends it to this process alone.
    const stop = () => browser.kill('SIGINT');
    process.once('SIGINT', stop).once('SIGTERM', stop);
    await new Promise((resolve) => browser.once('exit', resolve));
  } finally {
    builder.kill();
    await lab.close();
  }
}

/** Vite, which writes the folder again after each change; readable, with source maps. */
function keepBuilding(folder: string): ChildProcess {
  rmSync(path.join(ROOT, 'dist', folder), { recursive: true, force: true });
  const args = ['build', '--watch', '--minify', 'false', '--sourcemap', '--logLevel', 'warn'];
  return runTool('vite/bin/vite.js', args, { TARGET: folder });
}

async function firstBuild(folder: string, builder: ChildProcess): Promise<void> {
  const end = Date.now() + FIRST_BUILD;
  while (!existsSync(path.join(ROOT, 'dist', folder, 'manifest.json'))) {
    if (builder.exitCode !== null || Date.now() > end)
      throw new Error('The build failed; see above.');
    await pause(200);
  }
}

function runTool(tool: string, args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const command = [path.join(ROOT, 'node_modules', tool), ...args];
  const options = { cwd: ROOT, env: { ...process.env, ...env }, stdio: 'inherit' } as const;
  return spawn(process.execPath, command, options);
}

await runAsProgram(import.meta.url, dev);
