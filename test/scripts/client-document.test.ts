import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  documentFor,
  documentUrl,
  lookAtDocuments,
  redirectUris,
  TARGETS,
  writeDocuments,
} from '../../scripts/client-document.ts';
import { ROOT } from '../../scripts/set-up.mjs';
import { findDocumentFault } from '../../src/protocol/client-document.ts';
import { countSlots, SLOTS } from '../../src/protocol/redirect-slot.ts';

const ADDRESS = 'https://keeper.example/oauth/client.json';
const read = (target: (typeof TARGETS)[number]): unknown =>
  JSON.parse(documentFor(ADDRESS, target));

describe('the documents that the build writes', () => {
  it('have an address of their own in each browser, which is their client id (R25, R26, Z56)', () => {
    const urls = TARGETS.map((target) => documentUrl(ADDRESS, target));
    expect(urls).toEqual([
      'https://keeper.example/oauth/client-chrome.json',
      'https://keeper.example/oauth/client-firefox.json',
    ]);
    expect(TARGETS.map(read)).toEqual(
      urls.map((client_id) => expect.objectContaining({ client_id })),
    );
    expect(documentUrl('https://keeper.example/oauth', 'chrome')).toMatch(/oauth-chrome$/);
  });

  it('are usable in their browser and in no other, with every slot (R25, R27, R28, Z56)', () => {
    const [chrome, firefox] = redirectUris();
    const fault = (target: (typeof TARGETS)[number], uri: string) =>
      findDocumentFault(read(target), documentUrl(ADDRESS, target), uri);
    expect([fault('chrome', chrome!), fault('firefox', firefox!)]).toEqual([undefined, undefined]);
    expect([fault('chrome', firefox!), fault('firefox', chrome!)]).toEqual([
      'redirect_uris',
      'redirect_uris',
    ]);
    expect([countSlots(read('chrome'), chrome!), countSlots(read('firefox'), firefox!)]).toEqual([
      SLOTS,
      SLOTS,
    ]);
  });

  it('stay small enough for a server to read: four kilobytes, or the build fails (R24, Z56)', () => {
    for (const target of TARGETS) expect(documentFor(ADDRESS, target).length).toBeLessThan(4096);
    const long = `https://keeper.example/${'a'.repeat(2000)}.json`;
    expect(() => documentFor(long, 'chrome')).toThrow(/of at most 4096/);
  });

  it('are not written for an address that cannot be a client id (R26)', () => {
    for (const address of ['https://keeper.example/', 'http://keeper.example/a.json', '']) {
      expect(() => documentFor(address, 'chrome')).toThrow(/GRANTKEEPER_CLIENT_DOCUMENT/);
    }
  });
});

describe('publishing them', () => {
  it('writes each under the name that its address ends in (Z56)', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'documents-'));
    try {
      writeDocuments(ADDRESS, folder);
      expect(readdirSync(folder).sort()).toEqual(['client-chrome.json', 'client-firefox.json']);
      const written = readFileSync(path.join(folder, 'client-firefox.json'), 'utf8');
      expect(written).toBe(documentFor(ADDRESS, 'firefox'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('fails unless both are served whole, as JSON, and to every origin (T-61, Z20, Z56)', async () => {
    const good = { 'content-type': 'application/json', 'access-control-allow-origin': '*' };
    const serve = (headers: HeadersInit, change = (text: string) => text) =>
      ((url: string) => {
        const target = TARGETS.find((one) => url === documentUrl(ADDRESS, one))!;
        return Promise.resolve(new Response(change(documentFor(ADDRESS, target)), { headers }));
      }) as typeof fetch;
    await expect(lookAtDocuments(ADDRESS, serve(good))).resolves.toBeUndefined();
    const { 'content-type': type } = good;
    await expect(lookAtDocuments(ADDRESS, serve({ 'content-type': type }))).rejects.toThrow(
      /origin/,
    );
    const plain = { ...good, 'content-type': 'text/plain' };
    await expect(lookAtDocuments(ADDRESS, serve(plain))).rejects.toThrow(/application.json/);
    const older = serve(good, (text) => text.replace('/31', '/30'));
    await expect(lookAtDocuments(ADDRESS, older)).rejects.toThrow(/what this tree builds/);
  });
});

describe('the redirect URIs of clients that are registered by hand', () => {
  it('are what docs/stores.md tells a provider to register (R84, R91)', () => {
    const page = readFileSync(path.join(ROOT, 'docs', 'stores.md'), 'utf8');
    expect(redirectUris().length).toBeGreaterThan(1);
    for (const uri of redirectUris()) expect(page).toContain(`\`${uri}\``);
  });
});
