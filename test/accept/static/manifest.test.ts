/** S-MANIFEST and S-DEPS: what the extension may do at all, and what it is made of (T-48, T-10, T-14). */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import lock from '../../../package-lock.json' with { type: 'json' };
import packageJson from '../../../package.json' with { type: 'json' };
import { manifestFor } from '../../../scripts/manifest.ts';
import { ROOT } from '../../../scripts/set-up.mjs';
import { DOCUMENTS } from '../../../src/shared/documents.ts';
import { reportBar } from '../../support/bars.ts';

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Everything that a build asks the browser for. */
const ASKED = [
  'permissions',
  'optional_permissions',
  'host_permissions',
  'optional_host_permissions',
  'web_accessible_resources',
  'incognito',
];
const PAGES = ['https://*/*', 'http://localhost/*', 'http://127.0.0.1/*'];
const EXACTLY = {
  permissions: [
    'declarativeNetRequestWithHostAccess',
    'identity',
    'unlimitedStorage',
    'webRequest',
  ],
  optional_host_permissions: PAGES,
  incognito: 'not_allowed',
};
/** No source but these; each directive that the browsers know and `default-src` does not cover is there too. */
const POLICY = new Map([
  ['default-src', "'none'"],
  ['script-src', "'self'"],
  ['style-src', "'self'"],
  ['img-src', "'self'"],
  ['connect-src', 'https: http://localhost:* http://127.0.0.1:*'],
  ['base-uri', "'none'"],
  ['form-action', "'none'"],
  ['frame-ancestors', "'none'"],
  ['object-src', "'none'"],
  ['require-trusted-types-for', "'script'"],
  ['trusted-types', "'none'"],
]);

describe.each(['chrome', 'firefox'] as const)('the %s manifest (S-MANIFEST)', (target) => {
  const manifest = manifestFor(target);

  it('asks for exactly this, and makes nothing of ours loadable (T-10)', () => {
    const asked = ASKED.filter((name) => name in manifest);
    expect(Object.fromEntries(asked.map((name) => [name, manifest[name]]))).toEqual(EXACTLY);
    const count = (name: string) => ((manifest[name] ?? []) as unknown[]).length;
    reportBar(`S-MANIFEST ${target}`, {
      permissions: count('permissions'),
      hostsFromStart: count('host_permissions'),
      loadable: count('web_accessible_resources'),
    });
  });

  it('has the strictest policy that works: no source but its own, and no markup out of text (T-14)', () => {
    const { extension_pages: policy } = manifest['content_security_policy'] as {
      extension_pages: string;
    };
    const directives = policy.split('; ').map((one) => {
      const [name = '', ...values] = one.split(' ');
      return [name, values.join(' ')] as const;
    });
    expect(new Map(directives)).toEqual(POLICY);
    expect(directives.length).toBe(POLICY.size);
  });
});

describe('our documents', () => {
  it('reach no server: only the worker may (T-32)', () => {
    const refusing =
      /<meta charset="utf-8" \/>\s*<meta http-equiv="Content-Security-Policy" content="connect-src 'none'" \/>/;
    const open = Object.values(DOCUMENTS).filter((file) => !refusing.test(read(file)));
    expect(open).toEqual([]);
  });
});

describe('the supply chain (S-DEPS, T-48)', () => {
  const rows = Object.entries(lock.packages as Record<string, LockRow>);

  it('has five runtime dependencies at most, each of one version', () => {
    const versions = Object.values(packageJson.dependencies);
    expect(versions.length).toBeLessThanOrEqual(5);
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('knows the hash of every package, and names no place of its own for any', () => {
    const packages = rows.filter(([name]) => name !== '');
    const unknown = packages.filter(
      ([, { integrity, resolved }]) => !integrity?.startsWith('sha512-') || resolved !== undefined,
    );
    expect(unknown.map(([name]) => name)).toEqual([]);
    expect(packages.length).toBeGreaterThan(100);
    reportBar('S-DEPS', { packages: packages.length, withoutHash: unknown.length });
  });

  it('runs no script of a package when it is installed, in CI and on every desk', () => {
    expect(read('.npmrc').split('\n')).toContain('ignore-scripts=true');
    const workflows = readdirSync(path.join(ROOT, '.github/workflows')).map((name) =>
      read(`.github/workflows/${name}`),
    );
    const texts = [...workflows, read('.ci/run'), read('scripts/set-up.mjs'), read('package.json')];
    expect(workflows.filter((text) => text.includes('npm ci')).length).toBeGreaterThan(0);
    expect(texts.filter((text) => /ignore-scripts[= ]false|npm rebuild/.test(text))).toEqual([]);
    // `npm install` may take what the lock file does not know.
    const installs = texts.join('\n').match(/npm (?:install|i|update)\b.*/g) ?? [];
    expect(installs.filter((line) => !/--no-save --ignore-scripts/.test(line))).toEqual([]);
  });
});

interface LockRow {
  integrity?: string;
  resolved?: string;
}
