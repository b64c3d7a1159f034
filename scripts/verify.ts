/**
 * `npm run verify -- <package>`: builds this tree and compares it with a package that somebody got elsewhere: from a
 * store (`.zip`, `.xpi`, `.crx`) or from a release. Check out the tag of its version first.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import packageJson from '../package.json' with { type: 'json' };
import { packageAll } from './package.ts';
import { runAsProgram } from './set-up.mjs';
import { sha256 } from './zip.ts';

/** The files of a package by name. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** How a package differs from what this tree builds; every list empty means that the code is the same. */
export interface Comparison {
  /** Files whose bytes differ. */
  different: string[];
  /** Files that we build and the package doesn't have. */
  missing: string[];
  /** Files that the package has and we don't build. */
  surplus: string[];
  /** What the store has added to sign the package or to name it; no code. */
  signed: string[];
}

/** Where the stores put their signatures. */
const SIGNATURES = /^(META-INF|_metadata)\//;

/** Members that Chrome's store writes into the manifest of what it signs. */
const OF_THE_STORE = ['key', 'update_url'] as const;

const MANIFEST = 'manifest.json';

/** Compares byte for byte. Only a manifest that the store has written again is compared as data. */
export function compareFiles(built: Files, given: Files): Comparison {
  const names = Object.keys(given);
  const signed = names.filter((name) => SIGNATURES.test(name));
  const isWritten = isManifestOfStore(built[MANIFEST], given[MANIFEST]);
  return {
    different: Object.keys(built).filter((name) => {
      const [ours, theirs] = [built[name], given[name]];
      if (name === MANIFEST && isWritten) return false;
      return ours !== undefined && theirs !== undefined && sha256(ours) !== sha256(theirs);
    }),
    missing: Object.keys(built).filter((name) => given[name] === undefined),
    surplus: names.filter((name) => built[name] === undefined && !SIGNATURES.test(name)),
    signed: isWritten ? [...signed, MANIFEST] : signed,
  };
}

/** Whether the two say the same once what the store adds is left out, and it has added something. */
function isManifestOfStore(ours?: Uint8Array, theirs?: Uint8Array): boolean {
  if (!ours || !theirs) return false;
  const [built, given] = [parse(ours), parse(theirs)];
  const added = OF_THE_STORE.filter((key) => key in given && !(key in built));
  for (const key of added) delete given[key];
  return added.length > 0 && canonical(built) === canonical(given);
}

function parse(json: Uint8Array): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(json)) as Record<string, unknown>;
}

/** JSON with the members of every object in one order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** The zip inside a package: a `.crx` has a header with signatures before it. */
export function zipIn(bytes: Uint8Array): Uint8Array {
  if (new TextDecoder().decode(bytes.subarray(0, 4)) !== 'Cr24') return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  // Magic, version and the header's length: four bytes each.
  return bytes.subarray(12 + view.getUint32(8, true));
}

async function verify(file: string): Promise<void> {
  const given = readFileSync(file);
  const dist = mkdtempSync(path.join(tmpdir(), 'grantkeeper-verify-'));
  try {
    const hashes = await packageAll(dist);
    const [same] = [...hashes].find(([, hash]) => hash === sha256(given)) ?? [];
    if (same !== undefined) {
      console.log(`${file} is ${same}, byte for byte (SHA-256 ${sha256(given)}).`);
      return;
    }
    const files = unzipSync(zipIn(given));
    const manifest = files[MANIFEST];
    if (!manifest) throw new Error(`${file} holds no manifest.json and is none of our packages.`);
    const { version, browser_specific_settings: gecko } = parse(manifest);
    if (version !== packageJson.version) {
      throw new Error(
        `${file} is ${String(version)}, this tree ${packageJson.version}: git checkout`,
      );
    }
    const target = gecko === undefined ? 'chrome' : 'firefox';
    const name = `grantkeeper-${target}-${packageJson.version}.zip`;
    report(name, compareFiles(unzipSync(readFileSync(path.join(dist, 'packages', name))), files));
  } finally {
    rmSync(dist, { recursive: true, force: true });
  }
}

function report(name: string, { different, missing, surplus, signed }: Comparison): void {
  const faults = [
    ...different.map((file) => `differs: ${file}`),
    ...missing.map((file) => `missing: ${file}`),
    ...surplus.map((file) => `not ours: ${file}`),
  ];
  for (const file of signed) console.log(`added by the store: ${file}`);
  if (faults.length > 0) throw new Error(`Not what this tree builds:\n${faults.join('\n')}`);
  console.log(`Every file of ${name} is in it, byte for byte, and no other code.`);
}

await runAsProgram(import.meta.url, async () => {
  const [file, ...rest] = process.argv.slice(2);
  if (file === undefined || rest.length > 0) throw new Error('npm run verify -- <package>');
  await verify(path.resolve(file));
});
