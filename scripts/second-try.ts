/** A vitest reporter: lists the tests that failed and then passed, so that a second try hides nothing. */
import path from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
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

export default class SecondTryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const line of secondTries(modules)) console.log(`passed at the second try: ${line}`);
  }
}
