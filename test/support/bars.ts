/**
 * The bars of `npm run accept`: a test that meets one says what it counted, and the command prints it. Run on their
 * own, the tests take their short form and print nothing.
 */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';

/** True for `npm run accept -- --full`: the whole counts, not a sample of them. */
export const isFullForm = process.env['GRANTKEEPER_ACCEPT'] === 'full';

/** What was counted, in the order in which it is printed. */
export type Figures = Record<string, number | string>;

/**
 * Reports a bar that was met. Call it after the last assertion, with what was counted and never with what was expected.
 * @param bar its name in docs/reliability.md, such as `E-FLOOD`
 */
export function reportBar(bar: string, figures: Figures): void {
  const file = process.env['GRANTKEEPER_BARS'];
  if (!file) return;
  const { testPath = '' } = expect.getState();
  const from = path.relative(path.join(import.meta.dirname, '..'), testPath).replaceAll('\\', '/');
  appendFileSync(file, `${JSON.stringify({ bar, figures, file: from })}\n`);
}
