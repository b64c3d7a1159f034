/**
 * Titles of tests that documents quote as proof: in quotation marks, on a line that names a test file. Quoted with
 * their subject, `describe › it`, since half a sentence says too little. `npm run citations` adds the subjects that
 * are missing, in the register too.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CONFORMANCE } from './conformance.ts';
import { ROOT, runAsProgram } from './set-up.mjs';
import { testFiles, testsIn, UNDER } from './test-titles.ts';

const QUOTED = /"([^"\n]{15,})"/g;

/** The pages that may cite tests. */
export function documents(): string[] {
  const below = (folder: string) =>
    readdirSync(path.join(ROOT, folder), { recursive: folder !== '.', encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => path.posix.join(folder, name.replaceAll('\\', '/')));
  return [...below('.'), ...below('docs')];
}

/** What a page quotes, and the files that are named beside it. A quotation in a cell of its own quotes no test. */
export function citationsIn(text: string): { title: string; files: string[] }[] {
  return text
    .split(/\n| \| /)
    .filter((line) => line.includes('.test.ts'))
    .flatMap((line) =>
      [...line.matchAll(QUOTED)].map(([, title = '']) => ({ title, files: filesIn(line) })),
    );
}

function filesIn(line: string): string[] {
  return [...line.matchAll(/([\w/.-]+\.test\.tsx?)/g)].map(([, file = '']) =>
    file.replace(/^test\//, ''),
  );
}

/** True for a title with its subject in one of the files, or for a subject alone, which stands for all below it. */
export function isCited({ title, files }: { title: string; files: readonly string[] }): boolean {
  const said = plain(title);
  return titlesOf(files).some((one) => plain(one) === said || plain(one).startsWith(said + UNDER));
}

/** The text with the subject before each title that is quoted without. */
export function withSubjects(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      if (!line.includes('.test.ts')) return line;
      const row = /^(\| [RBD]\d+ \| .+? \| `([^`]+)` )(.+)( \|)$/.exec(line);
      if (row) {
        const [, head = '', file = '', title = '', end = ''] = row;
        const bare = title.replaceAll('\\|', '|');
        return head + wholeOf(bare, [file]).replaceAll('|', '\\|') + end;
      }
      return line.replace(QUOTED, (_, title: string) => `"${wholeOf(title, filesIn(line))}"`);
    })
    .join('\n');
}

/** The whole title, where only one test of these files ends so. */
function wholeOf(title: string, files: readonly string[]): string {
  const whole = titlesOf(files).filter((one) => plain(one).endsWith(UNDER + plain(title)));
  return new Set(whole).size === 1 ? whole[0]! : title;
}

const titlesOf = (files: readonly string[]) =>
  files.flatMap((file) => testsIn(file).map(({ title }) => title));

const plain = (title: string) => title.replaceAll('’', "'");

await runAsProgram(import.meta.url, () => {
  for (const name of new Set([...documents(), path.relative(ROOT, CONFORMANCE)])) {
    const full = path.join(ROOT, name);
    const text = readFileSync(full, 'utf8');
    const next = withSubjects(text);
    if (next !== text) writeFileSync(full, next);
    if (next !== text) console.log(`${name}: subjects added`);
  }
  console.log(`${testFiles().length} test files read`);
});
