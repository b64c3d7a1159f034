import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { DIST } from '../../scripts/build.ts';
import { filesIn, sha256, zipOf } from '../../scripts/zip.ts';
import { ROOT } from '../../scripts/set-up.mjs';
import { SOURCES } from '../../scripts/source-bundle.ts';
import { DOCUMENTS } from '../../src/shared/documents.ts';
import { differencesFromPackage, filesOf, packageOf, unpack } from '../support/packaged.ts';

/** Some build and pack everything twice. */
vi.setConfig({ testTimeout: 300_000 });

const elsewhere = mkdtempSync(path.join(tmpdir(), 'grantkeeper-packages-'));
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

/** Each of them, and nothing that could not use the extension door. */
const OWN_DOCUMENTS = Object.values(DOCUMENTS).sort();

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('the packages', () => {
  it('are the same bytes when built elsewhere, in another time zone, under another umask', () => {
    const umask = process.umask(0o077);
    try {
      execFileSync(process.execPath, ['--import', 'tsx', 'scripts/package.ts', elsewhere], {
        cwd: ROOT,
        env: { ...process.env, TZ: 'Pacific/Kiritimati' },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    } finally {
      process.umask(umask);
    }
    const hashes = (dist: string): Record<string, string> => {
      const folder = path.join(dist, 'packages');
      const hash = (name: string): string => sha256(readFileSync(path.join(folder, name)));
      return Object.fromEntries(filesIn(folder).map((name) => [name, hash(name)]));
    };
    const ours = hashes(DIST);
    expect(Object.keys(ours)).toHaveLength(4);
    expect(hashes(elsewhere)).toEqual(ours);
  });

  it('differ from what is loaded in the key of the manifest only', () => {
    const folder = unpack('chrome');
    expect(differencesFromPackage(folder, 'chrome')).toEqual([]);
    expect(JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'))).toHaveProperty(
      'key',
    );
  });
});

describe('the source bundle', () => {
  const files = filesOf(packageOf('source'));
  const names = Object.keys(files);

  it('holds the sources that the build reads, as they are, and nothing that was built or installed', () => {
    expect(names.filter((name) => !SOURCES.some((source) => isWithin(name, source)))).toEqual([]);
    for (const source of SOURCES) expect(names.some((name) => isWithin(name, source))).toBe(true);
    expect(names.filter((name) => /(^|\/)(node_modules|dist|\.git|\.cache)\//.test(name))).toEqual(
      [],
    );
    for (const name of names) {
      expect(files[name], name).toEqual(new Uint8Array(readFileSync(path.join(ROOT, name))));
    }
  });

  it('builds to the very bytes of the Firefox package, and packs itself again', () => {
    const reviewer = path.join(elsewhere, 'reviewer');
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(reviewer, name)), { recursive: true });
      writeFileSync(path.join(reviewer, name), bytes);
    }
    expect(existsSync(path.join(reviewer, 'dist'))).toBe(false);
    // In place of `npm ci`: the same locked packages, without the network.
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(reviewer, 'node_modules'), 'junction');
    execFileSync('npm', ['run', 'package'], {
      cwd: reviewer,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
    for (const what of ['firefox', 'source'] as const) {
      const ours = packageOf(what);
      const theirs = path.join(reviewer, 'dist', 'packages', path.basename(ours));
      expect(sha256(readFileSync(theirs)), what).toBe(sha256(readFileSync(ours)));
    }
  });
});

/** Whether a file is what `SOURCES` names, or lies in a folder that it names. */
function isWithin(name: string, source: string): boolean {
  return name === source || name.startsWith(`${source}/`);
}

describe.each(['chrome', 'firefox'] as const)('the %s package', (target) => {
  const files = filesOf(packageOf(target));
  const names = Object.keys(files);
  const code = Object.entries(files).filter(([name]) => /\.(js|html|css|json)$/.test(name));

  it('holds the documents, the messages and the icons that the manifest names', () => {
    expect(names).toEqual(
      expect.arrayContaining([
        DOCUMENTS.popup,
        DOCUMENTS.consent,
        'service-worker-loader.js',
        '_locales/en/messages.json',
        'icons/16.png',
        'icons/32.png',
        'icons/48.png',
        'icons/96.png',
        'icons/128.png',
      ]),
    );
  });

  it('has a message for every one that the manifest names', () => {
    const messages = JSON.parse(text(files['_locales/en/messages.json']!)) as object;
    const named = text(files['manifest.json']!).matchAll(/__MSG_(\w+)__/g);
    const keys = [...named].map(([, key]) => key!);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(messages).toHaveProperty(key);
  });

  it('has no inline script, style or handler, which the content security policy would block', () => {
    const documents = code.filter(([name]) => name.endsWith('.html'));
    expect(documents.map(([name]) => name).sort()).toEqual(OWN_DOCUMENTS);
    for (const [name, bytes] of documents) {
      expect(text(bytes), name).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\s(on\w+|style)=/i);
    }
  });

  it('evaluates no text as code', () => {
    for (const [name, bytes] of code) {
      expect(text(bytes), name).not.toMatch(/\b(eval|Function)\(/);
    }
  });

  it('tells nothing about the machine that built it', () => {
    for (const [name, bytes] of code) {
      expect(text(bytes), name).not.toContain(ROOT);
      expect(text(bytes), name).not.toMatch(
        /sourceMappingURL|import\.meta\.hot|\/@vite|node_modules/,
      );
    }
  });

  it('weighs no more than 500 KiB (BAR-SIZE)', () => {
    expect(readFileSync(packageOf(target)).byteLength).toBeLessThanOrEqual(500 * 1024);
  });
});

describe('npm run verify', () => {
  const verify = (file: string) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'scripts/verify.ts', file], {
      cwd: ROOT,
      encoding: 'utf8',
    });

  it('knows our own package again, byte for byte', () => {
    const { stdout, status } = verify(packageOf('chrome'));
    expect(stdout).toContain(`${path.basename(packageOf('chrome'))}, byte for byte`);
    expect(status).toBe(0);
  });

  it('tells a package that a store has signed from one with another byte', () => {
    const files = filesOf(packageOf('firefox'));
    const signed = { ...files, 'META-INF/mozilla.rsa': new Uint8Array([1]) };
    const file = path.join(elsewhere, 'from-the-store.xpi');
    writeFileSync(file, zipOf(signed));
    const good = verify(file);
    expect(good.stdout).toContain('added by the store: META-INF/mozilla.rsa');
    expect(good.status).toBe(0);
    writeFileSync(file, zipOf({ ...signed, 'service-worker-loader.js': new Uint8Array([1]) }));
    const bad = verify(file);
    expect(bad.stderr).toContain('differs: service-worker-loader.js');
    expect(bad.status).toBe(1);
  });
});
