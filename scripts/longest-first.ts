/**
 * The order in which vitest starts the files. In a fresh clone it knows nothing of their times and takes the largest
 * first; then the shortest file, which waits longest, starts last and everything waits for it.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take more than a minute, the longest first. */
const LONGEST = ['popup/axe', 'interop/interop', 'e2e/idle', 'e2e/iss', 'conformance/suite'];

/** Where a file stands among those that start early; the others come after all of them. */
export function placeOf(file: string): number {
  const bare = file.replaceAll('\\', '/').replace(/\.test\.tsx?$/, '');
  const [room = '', name = ''] =
    bare
      .split('/test/')
      .at(-1)
      ?.split(/\/(?=[^/]+$)/) ?? [];
  const place = LONGEST.indexOf(`${room.split('/')[0]}/${name}`);
  return place < 0 ? LONGEST.length : place;
}

/** Vitest's own order, but the longest files first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => placeOf(a.moduleId) - placeOf(b.moduleId));
  }
}
