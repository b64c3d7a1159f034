/**
 * `npm run release -- <version>`: says what a release would do and what stands in its way; `--write` does it. It sets
 * the version, packages, writes the SBOM and the hashes to dist/release, commits and tags. It never pushes or uploads:
 * docs/releasing.md says what comes then.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { DIST } from './build.ts';
import { ROOT, runAsProgram } from './set-up.mjs';

/** What a release depends on, as it lies there. */
export interface State {
  /** The version of package.json. */
  current: string;
  /** `git status --porcelain`. */
  changes: string;
  /** Tags, such as `v0.1.0`. */
  tags: readonly string[];
  changelog: string;
}

/** The stores take three numbers and nothing else. */
const VERSION = /^(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})$/;

/** Everything that stands in the way of releasing `version`, a line each. */
export function obstaclesTo(
  version: string,
  { current, changes, tags, changelog }: State,
): string[] {
  if (!VERSION.test(version)) return [`“${version}” is no version of three numbers`];
  const newest = tags
    .filter((tag) => VERSION.test(tag.slice(1)))
    .sort(byVersion)
    .at(-1)
    ?.slice(1);
  const least = newest === undefined ? current : next(newest);
  return [
    ...(changes === '' ? [] : ['the tree has changes that are not committed']),
    ...(tags.includes(`v${version}`) ? [`the tag v${version} exists`] : []),
    ...(byVersion(version, least) < 0 ? [`${version} is lower than ${least}`] : []),
    ...obstaclesIn(changelog, version),
  ];
}

/** The changelog heads its notes with version and day, and keeps nothing back for later. */
function obstaclesIn(changelog: string, version: string): string[] {
  const sections = changelog.split(/^## /m).slice(1);
  const heading = new RegExp(`^${version.replaceAll('.', '\\.')} \\(\\d{4}-\\d\\d-\\d\\d\\)\\n`);
  const first = sections.find((section) => !isEmptyUnreleased(section));
  if (first !== undefined && heading.test(first)) return [];
  const found = first?.split('\n')[0] ?? 'nothing';
  return [
    `CHANGELOG.md starts with “## ${found}”; “## ${version} (year-month-day)” has to be first`,
  ];
}

function isEmptyUnreleased(section: string): boolean {
  return /^Unreleased\s*$/.test(section);
}

function byVersion(a: string, b: string): number {
  const parts = (version: string) => version.replace(/^v/, '').split('.').map(Number);
  const [left, right] = [parts(a), parts(b)];
  return left.map((part, i) => part - (right[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function next(version: string): string {
  return version.replace(/\d+$/, (patch) => String(Number(patch) + 1));
}

/** One thing that a release does. */
interface Deed {
  says: string;
  act: () => void;
}

function deedsOf(version: string): Deed[] {
  const folder = path.join(DIST, 'release');
  return [
    {
      says: `set ${version} in package.json and package-lock.json`,
      act: () => npm('version', version, '--no-git-tag-version', '--allow-same-version'),
    },
    { says: 'build and pack: dist/packages', act: () => npm('run', 'package') },
    {
      says: `list what the packages contain (CycloneDX): dist/release/sbom-${version}.cdx.json`,
      act: () => {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder, { recursive: true });
        writeFileSync(path.join(folder, `sbom-${version}.cdx.json`), billOfMaterials());
      },
    },
    {
      says: `commit “release: ${version}”, unless nothing changed, and tag v${version}`,
      act: () => {
        git('add', 'package.json', 'package-lock.json');
        if (git('diff', '--cached', '--name-only') !== '') {
          git('commit', '-m', `release: ${version}`);
        }
        git('tag', '-a', `v${version}`, '-m', `Grantkeeper ${version}`);
      },
    },
  ];
}

/** The software that the packages contain, from the lock: a CycloneDX document. */
export function billOfMaterials(): string {
  const flags = ['--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev'];
  return npm('sbom', '--package-lock-only', ...flags);
}

function npm(...args: string[]): string {
  return execFileSync('npm', args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    // Windows starts npm, a command file, through its shell only.
    shell: process.platform === 'win32',
  });
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}

function stateNow(): State {
  return {
    current: packageJson.version,
    changes: git('status', '--porcelain'),
    tags: git('tag', '--list', 'v*').split('\n'),
    changelog: readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8'),
  };
}

await runAsProgram(import.meta.url, () => {
  const words = process.argv.slice(2);
  const [version, ...rest] = words.filter((word) => word !== '--write');
  if (version === undefined || rest.length > 0) {
    throw new Error('npm run release -- <version> [--write]');
  }
  const obstacles = obstaclesTo(version, stateNow());
  if (obstacles.length > 0) throw new Error(obstacles.join('\n'));
  const isReal = words.includes('--write');
  for (const { says, act } of deedsOf(version)) {
    console.log(isReal ? says : `would ${says}`);
    if (isReal) act();
  }
  console.log(isReal ? 'Next: docs/releasing.md, “Publish”.' : 'With --write it is done.');
});
