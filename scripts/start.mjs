/**
 * `npm start`: sets up, builds, and shows the demo in a real browser; `-- --headless` tells its story by itself,
 * `-- --browser firefox` does either in Firefox.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { getChromium, getFirefox } from './browsers.mjs';
import { ROOT, runAsProgram, setUp } from './set-up.mjs';

/** What shells use for a command that was called wrongly. */
const USAGE_ERROR = 2;

const USAGE = `npm start                        opens a browser with the extension and the demo
npm start -- --headless          walks the demo by itself and prints what each step costs
npm start -- --browser firefox   does either in Firefox, not in Chromium; with --headless too`;

/** For each browser: the variable in which the demo looks for its executable, and where that is. */
const BROWSERS = {
  chromium: () => ({ CHROMIUM: getChromium() }),
  firefox: () => ({ FIREFOX: getFirefox() }),
};

async function start() {
  const { refusal, browser, demoArgs } = readArgs(process.argv.slice(2));
  if (refusal !== undefined) {
    console.error(refusal);
    process.exitCode = USAGE_ERROR;
    return;
  }
  setUp();
  const env = { ...process.env, ...BROWSERS[browser]() };
  for (const program of [['scripts/build.ts'], ['demo/start.ts', ...demoArgs]]) {
    process.exitCode = await run(program, env);
    if (process.exitCode !== 0) return;
  }
}

/**
 * What is to be shown where, or why nothing is.
 * @param {string[]} args
 */
export function readArgs(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        headless: { type: 'boolean', default: false },
        browser: { type: 'string', default: 'chromium' },
      },
    });
    const { browser, headless } = values;
    if (!Object.hasOwn(BROWSERS, browser)) return { refusal: `No such browser.\n${USAGE}` };
    return { browser, demoArgs: ['--browser', browser, ...(headless ? ['--headless'] : [])] };
  } catch (error) {
    return { refusal: `${error.message}\n${USAGE}` };
  }
}

/**
 * Runs one of our TypeScript programs; resolves its exit code. Ctrl-C reaches the program by itself, and this
 * process stays until the program has cleaned up; a signal to this process alone is passed on.
 * @param {string[]} program
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function run(program, env) {
  const command = ['--import', 'tsx', ...program];
  const child = spawn(process.execPath, command, { cwd: ROOT, env, stdio: 'inherit' });
  const wait = () => {};
  const passOn = () => child.kill('SIGTERM');
  process.on('SIGINT', wait).on('SIGTERM', passOn);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('SIGINT', wait).off('SIGTERM', passOn);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

await runAsProgram(import.meta.url, start);
