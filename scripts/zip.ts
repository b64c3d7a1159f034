/** Zip files that are the same bytes wherever, whenever and by whomever they are made. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { zipSync, type Zippable } from 'fflate';

/** Zip keeps local wall-clock time and no zone, so the same wall-clock time is the same bytes everywhere. */
const FIXED_TIME = new Date(1980, 0, 1, 12);

/** Packs files by name, in the order in which they are given. */
export function zipOf(files: Zippable): Uint8Array {
  return zipSync(files, { level: 9, mtime: FIXED_TIME });
}

/** Every file below `folder`, with forward slashes, in an order that no locale changes. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join('/'))
    .sort();
}

/** SHA-256 in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
