/** docs/conformance-suite.md: what the official suite said of the extension, and of which sources it said so. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sha256 } from '../../scripts/zip.ts';
import { ROOT } from '../../scripts/set-up.mjs';
import type { Verdict } from './run.ts';
import { ALL, AUTH, BOUND, TRANSPORT, VERSIONS, type Scenario } from './scenarios.ts';

/** Where the table is kept. */
export const TABLE = path.join(ROOT, 'docs', 'conformance-suite.md');

/** Folders and files that decide how a run goes. Styles, texts, tests and tools of the build do not. */
const SOURCES = ['src', 'manifest.json', 'vite.config.ts', 'test/conformance'];
const COUNTED = /\.(?:ts|tsx|mjs|html|json)$/;
/** Tests of the runner, and the page that is made of its results. */
const LEFT_OUT = /\.test\.ts$|(?:^|\/)table\.ts$/;

/** SHA-256 over names and contents of the sources, and over the locked versions of what is built into them. */
export function hashOfSources(): string {
  const files = SOURCES.flatMap(filesBelow).filter((name) => COUNTED.test(name));
  const counted = files.filter((name) => !LEFT_OUT.test(name)).sort();
  const lines = counted.map((name) => `${name} ${sha256(readFileSync(path.join(ROOT, name)))}`);
  return sha256(Buffer.from([...lines, ...lockedVersions()].join('\n')));
}

function filesBelow(name: string): string[] {
  const full = path.join(ROOT, name);
  if (COUNTED.test(name)) return [name];
  return readdirSync(full, { recursive: true, encoding: 'utf8' }).map(
    (file) => `${name}/${file.replaceAll('\\', '/')}`,
  );
}

/** Of the runtime dependencies and of the client that the page runs. */
function lockedVersions(): string[] {
  const { dependencies } = read('package.json') as { dependencies: Record<string, string> };
  const { packages } = read('package-lock.json') as {
    packages: Record<string, { version?: string }>;
  };
  const names = [...Object.keys(dependencies), '@modelcontextprotocol/client'].sort();
  return names.map((name) => `${name}@${packages[`node_modules/${name}`]?.version}`);
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(path.join(ROOT, name), 'utf8'));
}

/** What a run was made with. */
export interface Made {
  /** {@link hashOfSources}, before the run. */
  sources: string;
  suite: string;
  browser: string;
}

const isSame = (one: Scenario, other: Scenario): boolean =>
  one.name === other.name && one.version === other.version;

/** The page. `denied` are the runs of the control, in which the user refuses everything. */
export function tablePage(
  verdicts: readonly Verdict[],
  denied: readonly Verdict[],
  made: Made,
): string {
  const total = (label: string, asked: readonly Scenario[]) => {
    const of = verdicts.filter((one) => asked.some((other) => isSame(one, other)));
    const sum = (key: 'ok' | 'fail' | 'warn' | 'carried' | 'own') =>
      of.reduce((all, one) => all + one[key], 0);
    const passed = `${of.filter((one) => one.passed).length}/${asked.length}`;
    const checks = `${sum('ok')} / ${sum('fail')} / ${sum('warn')}`;
    return `| ${label} | ${passed} | ${checks} | ${sum('carried')} | ${sum('own')} |`;
  };
  const totals = [
    ...VERSIONS.map((version) =>
      total(
        `${version}, auth`,
        AUTH.filter((one) => one.version === version),
      ),
    ),
    total('Tokens bound to a key (DPoP)', BOUND),
    total('The transport', TRANSPORT),
  ];
  const { length: alone } = verdicts.filter(({ own }) => own === 0);
  const rows = verdicts.map(
    (one) =>
      `| ${one.version} | ${one.name} | ${one.passed ? 'passed' : '**failed**'} | ${one.ok} / ${one.fail} / ${one.warn} | ${one.clicks} | ${one.carried} | ${one.own} | ${one.error === null ? 'served' : 'refused'} |`,
  );
  const failed = denied.filter((one) => !one.passed).length;
  return [
    '# The official conformance suite, through the extension',
    '',
    `Written by \`npm run test:conformance\`; a test fails when the sources have changed since. \`@modelcontextprotocol/conformance\` ${made.suite}, ${made.browser}: for every scenario a fresh browser with the built extension, a web page at an origin of its own, which can read nothing of a server without CORS, that drives the official client with \`fetch: broker.fetch\`, and a user who clicks Allow in our prompts. The suite’s servers judge by what they see; no failure is expected or forgiven, and a warning counts as one.`,
    '',
    `Every answer that a page was given after it had been allowed something was carried by the background: no page sent a credential by its own fetch, and ${alone} of ${ALL.length} pages read nothing of their server at all. The others are at the server’s own origin or its CORS lets them greet it first (Z28). In a browser the official client leaves \`Mcp-Param-*\` headers out, because few servers’ CORS allows them; in http-custom-headers the page sets them, and they are carried.`,
    '',
    `Sources: \`${made.sources}\``,
    '',
    '| Scenarios | Passed | Checks ok / failed / warned | Answers carried | Read by the page itself |',
    '| --- | --- | --- | --- | --- |',
    ...totals,
    '',
    `Control: with Deny in place of Allow, ${failed} of ${denied.length} scenarios at ${denied[0]?.version ?? VERSIONS[0]} fail.`,
    '',
    '| Wire version | Scenario | Verdict | Checks ok / failed / warned | Clicks | Carried | Read by the page | The page was |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
