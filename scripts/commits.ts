/**
 * `npm run commits`: does the subject of each new commit name its room, and is it short enough to be read in a list?
 * New is what `origin/main` doesn't have; `-- <base>` compares with another commit.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { ROOT, runAsProgram } from './set-up.mjs';

/** Longer subjects are cut off wherever commits are listed. */
const MAX_SUBJECT = 72;

/** One room or several, then what changes: `access, client: a call that was cancelled is not sent`. */
const SUBJECT = /^[a-z][a-z0-9./-]*(, [a-z][a-z0-9./-]*)*: \S/;

/** Where a stranger's clone has what is already accepted. */
const ACCEPTED = 'origin/main';

/** What's wrong with a subject; `undefined` when it's fine. */
export function faultOfSubject(subject: string): string | undefined {
  if (/^Revert "/.test(subject)) return undefined;
  if (!SUBJECT.test(subject)) return 'does not start with its room, such as `popup: `';
  const { length } = subject;
  return length > MAX_SUBJECT ? `has ${length} characters; ${MAX_SUBJECT} at most` : undefined;
}

/** A line for each commit after `base` whose subject has a fault. Merges say what they merge, so they are left out. */
export function faultsSince(base: string, folder = ROOT): string[] {
  const log = execFileSync('git', ['log', '--no-merges', '--format=%h %s', `${base}..HEAD`], {
    cwd: folder,
    encoding: 'utf8',
  });
  return log.split('\n').flatMap((line) => {
    const [hash = '', subject = ''] = line.split(/ (.*)/s);
    const fault = line === '' ? undefined : faultOfSubject(subject);
    return fault === undefined ? [] : [`${hash} ${subject}: ${fault}`];
  });
}

await runAsProgram(import.meta.url, () => {
  const base = process.argv[2] ?? ACCEPTED;
  const isThere = spawnSync('git', ['rev-parse', '--verify', '--quiet', base], { cwd: ROOT });
  if (isThere.status !== 0) {
    // A clone without a remote has nothing to compare with. A base that was named has to exist.
    if (process.argv[2] !== undefined) throw new Error(`There is no commit ${base}`);
    console.log(`There is no ${base} here, so no commit counts as new.`);
    return;
  }
  const faults = faultsSince(base);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  console.log(`Every commit since ${base} names its room in ${MAX_SUBJECT} characters or fewer.`);
});
