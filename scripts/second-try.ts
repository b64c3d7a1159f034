/**
 * A vitest reporter of what no count shows: the tests that failed and then passed, so that a second try hides
 * nothing, and the errors outside any test, which fail a run without a failed test.
 */
import path from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import { ROOT } from './set-up.mjs';

/** What the list says: one entry for each such test, with what the first try failed at. */
export function secondTries(modules: readonly TestModule[]): string[] {
  return modules.flatMap((module) =>
    [...module.children.allTests()]
      .filter((test) => test.diagnostic()?.flaky)
      .map((test) => {
        const [first] = test.result().errors ?? [];
        const file = path.relative(ROOT, module.moduleId);
        return `${file} › ${test.fullName}: ${first?.message ?? ''}\n${first?.diff ?? ''}`.trim();
      }),
  );
}

/** What puppeteer says when a page or a browser was closed that was still to answer. */
const CLOSED: ReadonlySet<string> = new Set(['TargetCloseError', 'ConnectionClosedError']);

/**
 * Whether an error outside any test is one that a first try has left behind: it ended while a page was still to answer,
 * and the test is judged by its second try. Without a second try there's nothing to leave behind. It is said all the same.
 */
export function isLeftBehind({ name = '', message }: { name?: string; message?: string }): boolean {
  const isLeft = process.env['GRANTKEEPER_RETRY'] === '1' && CLOSED.has(name);
  if (isLeft) console.log(`left behind by a try that had ended: ${name}: ${message ?? ''}`);
  return isLeft;
}

/** A line for each error that no test was waiting for: what it says, and where it came from. */
export function unhandled(errors: readonly SerializedError[]): string[] {
  return errors.map(({ name = 'Error', message = '', stack = '', VITEST_TEST_PATH: file }) => {
    const frame = stack.split('\n').find((line) => line.includes(`${ROOT}/`)) ?? '';
    const during = typeof file === 'string' ? path.relative(ROOT, file) : 'no file';
    return `outside any test, during ${during}: ${name}: ${message.split('\n', 1)[0] ?? ''} ${frame.trim()}`.trim();
  });
}

export default class SecondTryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    for (const line of secondTries(modules)) console.log(`passed at the second try: ${line}`);
    for (const line of unhandled(errors)) console.log(`failed: ${line}`);
  }
}
