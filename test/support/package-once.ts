/** Vitest's global set-up: what the browsers load is built and packed once, before the first of these tests. */
import { packageAll } from '../../scripts/package.ts';
import { unpack } from './packaged.ts';

/** Every project sets itself up, each with modules of its own, in one process. */
const shared = globalThis as { grantkeeperPackages?: Promise<unknown> };

export default async function packageOnce(): Promise<void> {
  await (shared.grantkeeperPackages ??= packageAndUnpack());
}

/** Unpacked here too: test files that run at the same time must not write what a browser is reading. */
async function packageAndUnpack(): Promise<void> {
  await packageAll();
  unpack('chrome');
  unpack('firefox');
}
