/** What a run says of itself, in lines. */
import { BUILDS } from '../../drivers/open.ts';
import { EXPECTED } from './expected.ts';
import type { Result } from './run.ts';

/** What is not as it was written down beforehand, in words; none is what is hoped for. */
export function faultsOf(result: Result): string[] {
  const { breakage, with: withUs, without, strayed } = result;
  const expected = EXPECTED[breakage.id];
  return [
    ...differs('with Grantkeeper', withUs.reached, expected.with),
    ...differs('without', without.reached, expected.without),
    ...(strayed > 0 ? [`${strayed} credentials followed the redirect`] : []),
    ...(expected.with === 'steps up' ? faultsOfUse(result) : faultsOfRefusal(result)),
  ];
}

function differs(side: string, reached: string, expected: string): string[] {
  return reached === expected ? [] : [`${side}: ${reached}, and ${expected} was expected`];
}

function faultsOfUse({ with: { words, reached }, executed, origins, site }: Result): string[] {
  if (reached !== 'steps up') return [words];
  return [
    ...(executed === 1 ? [] : [`the tool ran ${executed} times`]),
    // The server knows the site it serves: neither ours, nor none.
    ...(origins.join() === site ? [] : [`credentials came from ${origins.join()}, not ${site}`]),
  ];
}

/** Safely: nothing ran, and nobody was asked for what can't work. In words: the page is told that it was a redirect. */
function faultsOfRefusal({ with: { words }, executed, origins }: Result): string[] {
  return [
    ...(executed === 0 ? [] : [`the tool ran ${executed} times`]),
    ...(origins.length === 0 ? [] : ['a credential was sent to where the redirect begins']),
    ...(/redirect/i.test(words) ? [] : [`the page isn’t told why: ${words}`]),
  ];
}

/** True where a page gets nowhere, or not all the way, without the broker, and all the way with it. */
function isOnlyOurs({ with: withUs, without }: Result): boolean {
  return withUs.reached === 'steps up' && without.reached !== 'steps up';
}

/** One line of the table. */
export function line(result: Result): string {
  const { browser, breakage, with: withUs, without, questions } = result;
  const faults = faultsOf(result);
  const told = withUs.reached === 'steps up' ? '' : ` (${withUs.words})`;
  return [
    `${faults.length === 0 ? 'ok ' : 'NOT'} ${BUILDS[browser].title.padEnd(8)}`,
    breakage.what.padEnd(46),
    `with: ${withUs.reached}${told}, ${questions} questions`,
    `without: ${without.reached}`,
    ...faults.map((fault) => `NOT ${fault}`),
  ].join(' | ');
}

/** The last line. */
export function closing(results: readonly Result[]): string {
  const good = results.filter((result) => faultsOf(result).length === 0).length;
  const only = results.filter(isOnlyOurs).length;
  return `${good} of ${results.length} as expected, ${only} only with Grantkeeper`;
}
