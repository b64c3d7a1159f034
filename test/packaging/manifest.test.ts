import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import source from '../../manifest.json' with { type: 'json' };
import { DIST } from '../../scripts/build.ts';
import { manifestOf, packageOf } from '../support/packaged.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { DOCUMENTS } from '../../src/shared/documents.ts';

const PAGES = ['https://*/*', 'http://localhost/*', 'http://127.0.0.1/*'];

const chrome = manifestOf(packageOf('chrome'));
const firefox = manifestOf(packageOf('firefox'));
const both = [
  ['chrome', chrome],
  ['firefox', firefox],
] as const;

describe.each(both)('the %s manifest', (_target, manifest) => {
  it('asks for exactly the documented permissions', () => {
    expect(manifest['permissions']).toEqual([
      'declarativeNetRequestWithHostAccess',
      'identity',
      'unlimitedStorage',
      'webRequest',
    ]);
    expect(manifest).not.toHaveProperty('optional_permissions');
  });

  it('requires no host permission; hosts are asked for inside a click (Z13)', () => {
    expect(manifest).not.toHaveProperty('host_permissions');
    expect(manifest['optional_host_permissions']).toEqual(PAGES);
  });

  it('has its settings in a tab of their own', () => {
    expect(manifest['options_ui']).toEqual({ page: DOCUMENTS.settings, open_in_tab: true });
  });

  it('opens the popup from the toolbar', () => {
    expect(manifest['action']).toMatchObject({ default_popup: DOCUMENTS.popup });
  });

  it('lets no page load anything of the extension', () => {
    expect(manifest).not.toHaveProperty('web_accessible_resources');
  });

  it('allows its documents nothing but its own scripts, styles and images, and requests to servers', () => {
    expect(manifest['content_security_policy']).toEqual({
      extension_pages: [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        'connect-src https: http://localhost:* http://127.0.0.1:*',
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ].join('; '),
    });
  });

  it('does not serve private windows (Z24)', () => {
    expect(manifest['incognito']).toBe('not_allowed');
  });

  it('carries no key to the store (Z25)', () => {
    expect(manifest).not.toHaveProperty('key');
  });

  it('has the version of package.json, the one place that has it', () => {
    expect(manifest['version']).toBe(packageJson.version);
    expect(source).not.toHaveProperty('version');
  });
});

describe('the chrome manifest', () => {
  it('reaches pages by externally_connectable alone, without a content script (Z12)', () => {
    expect(chrome['externally_connectable']).toEqual({ matches: PAGES });
    expect(chrome).not.toHaveProperty('content_scripts');
  });

  it('runs one service worker, which is one plain and strict script (ADR 0064)', () => {
    expect(chrome['background']).toEqual({ service_worker: 'service-worker-loader.js' });
    const worker = readFileSync(path.join(DIST, 'chrome', 'service-worker-loader.js'), 'utf8');
    expect(worker.slice(0, 13)).toBe("'use strict';");
    expect(/\bimport\b/.test(worker)).toBe(false);
    const chunks = readdirSync(path.join(DIST, 'chrome', 'assets'));
    expect(chunks.filter((name) => name.startsWith('worker'))).toEqual([]);
  });

  it('keeps the development key in dist/chrome, so the extension id is stable', () => {
    const built = readFileSync(path.join(DIST, 'chrome', 'manifest.json'), 'utf8');
    expect(JSON.parse(built)).toHaveProperty('key');
  });
});

describe('the firefox manifest', () => {
  it('carries the relay to the same pages, from the start of the document and in the top frame only', () => {
    expect(firefox['content_scripts']).toEqual([
      { matches: PAGES, js: ['src/content/relay.js'], run_at: 'document_start' },
    ]);
    expect(firefox).not.toHaveProperty('externally_connectable');
  });

  it('runs an event page', () => {
    expect(firefox['background']).toEqual({
      scripts: ['service-worker-loader.js'],
      type: 'module',
    });
  });
});
