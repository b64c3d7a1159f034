/**
 * `npm run conformance`: checks docs/conformance.md, the register of what proves each requirement. It is written by
 * hand; a machine finds what is missing in it, and what it claims that is not so.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, runAsProgram } from './set-up.mjs';
import { testsIn, UNDER } from './test-titles.ts';

/** The register. */
export const CONFORMANCE = path.join(ROOT, 'docs', 'conformance.md');

/** Number of the last requirement of each part. */
const PARTS = { R: 104, B: 21, D: 18 };

/** Rows that one test may prove. */
const MOST = 5;

/** The test that proves a requirement; `undefined` where it is not ours to meet. */
export interface Row {
  id: string;
  proof: Proof | undefined;
}

/** A test: its file below test/, and its title with its subject, as the source has them: `describe › it`. */
export interface Proof {
  file: string;
  title: string;
}

/** The rows of the register's text. */
export function rowsOf(page: string): Row[] {
  const lines = page.matchAll(/^\| ([RBD]\d+) \| (.+?) \| (?:`([^`]+)` (.+)|–) \|$/gm);
  return [...lines].map(([, id = '', says = '', file, title = '']) => {
    if (file !== undefined) {
      return { id, proof: { file, title: title.replaceAll('\\|', '|') } };
    }
    if (!says.startsWith('n/a: ')) throw new Error(`${id} has neither a test nor a reason`);
    return { id, proof: undefined };
  });
}

/** Everything that is wrong with a register, a line each. */
export function faultsOf(rows: readonly Row[]): string[] {
  const expected = Object.entries(PARTS).flatMap(([letter, last]) =>
    Array.from({ length: last }, (_, i) => `${letter}${i + 1}`),
  );
  const ids = rows.map(({ id }) => id);
  const proofs = rows.flatMap(({ proof }) => proof ?? []);
  const tests = proofs.map(({ file, title }) => `${file} ${title}`);
  const countOf = (test: string) => tests.filter((one) => one === test).length;
  return [
    ...expected.filter((id) => !ids.includes(id)).map((id) => `${id} is missing`),
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} stands twice`),
    ...ids.filter((id) => !expected.includes(id)).map((id) => `${id} is no requirement`),
    ...[...new Set(tests)]
      .filter((test) => countOf(test) > MOST)
      .map((test) => `${test} is to prove ${countOf(test)} rows`),
    ...rows.flatMap(({ id, proof }) =>
      proof && !titlesIn(proof.file).includes(proof.title)
        ? [`${id} names no test that there is: ${proof.file} ${proof.title}`]
        : [],
    ),
  ];
}

/** Titles of the tests in a file, each with its subject. */
function titlesIn(file: string): string[] {
  return testsIn(file).map(({ title }) => title);
}

/**
 * Whether a test that ran is the one that is named: each case of a table has its own title, and a subject may say
 * which browser it is in.
 */
export function isProofBy({ file, title }: Proof, ran: Proof): boolean {
  if (file !== ran.file) return false;
  const pattern = title.split(UNDER).map(patternOf).join(`(, in \\w+)?${UNDER}`);
  return new RegExp(`^${pattern}$`, 's').test(ran.title);
}

/** A regular expression for what a title is when it runs: a case of a table stands as `%s` or `$name` in the source. */
export function patternOf(title: string): string {
  const parts = title.split(/%[sdijof]|\$\w+/);
  return parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
}

await runAsProgram(import.meta.url, () => {
  const rows = rowsOf(readFileSync(CONFORMANCE, 'utf8'));
  const faults = faultsOf(rows);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const proved = rows.filter(({ proof }) => proof).length;
  console.log(`${proved} requirements are proved by a test, ${rows.length - proved} are not ours`);
});
