/**
 * A vitest reporter: after a whole run (`npm test -- --all` says so), what each bar of `npm run accept` has counted. The
 * tests are the same, so CI has no need to run them twice.
 */
import type { Reporter } from 'vitest/node';
import { barLine, barsIn, FAMILIES, type Bar } from './accept.ts';

/** A line for each bar, below the name of its family. */
export function figureLines(bars: readonly Bar[]): string[] {
  return Object.keys(FAMILIES).flatMap((name) => {
    const own = bars.filter(({ family }) => family === name);
    return own.length > 0 ? [name, ...own.map(barLine)] : [];
  });
}

export default class FiguresReporter implements Reporter {
  onTestRunEnd(): void {
    const file = process.env['GRANTKEEPER_BARS'];
    if (process.env['GRANTKEEPER_WHOLE_RUN'] !== '1' || !file) return;
    for (const line of figureLines(barsIn(file))) console.log(line);
  }
}
