/** A vitest reporter: lists the tests that failed and then passed, so that a second try hides nothing. */
import path from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { ROOT } from './set-up.mjs';

export default class SecondTryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        if (!test.diagnostic()?.flaky) continue;
        const file = path.relative(ROOT, module.moduleId);
        const [error] = test.result().errors ?? [];
        console.log(
          `passed at the second try: ${file} › ${test.fullName}: ${error?.message ?? ''}`,
        );
      }
    }
  }
}
