/**
 * The whole story, walked without anybody watching: `npm start -- --headless`. Every step is checked: what it
 * shows, what the servers saw, and that it cost exactly the OAuth requests and prompts that it should.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUILDS } from '../drivers/open.ts';
import type { BrowserName } from '../drivers/driver.ts';
import { checkSame } from './story-check.ts';
import { arrive, closed, connect, introduce, keyed } from './story-connect.ts';
import { describeCost } from './story-cost.ts';
import type { LabOptions } from './lab.ts';
import { denied, revoke, secondSite } from './story-others.ts';
import { OUT, Stage } from './story-stage.ts';
import type { Cast, Step } from './story-step.ts';
import { expire, read, refresh, write } from './story-use.ts';

const STEPS: readonly Step[] = [
  introduce,
  arrive,
  connect,
  read,
  write,
  expire,
  refresh,
  closed,
  keyed,
  secondSite,
  denied,
  revoke,
];

/** The whole run takes some 40 s, and ten times as long beside other work; what needs more is stuck. Milliseconds. */
const DEADLINE_MS = 400_000;

/** A browser that does not close in this time is left to end with this process; milliseconds. */
const CLOSING_MS = 10_000;

/** Said where the demo falls back on ports. */
export const UNNAMED =
  'The browser does not take the demo’s certificate, so everything is at a port of 127.0.0.1.';

/** How a step ended. */
interface Outcome {
  ok: boolean;
  /** What happened, or what was wrong. */
  text: string;
}

/** Walks the story, prints it, and resolves how many steps were not ok. */
export async function tellStory(browser: BrowserName, options: LabOptions): Promise<number> {
  const { title } = BUILDS[browser];
  console.log(
    `Grantkeeper in a real ${title} without a display, at real servers on this computer.`,
  );
  console.log('One click is done beforehand: the browser’s own question about these servers.');
  const started = Date.now();
  let ok = 0;
  try {
    const stage = await Stage.open(browser, options);
    if (!stage.isNamed) console.log(UNNAMED);
    console.log(`The first site is ${stage.lab.siteA.origin}.`);
    ok = await walk(stage);
    await Promise.race([stage.close(), sleep(CLOSING_MS)]);
  } catch (error) {
    console.log(`\nNOT OK: ${messageOf(error)}`);
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`\n${seconds} s. Pictures of the screens: ${path.relative(process.cwd(), OUT)}`);
  console.log(`${STEPS.length} steps, ${ok} ok`);
  return STEPS.length - ok;
}

/** Resolves how many steps were ok; those that were not reached are not. */
async function walk(stage: Stage): Promise<number> {
  const cast = { stage } as Cast;
  const late = { ok: false, text: `the story took more than ${DEADLINE_MS / 1000} s` };
  const deadline = sleep(DEADLINE_MS, late, { ref: false });
  let ok = 0;
  for (const [index, step] of STEPS.entries()) {
    const bill = openBill(stage);
    const outcome = await Promise.race([play(step, cast, bill), deadline]);
    print(`${index + 1}. ${step.title}`, outcome, bill(), stage.pictures.splice(0));
    if (outcome.ok) {
      ok += 1;
      continue;
    }
    if (step.essential || outcome === late) {
      console.log(`\nNot reached, and so not ok: ${STEPS.length - index - 1} more.`);
      return ok;
    }
    await stage.clear();
  }
  return ok;
}

/** What was spent since it was opened. */
type Bill = () => { cost: string; prompts: number; faults: readonly string[] };

function openBill({ lab, driver }: Stage): Bill {
  const mark = lab.ledger.mark();
  const { length: prompts } = driver.consentWindows;
  const { length: faults } = driver.faults;
  return () => ({
    cost: describeCost(lab.ledger.since(mark).cost()),
    prompts: driver.consentWindows.length - prompts,
    faults: driver.faults.slice(faults),
  });
}

async function play(step: Step, cast: Cast, bill: Bill): Promise<Outcome> {
  try {
    const text = await step.run(cast);
    const { cost, prompts, faults } = bill();
    const expected = typeof step.cost === 'string' ? step.cost : step.cost(cast.stage);
    checkSame('OAuth requests', cost, expected);
    checkSame('prompts', prompts, step.prompts);
    checkSame('what the extension complains about', faults, []);
    return { ok: true, text };
  } catch (error) {
    return { ok: false, text: messageOf(error) };
  }
}

function print(
  title: string,
  { ok, text }: Outcome,
  { cost, prompts }: ReturnType<Bill>,
  pictures: string[],
): void {
  console.log(`\n${title}`);
  console.log(`   ${ok ? 'ok' : 'NOT OK'}: ${text}`);
  console.log(`   OAuth requests: ${cost}. Prompts: ${prompts}.`);
  console.log(`   Pictures: ${pictures.join(', ') || 'none'}.`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
