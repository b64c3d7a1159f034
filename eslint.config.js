/** Typed promise rules, exhaustiveness, size budgets and the walls between the rooms; every rule is an error. */
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { backgroundWalls, BROWSER } from './eslint.background.js';

/**
 * A wall: files of a room may import only what is named. Each message teaches the way out.
 * @param {string[]} files
 * @param {string} message
 * @param {string[]} allowed regular expressions of whole import specifiers
 * @returns {import('eslint').Linter.Config}
 */
function wall(files, message, allowed) {
  const regex = `^(?!(?:${allowed.join('|')})$)`;
  return {
    files,
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] },
  };
}

/** A file of the same room; `./../` would lead out of it. */
const own = '\\./(?!.*\\.\\.)[\\w./-]+';
const shared = '\\.\\./shared/(facts/)?[\\w-]+\\.ts';
/** What any file of the popup may import besides its kit. */
const OUTSIDE_POPUP = [
  own,
  '\\.\\./\\.\\./shared/(?:[\\w-]+/)*[\\w-]+\\.ts',
  'preact(/[\\w-]+)?',
  'webextension-polyfill',
];
const facts = '\\.\\./shared/facts/[\\w-]+\\.ts';
/** Server text reaches the DOM as text only, messages name their receiver, and imports can be read by lint. */
const DANGERS = [
  {
    selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]',
    message: 'Server text reaches the DOM as text only; let Preact render it.',
  },
  {
    selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
    message: 'Server text reaches the DOM as text only; let Preact render it.',
  },
  {
    selector:
      "CallExpression:matches([callee.name='postMessage'], [callee.property.name='postMessage']) Literal[value='*']",
    message: "A message to '*' reaches every frame; name the origin.",
  },
  {
    selector: 'ImportExpression',
    message: 'A dynamic import passes every wall; import statically.',
  },
];

/** Decisions have no clock and no dice: pass `now` and random values in. */
const CLOCKS = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Pass `now` in: decisions have no clock.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Pass `now` in: decisions have no clock.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Pass random values in: decisions throw no dice.',
  },
];

/** Ways to the globals above, timers, and clocks that are globals: the pure rooms have none of them. */
const WORLD = [
  ...['globalThis', 'self', 'window', 'document', 'location', 'localStorage', 'sessionStorage'],
  ...['XMLHttpRequest', 'WebSocket', 'EventSource', 'BroadcastChannel', 'MessageChannel', 'Worker'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['requestAnimationFrame', 'requestIdleCallback', 'performance', 'Temporal', 'process'],
];

/** The same for the members of globals that are pure otherwise, however they are reached. */
const IMPURE = [
  ...CLOCKS,
  {
    selector:
      "MemberExpression[object.name='Date'][computed=true], CallExpression[callee.name='Date']",
    message: 'Pass `now` in: decisions have no clock.',
  },
  {
    selector: 'MemberExpression[property.name=/^(randomUUID|getRandomValues)$/]',
    message: 'Pass random values in: decisions throw no dice.',
  },
  {
    selector: 'MemberExpression[object.name=/^(Math|crypto)$/][computed=true]',
    message: 'Name the member: lint must see that it is a pure one.',
  },
  {
    selector: 'VariableDeclarator[init.name=/^(Date|Math|crypto)$/]',
    message: 'Use the global itself: under another name lint does not know it.',
  },
];

/** oauth4webapi sends requests and reads clocks; only its types are pure. */
const LIBRARY_CODE = {
  selector: [
    "ImportDeclaration[source.value='oauth4webapi'][importKind!='type']",
    "ExportNamedDeclaration[source.value='oauth4webapi']",
    "ExportAllDeclaration[source.value='oauth4webapi']",
  ].join(', '),
  message: 'Only types of oauth4webapi: `import type { … }`. Its code belongs to background.',
};

export default defineConfig(
  { ignores: ['dist', 'gallery', 'demo/out', 'node_modules', '.cache'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.base],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './tsconfig.node.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      eqeqeq: ['error', 'smart'],
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', { max: 4 }],
    },
  },
  {
    files: ['test/**', 'demo/**', 'bench/**', 'drivers/**', 'scripts/**'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
    },
  },
  { files: ['src/popup/**/*.tsx'], rules: { 'max-lines-per-function': ['error', { max: 60 }] } },
  {
    files: ['src/**'],
    rules: { 'no-console': 'error', 'no-eval': 'error', 'no-new-func': 'error' },
  },
  { files: ['src/**'], rules: { 'no-restricted-syntax': ['error', ...DANGERS] } },
  wall(['src/shared/**'], 'shared imports nothing but valibot.', [own, 'valibot']),
  wall(['src/shared/facts/**'], 'A fact imports other facts only: every room may import it.', [
    own,
  ]),
  wall(
    ['src/protocol/**'],
    'protocol is pure: only shared/errors, shared/facts, valibot and types of oauth4webapi.',
    [own, '\\.\\./shared/errors\\.ts', facts, 'oauth4webapi', 'valibot'],
  ),
  wall(['src/client/**', 'src/content/**'], 'Only shared may be imported here.', [own, shared]),
  wall(['src/popup/**'], 'A room of the popup imports the kit and itself; no room knows another.', [
    ...OUTSIDE_POPUP,
    '\\.\\./kit/[\\w-]+\\.tsx?',
  ]),
  wall(['src/popup/kit/**'], 'The kit is for every room, so it imports none.', OUTSIDE_POPUP),
  ...backgroundWalls({ wall, DANGERS, CLOCKS, WORLD }),
  {
    files: ['src/protocol/**', 'src/shared/**'],
    rules: {
      'no-restricted-globals': ['error', ...BROWSER, ...WORLD],
      'no-restricted-syntax': ['error', ...DANGERS, ...IMPURE],
    },
  },
  {
    files: ['src/protocol/**'],
    rules: { 'no-restricted-syntax': ['error', ...DANGERS, ...IMPURE, LIBRARY_CODE] },
  },
);
