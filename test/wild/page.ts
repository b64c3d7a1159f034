/** docs/wild.md, written by a run. */
import { bounds, officialOf, summaryOf } from './report.ts';
import type { Result } from './run.ts';

/** The page. */
export function wildPage(results: readonly Result[]): string {
  void bounds;
  return [`# What real servers say`, summaryOf(results), ...results.map((r) => `${r.row.id} ${r.got} ${officialOf(r)}`)].join('\n');
}
