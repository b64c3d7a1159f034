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

/** Room, what it must not import, what it may. */
const WALLS: [file: string, rejected: string[], accepted: string[]][] = [
  [
    'src/shared/parse-page.ts',
    ['oauth4webapi', 'webextension-polyfill', 'node:fs', '../protocol/scope.ts'],
    ['valibot', './errors.ts', './facts/limits.ts'],
  ],
  [
    'src/shared/facts/host-kind.ts',
    ['../errors.ts', '../../protocol/scope.ts', 'valibot', 'oauth4webapi'],
    ['./limits.ts'],
  ],
  [
    'src/protocol/token.ts',
    [
      'webextension-polyfill',
      'idb',
      'preact',
      '../shared/page-contract.ts',
      '../background/storage/open-store.ts',
      '../client/index.ts',
    ],
    ['valibot', '../shared/errors.ts', '../shared/facts/limits.ts', './scope.ts'],
  ],
  [
    'src/client/index.ts',
    [
      '../protocol/challenge.ts',
      '../background/access/get-token.ts',
      'oauth4webapi',
      'valibot',
      'webextension-polyfill',
    ],
    ['../shared/page-contract.ts', './channel.ts'],
  ],
  [
    'src/content/relay.ts',
    ['../client/channel.ts', '../background/doors/page-door.ts', 'webextension-polyfill'],
    ['../shared/page-contract.ts'],
  ],
  [
    'src/popup/popup/popup.tsx',
    [
      '../../background/storage/open-store.ts',
      '../../protocol/scope.ts',
      '../../client/index.ts',
      'idb',
      'valibot',
      'oauth4webapi',
    ],
    [
      '../../shared/page-contract.ts',
      './board.ts',
      'preact',
      'preact/hooks',
      'webextension-polyfill',
    ],
  ],
];

describe.each(WALLS)('%s', (file, rejected, accepted) => {
  it.each(rejected)('may not import %s', async (specifier) => {
    expect(await brokenRules(file, importing(specifier))).toEqual(['no-restricted-imports']);
  });

  it.each(accepted)('may import %s', async (specifier) => {
    expect(await brokenRules(file, importing(specifier))).toEqual([]);
  });
});

describe.each(['src/protocol/plan.ts', 'src/shared/parse-page.ts', 'src/shared/facts/retry.ts'])(
  '%s is pure',
  (file) => {
    it.each([
      ...['fetch', 'chrome', 'browser', 'indexedDB', 'navigator', 'localStorage', 'document'],
      ...['globalThis', 'self', 'window', 'location', 'BroadcastChannel', 'XMLHttpRequest'],
      ...['setTimeout', 'setInterval', 'queueMicrotask', 'requestAnimationFrame'],
      ...['performance', 'Temporal'],
    ])('may not use %s', async (name) => {
      expect(await brokenRules(file, `void ${name};\n`)).toEqual(['no-restricted-globals']);
    });

    it.each([
      ['the clock', 'void Date.now();'],
      ['the clock under another name', "void Date['now']();"],
      ['the clock taken apart', 'const { now } = Date;\nvoid now;'],
      ['today', 'void new Date();'],
      ['today as text', 'void Date();'],
      ['dice', 'void Math.random();'],
      ['dice under another name', "void Math['random']();"],
      ['dice taken apart', 'const { random } = Math;\nvoid random;'],
      ['new ids', 'void crypto.randomUUID();'],
      ['random bytes', 'void crypto.getRandomValues(new Uint8Array(1));'],
      ['random bytes under another name', "void crypto['getRandomValues'];"],
      ['crypto taken apart', 'const { randomUUID } = crypto;\nvoid randomUUID;'],
    ])('may not use %s', async (_name, text) => {
      expect(await brokenRules(file, `${text}\n`)).toEqual(['no-restricted-syntax']);
    });

    it('may compute with dates, numbers and digests that it is given', async () => {
      const text = `export const all = [
  new Date(0), Date.parse('1970-01-01'), Math.min(1, 2), crypto.subtle,
];
`;
      expect(await brokenRules(file, text)).toEqual([]);
    });

    it('takes the clock and the network as arguments', async () => {
      const text = 'export const isFresh = (now: number, expiry: number) => now < expiry;\n';
      expect(await brokenRules(file, text)).toEqual([]);
    });
  },
);

describe('protocol and oauth4webapi', () => {
  const file = 'src/protocol/token.ts';

  it.each([
    importing('oauth4webapi'),
    "import { validateAuthResponse } from 'oauth4webapi';\nvoid validateAuthResponse;\n",
    "import { type Client } from 'oauth4webapi';\nexport type It = Client;\n",
    "export { validateAuthResponse } from 'oauth4webapi';\n",
    "export * from 'oauth4webapi';\n",
  ])('never share code: %s', async (text) => {
    expect(await brokenRules(file, text)).toEqual(['no-restricted-syntax']);
  });

  it('share types', async () => {
    const text = "import type { Client } from 'oauth4webapi';\nexport type It = Client;\n";
    expect(await brokenRules(file, text)).toEqual([]);
  });
});

describe.each([
  'background/browser/http.ts',
  'client/index.ts',
  'popup/popup/popup.tsx',
  'content/relay.ts',
])('src/%s', (name) => {
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
});

it('leaves no way out of a room through its own folder', async () => {
  const detour = importing('./../../background/storage/open-store.ts');
  expect(await brokenRules('src/popup/popup/popup.tsx', detour)).toEqual(['no-restricted-imports']);
});

it('lets scripts and tests write to the console', async () => {
  for (const file of ['scripts/build.ts', 'test/e2e/connect.test.ts']) {
    expect(await brokenRules(file, "console.log('built');\n")).toEqual([]);
  }
});
