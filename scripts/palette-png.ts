/**
 * Writes the pictures that a browser takes a third as large: screens have few colours, and a palette holds nearly all
 * of them. Reads what Chromium writes (8 bits, RGB or RGBA, not interlaced) and nothing else.
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** As many as a byte can name. */
const COLOURS = 256;
/** The name of the note in a picture. */
const NOTE = 'Comment';

interface Picture {
  width: number;
  height: number;
  /** One number for each pixel, 0xRRGGBB. */
  pixels: Uint32Array;
}

/** What goes with a picture. */
export interface PaletteWishes {
  /** 0xRRGGBB. Where they occur they stay exact, however rare: a thin line must not take another's colour. */
  pinned: readonly number[];
  /** ASCII, for those who check the picture later. */
  note: string;
}

/** The same picture with a palette; colours beyond it become the nearest that is in it. */
export function withPalette(png: Buffer, { pinned, note }: PaletteWishes): Buffer {
  const { width, height, pixels } = decode(png);
  const palette = frequentColours(pixels, new Set(pinned));
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const colour = pixels[y * width + x] ?? 0;
      const place = places.get(colour) ?? nearest(palette, colour);
      places.set(colour, place);
      rows[y * (width + 1) + x + 1] = place;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('tEXt', Buffer.from(`${NOTE}\0${note}`, 'latin1')),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** What a picture with a palette says of itself. */
export function readPalette(png: Buffer): {
  width: number;
  height: number;
  palette: number[];
  note: string;
} {
  const chunks = new Map([...chunksOf(png)].map(({ type, body }) => [type, body]));
  const [header, colours] = [chunks.get('IHDR'), chunks.get('PLTE') ?? Buffer.alloc(0)];
  const palette = Array.from({ length: colours.length / 3 }, (_, i) =>
    colours.readUIntBE(i * 3, 3),
  );
  return {
    width: header?.readUInt32BE(0) ?? 0,
    height: header?.readUInt32BE(4) ?? 0,
    palette,
    note: (chunks.get('tEXt') ?? Buffer.alloc(0)).toString('latin1').slice(NOTE.length + 1),
  };
}

function* chunksOf(png: Buffer): Generator<{ type: string; body: Buffer }> {
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    yield { type, body: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

function decode(png: Buffer): Picture {
  const data: Buffer[] = [];
  let header: Buffer = Buffer.alloc(0);
  for (const { type, body } of chunksOf(png)) {
    if (type === 'IHDR') header = body;
    if (type === 'IDAT') data.push(body);
  }
  const [depth, kind, , , interlaced] = header.subarray(8);
  if (depth !== 8 || (kind !== 2 && kind !== 6) || interlaced !== 0) {
    throw new Error('Only 8-bit RGB or RGBA pictures that are not interlaced can be read');
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const step = kind === 2 ? 3 : 4;
  const bytes = unfilter(inflateSync(Buffer.concat(data)), width * step, step);
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = bytes.readUIntBE(i * step, 3);
  return { width, height, pixels };
}

/** Undoes the filter of each line (PNG specification, section 9). */
function unfilter(data: Buffer, stride: number, step: number): Buffer {
  const height = data.length / (stride + 1);
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = data[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x < step ? 0 : (out[at - step] ?? 0);
      const up = y === 0 ? 0 : (out[at - stride] ?? 0);
      const corner = x < step || y === 0 ? 0 : (out[at - stride - step] ?? 0);
      const raw = data[y * (stride + 1) + 1 + x] ?? 0;
      out[at] = raw + predict(filter, { left, up, corner });
    }
  }
  return out;
}

function predict(filter: number, { left, up, corner }: Record<'left' | 'up' | 'corner', number>) {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
  if ((a ?? 0) <= (b ?? 0) && (a ?? 0) <= (c ?? 0)) return left;
  return (b ?? 0) <= (c ?? 0) ? up : corner;
}

/** The pinned ones first, then the most frequent. */
function frequentColours(pixels: Uint32Array, pinned: ReadonlySet<number>): number[] {
  const counts = new Map<number, number>();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  // No picture has that many pixels.
  const rank = ([colour, count]: [number, number]) => (pinned.has(colour) ? 2 ** 32 : 0) + count;
  const sorted = [...counts].sort((one, other) => rank(other) - rank(one));
  return sorted.slice(0, COLOURS).map(([colour]) => colour);
}

function nearest(palette: number[], colour: number): number {
  let [best, least] = [0, Infinity];
  for (const [place, other] of palette.entries()) {
    const distance = [16, 8, 0].reduce(
      (sum, shift) => sum + (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2,
      0,
    );
    if (distance < least) [best, least] = [place, distance];
  }
  return best;
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(body.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}
