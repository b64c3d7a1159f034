import { strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { compareFiles, zipIn } from '../../scripts/verify.ts';

const json = (value: unknown) => strToU8(JSON.stringify(value, null, 2));
const MANIFEST = { name: 'Grantkeeper', version: '1.0.0', icons: { 16: 'a', 32: 'b' } };
const BUILT = { 'manifest.json': json(MANIFEST), 'worker.js': strToU8('work()') };
const same = { different: [], missing: [], surplus: [], signed: [] };

describe('a package', () => {
  it('is the same when every byte is', () => {
    expect(compareFiles(BUILT, { ...BUILT })).toEqual(same);
  });

  it('differs by a byte, by a file less and by a file more', () => {
    const changed = { ...BUILT, 'worker.js': strToU8('work();') };
    expect(compareFiles(BUILT, changed)).toEqual({ ...same, different: ['worker.js'] });
    const { 'worker.js': _, ...less } = BUILT;
    expect(compareFiles(BUILT, less)).toEqual({ ...same, missing: ['worker.js'] });
    const more = { ...BUILT, 'constructor.js': strToU8('') };
    expect(compareFiles(BUILT, more)).toEqual({ ...same, surplus: ['constructor.js'] });
  });

  it.each(['META-INF/mozilla.rsa', '_metadata/verified_contents.json'])(
    'may carry the signature of a store: %s',
    (name) => {
      const signed = { ...BUILT, [name]: strToU8('signature') };
      expect(compareFiles(BUILT, signed)).toEqual({ ...same, signed: [name] });
    },
  );

  it('may have a manifest to which Chrome’s store added its address and key, whatever the order', () => {
    const { icons, ...rest } = MANIFEST;
    const written = { update_url: 'https://store.example', key: 'MII', icons, ...rest };
    const signed = { ...BUILT, 'manifest.json': json(written) };
    expect(compareFiles(BUILT, signed)).toEqual({ ...same, signed: ['manifest.json'] });
  });

  it.each([
    ['a permission more', { ...MANIFEST, update_url: 'https://s.example', permissions: ['tabs'] }],
    ['another icon', { ...MANIFEST, update_url: 'https://s.example', icons: { 16: 'a', 32: 'c' } }],
    ['other spaces, and nothing of a store', MANIFEST],
  ])('has another manifest with %s', (_, manifest) => {
    const given = { ...BUILT, 'manifest.json': strToU8(JSON.stringify(manifest)) };
    expect(compareFiles(BUILT, given)).toEqual({ ...same, different: ['manifest.json'] });
  });
});

describe('the zip of a package', () => {
  it('is all of a zip, and what stands behind the header of a crx', () => {
    const zip = strToU8('PK rest');
    expect(zipIn(zip)).toEqual(zip);
    const header = Uint8Array.of(...strToU8('Cr24'), 3, 0, 0, 0, 2, 0, 0, 0, 9, 9);
    // Files are often views into something larger.
    const crx = Uint8Array.of(0, ...header, ...zip).subarray(1);
    expect(zipIn(crx)).toEqual(zip);
  });
});
