/** The walls of `src/background`: every room, by folder, with the edges. */
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

// The walls are rules of syntax. Without the typed rules, a snippet needs no file on disk.
const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });

/** Names of the rules that a file with this text would break. */
async function brokenRules(file: string, text: string): Promise<(string | null)[]> {
  const results = await eslint.lintText(text, { filePath: `src/background/${file}` });
  return results.flatMap(({ messages }) => messages).map(({ ruleId }) => ruleId);
}

const importing = (specifier: string): string => `import * as it from '${specifier}';\nvoid it;\n`;

/** From the file that the browser calls down to the types; each room may import those after it. */
const FLOORS = [
  ['doors'],
  ['user'],
  ['access'],
  ['connect'],
  ['oauth', 'history', 'site'],
  ['ports'],
];
const CORE = [...FLOORS.flat(), 'concurrency'];
const EDGES = ['storage', 'browser'];

describe('a room of the core', () => {
  it.each(FLOORS.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)))(
    '%s may import no room of its own floor or of one above',
    async (room, floor) => {
      const above = FLOORS.slice(0, floor + 1)
        .flat()
        .filter((other) => other !== room);
      for (const other of [...above, ...EDGES]) {
        const broken = await brokenRules(`${room}/a.ts`, importing(`../${other}/b.ts`));
        expect([room, other, broken]).toEqual([room, other, ['no-restricted-imports']]);
      }
    },
  );

  it.each(CORE)('%s may import its own files, shared and protocol', async (room) => {
    for (const specifier of [
      './b.ts',
      '../../shared/errors.ts',
      '../../shared/facts/duration.ts',
      '../../protocol/plan.ts',
      'oauth4webapi',
    ]) {
      expect(await brokenRules(`${room}/a.ts`, importing(specifier))).toEqual([]);
    }
  });

  it.each([...CORE, 'nobody-has-named-this-room'])(
    '%s may import neither the browser, nor the database, nor what holds them',
    async (room) => {
      for (const specifier of [
        'webextension-polyfill',
        'idb',
        'node:fs',
        '../storage/open-store.ts',
        '../browser/http.ts',
        '../worker.ts',
        '../assemble.ts',
        '../../popup/kit/ask.ts',
        '../../client/index.ts',
        './../browser/http.ts',
      ]) {
        const broken = await brokenRules(`${room}/a.ts`, importing(specifier));
        expect([specifier, broken]).toEqual([specifier, ['no-restricted-imports']]);
      }
    },
  );

  it.each([...CORE.map((room) => `${room}/a.ts`), 'new-room/a.ts', 'assemble.ts'])(
    '%s reaches the world through ports only',
    async (file) => {
      for (const text of [
        "void fetch('https://mcp.example');",
        'void chrome.runtime;',
        'void browser.runtime;',
        'void indexedDB;',
        'void navigator.locks;',
        'void globalThis.fetch;',
        'void self.fetch;',
        'void window.fetch;',
        'setTimeout(() => undefined);',
        'setInterval(() => undefined);',
        'queueMicrotask(() => undefined);',
        'void performance.now();',
      ]) {
        expect([text, await brokenRules(file, `${text}\n`)]).toEqual([
          text,
          ['no-restricted-globals'],
        ]);
      }
      for (const text of ['void Date.now();', 'void new Date();', 'void Math.random();']) {
        expect([text, await brokenRules(file, `${text}\n`)]).toEqual([
          text,
          ['no-restricted-syntax'],
        ]);
      }
    },
  );
});

describe('an edge', () => {
  it.each([
    ['storage', 'idb'],
    ['browser', 'webextension-polyfill'],
  ])('%s implements ports, with %s and no other edge', async (edge, library) => {
    for (const specifier of [library, './b.ts', '../ports/stores.ts', '../../shared/errors.ts']) {
      expect(await brokenRules(`${edge}/a.ts`, importing(specifier))).toEqual([]);
    }
    for (const other of [...CORE, ...EDGES].filter((room) => room !== 'ports' && room !== edge)) {
      const broken = await brokenRules(`${edge}/a.ts`, importing(`../${other}/b.ts`));
      expect([other, broken]).toEqual([other, ['no-restricted-imports']]);
    }
    const foreign = library === 'idb' ? 'webextension-polyfill' : 'idb';
    expect(await brokenRules(`${edge}/a.ts`, importing(foreign))).toEqual([
      'no-restricted-imports',
    ]);
  });
});

describe('assemble.ts', () => {
  it('joins rooms of the core, and no edge', async () => {
    for (const room of CORE) {
      expect(await brokenRules('assemble.ts', importing(`./${room}/a.ts`))).toEqual([]);
    }
    for (const specifier of ['./storage/open-store.ts', './browser/http.ts', 'idb']) {
      expect(await brokenRules('assemble.ts', importing(specifier))).toEqual([
        'no-restricted-imports',
      ]);
    }
  });
});

it('the worker may join all rooms with the browser', async () => {
  for (const specifier of ['./storage/open-store.ts', './assemble.ts', 'webextension-polyfill']) {
    expect(await brokenRules('worker.ts', importing(specifier))).toEqual([]);
  }
  expect(await brokenRules('worker.ts', importing('idb'))).toEqual(['no-restricted-imports']);
});
