/** What a run says of itself, in lines. */
import type { Result } from './run.ts';
import { MATRIX_ROWS } from './rows.ts';

/** What has to connect, and what may not while the official client does. */
export const LEAST_OF_MATRIX = 159;
export const LEAST_OF_FAULTS = 47;
export const MOST_BEHIND = 30;

/** One line of the matrix. */
export function line(result: Result): string {
  const { row, wanted, got, ok } = result;
  const verdict = ok ? 'ok ' : 'NOT';
  const seen = ok ? 'the same' : got;
  return `${row.id.padEnd(6)} ${verdict} ${row.variant} | wanted ${wanted} | got ${seen} | official: ${officialOf(result)}`;
}

/** What the official client did, in a word or two. */
export function officialOf({ official }: Result): string {
  if (!official) return '–';
  if (!official.connects) return 'no';
  return official.stays ? 'connects' : 'connects, and is lost later';
}

/** The rows in which the official client connects and stays so, and we do not. */
export function behind(results: readonly Result[]): Result[] {
  return results.filter(({ official, stays }) => official?.stays === true && !stays);
}

/** The same without the providers of docs/providers, which do what other rows have counted. */
export function behindOfKinds(results: readonly Result[]): Result[] {
  return behind(results).filter(({ row }) => row.recipe === undefined);
}

/** How many of a list connect and stay connected. */
export interface Share {
  connected: number;
  all: number;
}

/** Of the second reader's matrix. */
export function shareOfMatrix(results: readonly Result[]): Share {
  const ids = new Set(MATRIX_ROWS.map(({ id }) => id));
  const ours = results.filter(({ row }) => ids.has(row.id));
  return { connected: ours.filter(({ stays }) => stays).length, all: ours.length };
}

/** Of the second list of faults, but for its refreshes (F), which it does not count among its first tries. */
export function shareOfFaults(results: readonly Result[]): Share {
  const cases = results.flatMap(({ row, stays }) =>
    (row.faults?.split(', ') ?? [])
      .filter((id) => !id.startsWith('F'))
      .map((id) => ({ id, stays })),
  );
  return { connected: cases.filter(({ stays }) => stays).length, all: cases.length };
}

/** The counts. */
export function summaryOf(results: readonly Result[]): string {
  const matrix = shareOfMatrix(results);
  const faults = shareOfFaults(results);
  const late = behindOfKinds(results);
  const list = late.map(({ row }) => `  ${row.id} ${row.variant}: ADR ${row.adr ?? 'MISSING'}`);
  return [
    `${matrix.connected} of ${matrix.all} of WILD connect and stay connected (at least ${LEAST_OF_MATRIX})`,
    `${faults.connected} of ${faults.all} of the second list of reports connect (at least ${LEAST_OF_FAULTS})`,
    `${late.length} where the official client connects and we do not (at most ${MOST_BEHIND}):`,
    ...list,
  ].join('\n');
}

/** What is not as decided: rows, and counts that are out of their bounds. */
export function failuresOf(results: readonly Result[]): string[] {
  const rows = results
    .filter(({ ok }) => !ok)
    .map(({ row, wanted, got }) => `NOT ${row.id}: wanted ${wanted}\n      got ${got}`);
  const unexplained = behind(results)
    .filter(({ row }) => row.adr === undefined)
    .map(
      ({ row }) =>
        `NOT ${row.id}: the official client connects, and no decision says why we do not`,
    );
  return [...rows, ...unexplained];
}

/** Counts that are out of their bounds, in a run of all rows. */
export function boundsOf(results: readonly Result[]): string[] {
  return [
    ...(shareOfMatrix(results).connected < LEAST_OF_MATRIX ? ['NOT enough of WILD connect'] : []),
    ...(shareOfFaults(results).connected < LEAST_OF_FAULTS ? ['NOT enough of FAULTS connect'] : []),
    ...(behindOfKinds(results).length > MOST_BEHIND
      ? ['NOT near enough to the official client']
      : []),
  ];
}

/** The last line. */
export function closing(results: readonly Result[]): string {
  const decided = results.filter(({ ok }) => ok).length;
  return `${decided} of ${results.length} as decided`;
}

/** What went over the wire, a line for each request. No token and no code is printed. */
export function wireOf({ server }: Result): string {
  return server.wire
    .map(({ what, status, request }) => {
      const { method, url } = request;
      return `       ${what.padEnd(9)} ${status} ${method} ${url.origin}${url.pathname}`;
    })
    .join('\n');
}
