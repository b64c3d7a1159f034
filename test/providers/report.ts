/** What a run of the providers says of itself, in lines. */
import { BUILDS } from '../../drivers/open.ts';
import type { Result } from './run.ts';

/** A provider that needs nothing to be entered costs this many clicks beside the questions at most. */
const MOST_CLICKS = 1;

/** What is not as it was written down beforehand, in words; none is what is hoped for. */
export function faultsOf({ row, outcome, clicks, typed, leaked, kept }: Result): string[] {
  const isTooMuch = !row.types && (clicks > MOST_CLICKS || typed > 0);
  return [
    ...(outcome === 'token' ? [] : [`not connected: ${outcome}`]),
    ...(isTooMuch ? [`took ${String(clicks)} clicks and ${String(typed)} entries`] : []),
    ...(row.types && typed === 0 ? ['nothing was entered, and something had to be'] : []),
    ...(leaked > 0 ? [`a program on the port was given ${String(leaked)} bytes`] : []),
    ...(kept.length > 0 ? [`access was kept to ${kept.join()}`] : []),
  ];
}

/** One line of the table. */
export function line(result: Result): string {
  const { browser, row, outcome, allowed, clicks, typed, leaked } = result;
  const faults = faultsOf(result);
  return [
    `${faults.length === 0 ? 'ok ' : 'NOT'} ${BUILDS[browser].title.padEnd(8)}`,
    row.title.padEnd(38),
    outcome === 'token' ? 'connected' : outcome,
    `${String(allowed)} allowed, ${String(clicks)} clicks, ${String(typed)} entered`,
    `${String(leaked)} bytes leaked`,
    ...faults.map((fault) => `NOT ${fault}`),
  ].join(' | ');
}

/** The last line. */
export function closing(results: readonly Result[]): string {
  const good = results.filter((result) => faultsOf(result).length === 0).length;
  return `${String(good)} of ${String(results.length)} as expected`;
}
