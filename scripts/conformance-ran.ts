/**
 * A vitest reporter: after a whole run (`npm test -- --all` says so), every test that docs/conformance.md names has to
 * have run and passed, and for every number of docs/threats.md a test that names it; else the run has failed.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { CONFORMANCE, isProofBy, rowsOf, type Proof, type Row } from './conformance.ts';
import { ROOT } from './set-up.mjs';
import { UNDER } from './test-titles.ts';
import { threatNumbers, untraced } from './traceability.ts';

/** The requirements whose test is not among those that passed. */
export function unproved(rows: readonly Row[], passed: readonly Proof[]): string[] {
  return rows
    .filter(({ proof }) => proof && !passed.some((ran) => isProofBy(proof, ran)))
    .map(({ id, proof }) => `${id}: ${proof?.file} ${proof?.title}`);
}

export default class ConformanceReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (process.env['GRANTKEEPER_WHOLE_RUN'] !== '1') return;
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({ file: fileOf(module), test })),
    );
    const passed = tests
      .filter(({ test }) => test.result().state === 'passed')
      .map(({ file, test }) => ({ file, title: titleOf(test) }));
    const missing = unproved(rowsOf(readFileSync(CONFORMANCE, 'utf8')), passed);
    complain('docs/conformance.md names a test that did not pass:', missing);
    complain('no test that passed shows this:', untraced(threatNumbers(), passed));
  }
}

function complain(about: string, missing: readonly string[]): void {
  if (missing.length === 0) return;
  for (const line of missing) console.log(`failed: ${about} ${line}`);
  process.exitCode = 1;
}

/** With its subject, as documents quote it. */
function titleOf({ name, parent }: TestCase): string {
  const subjects: string[] = [];
  for (let at = parent; at.type === 'suite'; at = at.parent) subjects.unshift(at.name);
  return [...subjects, name].join(UNDER);
}

function fileOf({ moduleId }: TestModule): string {
  return path.relative(path.join(ROOT, 'test'), moduleId).replaceAll('\\', '/');
}
