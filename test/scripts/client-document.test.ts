import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentFor, redirectUris } from '../../scripts/client-document.ts';
import { ROOT } from '../../scripts/set-up.mjs';
import { findDocumentFault } from '../../src/protocol/client-document.ts';

const URL_ = 'https://keeper.example/oauth/client.json';

describe('the document that the build writes', () => {
  it('is usable from every browser and store (R25, R27, R28)', () => {
    const document: unknown = JSON.parse(documentFor(URL_));
    expect(redirectUris().length).toBeGreaterThan(1);
    for (const uri of redirectUris()) {
      expect(findDocumentFault(document, URL_, uri)).toBeUndefined();
    }
  });

  it('lists what docs/stores.md tells a provider to register (R84, R91)', () => {
    const page = readFileSync(path.join(ROOT, 'docs', 'stores.md'), 'utf8');
    for (const uri of redirectUris()) expect(page).toContain(`\`${uri}\``);
  });

  it('stays small enough for a server to read: five kilobytes (R24)', () => {
    expect(documentFor(URL_).length).toBeLessThan(5120);
  });

  it('is not written for an address that cannot be a client id (R26)', () => {
    expect(() => documentFor('https://keeper.example/')).toThrow(/GRANTKEEPER_CLIENT_DOCUMENT/);
  });
});
