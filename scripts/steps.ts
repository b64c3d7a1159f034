/** Runs commands one after the other, shows what they print, and counts: for CI and for the check of a release. */
import { spawn } from 'node:child_process';
import { ROOT } from './set-up.mjs';

/** A command that passes or fails as one, or that counts itself in a last line `N passed, N failed`. */
export interface Step {
  name: string;
  command: readonly string[];
  /** It's stopped after this long, and has failed. */
  minutes: number;
  /** Nothing after it is worth running when it fails. */
  isGate?: boolean;
}

/** How a step went. */
export interface Outcome {
  name: string;
  passed: number;
  failed: number;
  seconds: number;
  /** Tests that needed a second try, and the last lines that it printed. */
  closing: string[];
}

/** How a line starts that says which test failed, or passed only at the second try. */
const TELLING = ['failed: ', 'passed at the second try: '] as const;

/** Lines that are kept of what a step prints. */
const KEPT_LINES = 12;

/** Runs the steps in order until a gate fails or `minutes` are over; steps that weren't reached count as failed. */
export async function runSteps(steps: readonly Step[], minutes: number): Promise<Outcome[]> {
  const end = Date.now() + minutes * 60_000;
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    console.log(`\n=== ${step.name}: ${step.command.join(' ')}`);
    const left = Math.min(step.minutes * 60_000, end - Date.now());
    const outcome = left > 0 ? await runStep(step, left) : notReached(step);
    outcomes.push(outcome);
    if (outcome.failed > 0)
      console.log(`=== ${step.name}: failed; ${outcome.closing.at(-1) ?? ''}`);
    if (outcome.failed > 0 && step.isGate) break;
  }
  return outcomes;
}

/** The sum of all steps, as the last line of a run says it. */
export function sumOf(outcomes: readonly Outcome[]): string {
  const sum = (key: 'passed' | 'failed') => outcomes.reduce((all, one) => all + one[key], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed`;
}

/** What a step counts for: its own last count if it has one, else one. A bad end is a failure whatever was counted. */
export function countOf(lines: readonly string[], succeeded: boolean): Counts {
  const counts = lines.flatMap((line) => /^(\d+) passed, (\d+) failed$/.exec(line) ?? []);
  if (counts.length === 0) return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1 };
  const [passed = 0, failed = 0] = counts.slice(-2).map(Number);
  return { passed, failed: succeeded || failed > 0 ? failed : 1 };
}

interface Counts {
  passed: number;
  failed: number;
}

async function runStep({ name, command, minutes }: Step, limitMs: number): Promise<Outcome> {
  const started = Date.now();
  const lines: string[] = [];
  const succeeded = await finish(command, limitMs, lines);
  const seconds = Math.round((Date.now() - started) / 1000);
  const isCut = succeeded === 'cut';
  if (isCut) lines.push(`stopped after ${String(seconds)} s; ${String(minutes)} min are allowed`);
  const counts = isCut ? { passed: 0, failed: 1 } : countOf(lines, succeeded);
  const [before, last] = [lines.slice(0, -KEPT_LINES), lines.slice(-KEPT_LINES)];
  return { name, ...counts, seconds, closing: [...tellingLines(before), ...last] };
}

/** Those that name a test which failed, or passed only at the second try. */
export function tellingLines(lines: readonly string[]): string[] {
  return lines.filter((line) => TELLING.some((start) => line.startsWith(start)));
}

/** Runs a command in a process group of its own, so that its browsers end with it when time is up. */
function finish(
  [program = '', ...args]: readonly string[],
  limitMs: number,
  lines: string[],
): Promise<boolean | 'cut'> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      const split = (rest + chunk.toString()).split('\n');
      rest = split.pop() ?? '';
      lines.push(...split.map(withoutColours).filter((line) => line.trim() !== ''));
    });
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      resolve('cut');
    }, limitMs);
    child.on('error', () => (clearTimeout(timer), resolve(false)));
    child.on('close', (code) => {
      clearTimeout(timer);
      if (rest.trim() !== '') lines.push(withoutColours(rest));
      resolve(code === 0);
    });
  });
}

function withoutColours(line: string): string {
  return line.replaceAll(/\x1b\[[0-9;]*m/g, '').trimEnd();
}

function notReached({ name }: Step): Outcome {
  return { name, passed: 0, failed: 1, seconds: 0, closing: ['no time was left'] };
}
