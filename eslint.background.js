/**
 * The walls of `src/background`: which room may import which, and which globals each may touch. Imports go down this
 * list only, so there is no cycle between rooms. A room that nobody has named yet may import the ports and no more.
 */

/** Globals that act on the world. */
export const BROWSER = ['fetch', 'browser', 'chrome', 'indexedDB', 'navigator'];

/** Core rooms, and the rooms of background that each may import. */
const CORE = {
  ports: [],
  concurrency: [],
  history: ['ports', 'concurrency'],
  site: ['ports'],
  oauth: ['ports'],
  connect: ['ports', 'concurrency', 'history', 'site', 'oauth'],
  access: ['ports', 'concurrency', 'history', 'site', 'oauth', 'connect'],
  user: ['ports', 'history', 'site', 'oauth', 'connect', 'access'],
  doors: ['ports', 'concurrency', 'history', 'site', 'connect', 'access', 'user'],
};

/** The edges: the only rooms that touch the browser, the network or the disk, and what each does it with. */
const EDGES = {
  storage: 'idb',
  browser: 'webextension-polyfill',
};

const own = String.raw`\./[\w-]+\.ts`;
const shared = String.raw`\.\./\.\./shared/(?:[\w-]+/)?[\w-]+\.ts`;
const protocol = String.raw`\.\./\.\./protocol/[\w-]+\.ts`;
/** @param {string} name */
const room = (name) => String.raw`\.\./${name}/[\w-]+\.ts`;

/**
 * Flat configuration of the room, built with what `eslint.config.js` has for all rooms.
 * @param {{
 *   wall: (files: string[], message: string, allowed: string[]) => import('eslint').Linter.Config,
 *   DANGERS: object[],
 *   CLOCKS: object[],
 *   WORLD: string[],
 * }} common
 * @returns {import('eslint').Linter.Config[]}
 */
export function backgroundWalls({ wall, DANGERS, CLOCKS, WORLD }) {
  const core = Object.entries(CORE).map(([name, rooms]) =>
    wall(
      [`src/background/${name}/**`],
      `${name} may import ${['shared', 'protocol', ...rooms].join(', ')}: see eslint.background.js.`,
      [own, shared, protocol, 'oauth4webapi', ...rooms.map(room)],
    ),
  );
  const edges = Object.entries(EDGES).map(([name, library]) =>
    wall(
      [`src/background/${name}/**`],
      `${name} is an edge: it implements ports with ${library}, and decides nothing.`,
      [own, shared, protocol, room('ports'), library],
    ),
  );
  return [
    wall(['src/background/**'], 'Name this room in eslint.background.js first.', [
      own,
      shared,
      room('ports'),
    ]),
    ...core,
    ...edges,
    wall(['src/background/worker.ts'], 'The worker joins rooms of background with the browser.', [
      String.raw`\./[\w-]+/[\w-]+\.ts`,
      own,
      String.raw`\.\./shared/[\w-]+\.ts`,
      'webextension-polyfill',
    ]),
    wall(['src/background/assemble.ts'], 'The core is assembled of core rooms only.', [
      String.raw`\./(?:${Object.keys(CORE).join('|')})/[\w-]+\.ts`,
      String.raw`\.\./shared/[\w-]+\.ts`,
    ]),
    {
      files: ['src/background/**'],
      ignores: [...Object.keys(EDGES).map((name) => `src/background/${name}/**`), WORKER],
      rules: {
        'no-restricted-globals': ['error', ...BROWSER, ...WORLD],
        'no-restricted-syntax': ['error', ...DANGERS, ...CLOCKS],
      },
    },
  ];
}

const WORKER = 'src/background/worker.ts';
