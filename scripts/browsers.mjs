/** Finds the browsers that tests and the demo drive; on Debian, as root, installs what is missing. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Where each system keeps a browser. Branded Chrome and Edge come last: their policies are their makers'. */
const CHROMIUM = {
  name: 'Chromium, Chrome or Edge',
  variable: 'CHROMIUM',
  package: 'chromium',
  commands: [
    'chromium',
    'chromium-browser',
    'google-chrome-stable',
    'google-chrome',
    'microsoft-edge-stable',
    'microsoft-edge',
  ],
  applications: ['Chromium', 'Google Chrome', 'Microsoft Edge'],
  programs: [
    'Chromium\\Application\\chrome.exe',
    'Google\\Chrome\\Application\\chrome.exe',
    'Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

const FIREFOX = {
  name: 'Firefox',
  variable: 'FIREFOX',
  package: 'firefox-esr',
  commands: ['firefox-esr', 'firefox'],
  applications: ['Firefox'],
  programs: ['Mozilla Firefox\\firefox.exe'],
};

/** Long enough for a slow mirror, short enough that a dead one is noticed. */
const INSTALL_TIMEOUT_MS = 5 * 60_000;

/** Path of Chromium, Chrome or Edge. Installs it where that is possible; throws with what to do elsewhere. */
export const getChromium = () => getBrowser(CHROMIUM);

/** Path of Firefox. Installs it where that is possible; throws with what to do elsewhere. */
export const getFirefox = () => getBrowser(FIREFOX);

/**
 * A browser that is missing is a failure, never a reason to skip.
 * @param {typeof CHROMIUM} browser
 * @returns {string}
 */
function getBrowser(browser) {
  const found = findBrowser(browser);
  if (found !== undefined) return found;
  if (!isDebianRoot()) throw new Error(`${browser.name} was not found. ${adviceFor(browser)}`);
  installPackage(browser.package);
  const installed = findBrowser(browser);
  if (installed !== undefined) return installed;
  throw new Error(`The package ${browser.package} is installed, but brought no ${browser.name}.`);
}

/**
 * @param {typeof CHROMIUM} browser
 * @returns {string | undefined}
 */
function findBrowser({ name, variable, ...places }) {
  const override = process.env[variable];
  if (override) {
    if (isExecutable(override)) return override;
    throw new Error(`${variable} is set to ${override}, which is no executable ${name}.`);
  }
  return candidates(places).find(isExecutable);
}

/**
 * Every path at which a browser may be on this system, the preferred one first.
 * @param {{ commands: string[], applications: string[], programs: string[] }} places
 */
function candidates({ commands, applications, programs }) {
  if (process.platform === 'darwin') {
    const folders = ['/Applications', path.join(os.homedir(), 'Applications')];
    const binary = (name) => `${name}.app/Contents/MacOS/${name === 'Firefox' ? 'firefox' : name}`;
    return applications.flatMap((name) => folders.map((folder) => path.join(folder, binary(name))));
  }
  if (process.platform === 'win32') {
    const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
      .map((name) => process.env[name])
      .filter(Boolean);
    return programs.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  }
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return commands.flatMap((name) => folders.map((folder) => path.join(folder, name)));
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Only Debian itself: its relatives ship `chromium` as a stub that needs a daemon. */
function isDebianRoot() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** @param {typeof CHROMIUM} browser */
function adviceFor({ name, variable, package: debian }) {
  const how = {
    linux: `Install it (on Debian: apt-get install ${debian}),`,
    darwin: 'Install it into /Applications,',
    win32: 'Install it for this user or for all users,',
  }[process.platform];
  return `${how ?? `Install ${name},`} or set ${variable} to the full path of its executable.`;
}

let isIndexFresh = false;

/** @param {string} name */
function installPackage(name) {
  console.log(`Installing ${name} from the distribution …`);
  const aptGet = (...args) =>
    execFileSync('apt-get', args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: INSTALL_TIMEOUT_MS,
    });
  if (!isIndexFresh) aptGet('-qq', 'update');
  isIndexFresh = true;
  aptGet('-qq', '-y', '--no-install-recommends', 'install', name);
}
