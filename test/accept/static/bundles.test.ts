/** What is built has no way to speak where nobody should hear, or to run what is not its own (T-32, T-48). */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../../scripts/set-up.mjs';
import { filesIn } from '../../../scripts/zip.ts';
import { reportBar } from '../../support/bars.ts';

/** What must not be in a script of ours, and what it would be good for. */
const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ['a console', /\bconsole\s*\./],
  ['text that runs', /\beval\s*\(|\bnew Function\b|\bFunction\s*\(|\bsetTimeout\(\s*["'`]/],
  ['text that becomes markup', /innerHTML|outerHTML|insertAdjacentHTML|document\.write/],
  ['a message to everybody', /postMessage\([^;]{0,200}?["'`]\*["'`]/],
  ['code that comes later', /\bimport\s*\(|\bimportScripts\b/],
  ['a hook for tests', /fault\.test|__FAULT__|GRANTKEEPER_|\bdebugger\b/],
  ['storage in clear', /\blocalStorage\b|\bsessionStorage\b|storage\.sync\b/],
];
/** Names of XML vocabularies, and of one permission, which nobody fetches; and names kept for examples (RFC 6761 §6.5). */
const NOBODYS =
  /^(http:\/\/www\.w3\.org\/|https:\/\/mail\.google\.com\/$|https:\/\/(\w+\.)*example\.(com|net|org)$)/;
/** An address with a host that is written out; a host that is put in is the caller's. */
const ADDRESS = /https?:\/\/[a-z0-9][a-z0-9.-]+\.[a-z]{2,}[^\s"'`)]*/gi;

const targets = ['chrome', 'firefox'] as const;
const folder = mkdtempSync(path.join(tmpdir(), 'grantkeeper-static-'));
const built = new Map<string, [name: string, text: string][]>();

beforeAll(() => {
  for (const target of targets) {
    const out = path.join(folder, target);
    const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js');
    const { NODE_ENV: _, ...env } = process.env;
    execFileSync(process.execPath, [vite, 'build', '--outDir', out, '--logLevel', 'error'], {
      cwd: ROOT,
      env: { ...env, TARGET: target },
      stdio: 'ignore',
    });
    const names = filesIn(out).filter((name) => /\.(js|html|css)$/.test(name));
    built.set(
      target,
      names.map((name) => [name, readFileSync(path.join(out, name), 'utf8')]),
    );
  }
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Where a text of the build matches. */
function found(target: string, pattern: RegExp): string[] {
  return built.get(target)!.flatMap(([name, text]) => {
    const [hit] = pattern.exec(text) ?? [];
    return hit === undefined ? [] : [`${name}: ${hit.slice(0, 80)}`];
  });
}

describe.each(targets)('the scripts of the %s build (accept:static)', (target) => {
  it.each(FORBIDDEN)('hold no %s (T-32)', (_, pattern) => {
    expect(built.get(target)!.length).toBeGreaterThan(10);
    expect(found(target, pattern)).toEqual([]);
  });

  it('name no address of anybody, ours included (T-48)', () => {
    const addresses = built.get(target)!.flatMap(([, text]) => text.match(ADDRESS) ?? []);
    expect(addresses.filter((one) => !NOBODYS.test(one))).toEqual([]);
    const bytes = built.get(target)!.reduce((sum, [, text]) => sum + text.length, 0);
    const files = built.get(target)!.length;
    const hits = FORBIDDEN.flatMap(([, pattern]) => found(target, pattern)).length;
    reportBar(`S-BUNDLES ${target}`, { files, bytes, patterns: FORBIDDEN.length, hits });
  });
});

it('the search finds each of them where it is planted', () => {
  const planted = [
    'console.log(t)',
    'eval(t)',
    'e.innerHTML=t',
    'p.postMessage({a:1},`*`)',
    'import("./x.js")',
    'fetch("https://fault.test/k")',
    'localStorage.t=1',
  ];
  expect(planted.map((text, i) => FORBIDDEN[i]![1].test(text))).toEqual(planted.map(() => true));
});
