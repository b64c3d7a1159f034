/** Vitest's global set-up: what the browsers load is built and packed once, before the first of these tests. */
import { packageAll } from '../../scripts/package.ts';

/** Every project sets itself up, each with modules of its own, in one process. */
const shared = globalThis as { grantkeeperPackages?: Promise<unknown> };

export default async function packageOnce(): Promise<void> {
  await (shared.grantkeeperPackages ??= packageAll());
}
