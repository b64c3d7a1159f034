import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { brandColours } from '../../scripts/brand-colours.ts';
import { readPalette, withPalette } from '../../scripts/palette-png.ts';
import { ROOT } from '../../scripts/set-up.mjs';

const SHOWN = path.join(ROOT, 'docs/screens');
const shown = readdirSync(SHOWN);
const read = (file: string) => readFileSync(path.join(SHOWN, file));
/** The one of the demo is taken by the demo. */
const ofDocuments = shown.filter((file) => /-(light|dark)-\d+\.png$/.test(file));
const BRAND = brandColours();

it('the repository holds sixteen pictures at most, the icons aside: the gallery is made, not kept', () => {
  const listed = execFileSync('git', ['ls-files', '*.png', '*.jpg', '*.gif', '*.webp'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const pictures = listed.split('\n').filter((name) => name !== '' && !name.startsWith('icons/'));
  expect(pictures.length).toBeLessThanOrEqual(16);
  expect(pictures.length).toBeGreaterThan(0);
});

describe('the pictures of docs/screens', () => {
  it('are all different', () => {
    const hashes = shown.map((file) => createHash('sha256').update(read(file)).digest('hex'));
    expect(new Set(hashes).size).toBe(shown.length);
  });

  it('are not cut: each is as tall as the document that it shows', () => {
    expect(ofDocuments.length).toBeGreaterThan(8);
    for (const file of ofDocuments) {
      const { height, note } = readPalette(read(file));
      expect(note, file).toBe(`${String(height)} of ${String(height)} px`);
    }
  });

  it('have the colours of the brand, not their neighbours', () => {
    for (const file of ofDocuments) {
      const theme = file.includes('-dark-') ? 'dark' : 'light';
      const { palette } = readPalette(read(file));
      for (const token of ['paper', 'ink', 'keeper', 'brass']) {
        expect(palette, `${file}: ${token}`).toContain(BRAND.get(token)?.[theme]);
      }
    }
  });
});

describe('a palette', () => {
  const BRASS = BRAND.get('brass')?.light ?? 0;
  /** One line of pixels, as a browser would write it: a red that is everywhere, 400 greys, and one of brass. */
  const LINE = [...Array.from({ length: 400 }, () => 0x9c2b1b), ...greys(400), BRASS];

  it('keeps a colour that was asked for exact, however rare it is', () => {
    const with_ = readPalette(withPalette(pngOf(LINE), { pinned: [BRASS], note: '' }));
    expect(with_.palette).toHaveLength(256);
    expect(with_.palette).toContain(BRASS);
    const without = readPalette(withPalette(pngOf(LINE), { pinned: [], note: '' }));
    expect(without.palette).not.toContain(BRASS);
  });

  it('keeps its note, and the size of the picture', () => {
    const { width, height, note } = readPalette(
      withPalette(pngOf(LINE), { pinned: [], note: '1 of 1 px' }),
    );
    expect([width, height, note]).toEqual([1201, 1, '1 of 1 px']);
  });

  it('finds the tokens of both themes in the stylesheet', () => {
    expect(BRAND.get('keeper')).toEqual({ light: 0x175546, dark: 0x86cfb8 });
    expect(BRAND.size).toBeGreaterThan(12);
  });
});

function greys(count: number): number[] {
  const greyOf = (i: number) => 0x10101 * (i % 256) + (i >> 8);
  return Array.from({ length: count }, (_, i) => [greyOf(i), greyOf(i)]).flat();
}

/** A picture of one line, RGB, without a filter. */
function pngOf(pixels: number[]): Buffer {
  const row = Buffer.from([
    0,
    ...pixels.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels.length, 0);
  header.writeUInt32BE(1, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(row))]);
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(body.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}
