/** What every command needs before it can run: a Node that is new enough, and the locked dependencies. */
import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const LEAST_NODE = [20, 19];

/** Makes the tree ready to build and test. Does nothing when it is ready already; throws with what to do. */
export function setUp() {
  requireNode(process.versions.node);
  if (!isInstalled()) install();
}

/**
 * Throws when this Node is older than package.json's `engines` say.
 * @param {string} version
 */
export function requireNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new Error(`Node ${LEAST_NODE.join('.')} or newer is needed; this is Node ${version}.`);
}

/**
 * Whether node_modules holds what package-lock.json names. Compared by content: times say nothing after a
 * checkout. Optional packages may be missing, because they are for other systems.
 */
export function isInstalled(root = ROOT) {
  const locked = packagesOf(path.join(root, 'package-lock.json'));
  const installed = packagesOf(path.join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(locked).every(([folder, { version, optional }]) => {
    if (folder === '') return true;
    const present = installed[folder];
    return present === undefined ? optional === true : present.version === version;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

function install() {
  console.log('Installing the dependencies …');
  // Windows starts npm, a command file, through its shell only.
  const { status } = spawnSync('npm', ['ci'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('npm ci failed; see above.');
}

/**
 * Runs `main` when the module at `url` is the program itself, and turns a failure into one line and exit 1.
 * @param {string} url
 * @param {() => unknown} main
 */
export async function runAsProgram(url, main) {
  const program = process.argv[1];
  if (program === undefined || realpathSync(program) !== fileURLToPath(url)) return;
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

await runAsProgram(import.meta.url, setUp);
