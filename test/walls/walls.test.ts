import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

// The walls are rules of syntax. Without the typed rules, a snippet needs no file on disk.
const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });

/** Names of the rules that a file with this text would break. */
async function brokenRules(filePath: string, text: string): Promise<(string | null)[]> {
  const results = await eslint.lintText(text, { filePath });
  return results.flatMap(({ messages }) => messages).map(({ ruleId }) => ruleId);
}

const importing = (specifier: string): string => `import * as it from '${specifier}';\nvoid it;\n`;

/** A file that nobody has thought of yet is core too: a new edge has to be named as one. */
const CORE = ['broker', 'caller', 'single-flight', 'ports', 'not-written-yet'].map(
  (name) => `src/background/${name}.ts`,
);

/** Room, what it must not import, what it may. */
const WALLS: [file: string, rejected: string[], accepted: string[]][] = [
  [
    'src/shared/parse.ts',
    ['oauth4webapi', 'webextension-polyfill', 'node:fs', '../protocol/scope.ts'],
    ['valibot', './errors.ts'],
  ],
  [
    'src/protocol/token.ts',
    [
      'webextension-polyfill',
      'idb',
      'preact',
      '../shared/messages.ts',
      '../background/store.ts',
      '../client/index.ts',
    ],
    ['oauth4webapi', 'valibot', '../shared/errors.ts', './scope.ts'],
  ],
  [
    'src/client/index.ts',
    [
      '../protocol/challenge.ts',
      '../background/broker.ts',
      'oauth4webapi',
      'valibot',
      'webextension-polyfill',
    ],
    ['../shared/messages.ts', './channel.ts'],
  ],
  [
    'src/content/relay.ts',
    ['../client/channel.ts', '../background/door.ts', 'webextension-polyfill'],
    ['../shared/messages.ts'],
  ],
  [
    'src/popup/popup/popup.tsx',
    ['../../background/store.ts', '../../protocol/scope.ts', '../../client/x.ts', 'idb', 'valibot'],
    ['../../shared/messages.ts', './board.ts', 'preact', 'preact/hooks', 'webextension-polyfill'],
  ],
  ...CORE.map((file): [string, string[], string[]] => [
    file,
    [
      'idb',
      'webextension-polyfill',
      './store.ts',
      './http.ts',
      '../popup/kit/ask.ts',
      '../client/x.ts',
    ],
    ['./ports.ts', '../protocol/plan.ts', '../shared/messages.ts', 'oauth4webapi'],
  ]),
  ['src/background/store.ts', [], ['idb', './ports.ts']],
  ['src/background/worker.ts', [], ['webextension-polyfill', './store.ts', './broker.ts']],
];

describe.each(WALLS)('%s', (file, rejected, accepted) => {
  it.each(rejected)('may not import %s', async (specifier) => {
    expect(await brokenRules(file, importing(specifier))).toEqual(['no-restricted-imports']);
  });

  it.each(accepted)('may import %s', async (specifier) => {
    expect(await brokenRules(file, importing(specifier))).toEqual([]);
  });
});

describe.each(['src/protocol/plan.ts', 'src/shared/parse.ts'])('%s is pure', (file) => {
  it.each([
    ['fetch', "void fetch('https://mcp.example');", 'no-restricted-globals'],
    ['chrome', 'void chrome.runtime;', 'no-restricted-globals'],
    ['browser', 'void browser.runtime;', 'no-restricted-globals'],
    ['indexedDB', 'void indexedDB;', 'no-restricted-globals'],
    ['setTimeout', 'setTimeout(() => undefined);', 'no-restricted-globals'],
    ['the clock', 'void Date.now();', 'no-restricted-syntax'],
    ['today', 'void new Date();', 'no-restricted-syntax'],
    ['dice', 'void Math.random();', 'no-restricted-syntax'],
    ['a detour to the globals', 'void globalThis.fetch;', 'no-restricted-globals'],
  ])('may not use %s', async (_name, text, rule) => {
    expect(await brokenRules(file, `${text}\n`)).toEqual([rule]);
  });

  it('takes the clock and the network as arguments', async () => {
    const text = 'export const isFresh = (now: number, expiry: number) => now < expiry;\n';
    expect(await brokenRules(file, text)).toEqual([]);
  });
});

describe.each(['background/http.ts', 'client/index.ts', 'popup/kit/a.tsx', 'content/relay.ts'])(
  'src/%s',
  (name) => {
    it.each([
      ['log', "console.log('token');", 'no-console'],
      ['evaluate text', "eval('1');", 'no-eval'],
      ['make code of text', "void new Function('1');", 'no-new-func'],
      ['import at run time', "void import('./later.ts');", 'no-restricted-syntax'],
      ['set innerHTML', "document.body.innerHTML = '';", 'no-restricted-syntax'],
      ["post a message to '*'", "window.postMessage({}, '*');", 'no-restricted-syntax'],
      ["post to '*' in options", "postMessage({}, { targetOrigin: '*' });", 'no-restricted-syntax'],
    ])('may not %s', async (_deed, text, rule) => {
      expect(await brokenRules(`src/${name}`, `${text}\n`)).toEqual([rule]);
    });
  },
);

describe('the core of background', () => {
  it.each([
    ['fetch', "void fetch('https://mcp.example');"],
    ['chrome', 'void chrome.runtime;'],
    ['indexedDB', 'void indexedDB;'],
    ['navigator', 'void navigator.locks;'],
  ])('may not use %s', async (_name, text) => {
    expect(await brokenRules('src/background/broker.ts', `${text}\n`)).toEqual([
      'no-restricted-globals',
    ]);
  });

  it('may not use the clock, which its ports have', async () => {
    expect(await brokenRules('src/background/broker.ts', 'void Date.now();\n')).toEqual([
      'no-restricted-syntax',
    ]);
  });
});

it('leaves no way out of a room through its own folder', async () => {
  const detour = importing('./../settings/clients.tsx');
  expect(await brokenRules('src/popup/popup/popup.tsx', detour)).toEqual(['no-restricted-imports']);
});

it('lets scripts and tests write to the console', async () => {
  for (const file of ['scripts/build.ts', 'test/e2e/connect.test.ts']) {
    expect(await brokenRules(file, "console.log('built');\n")).toEqual([]);
  }
});
