/** What a former worker has left of its flows. */
import { commitLeft } from './commit.ts';
import { giveBackAccess, lentTo } from './lent-access.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord, FlowRequest } from '../ports/records.ts';

/** How long a recorded decision may be carried out after a restart; milliseconds. */
const FLOW_LIFETIME = 600_000;

/**
 * Cleans up at a start: what is too old or undecided goes, and a sign-in window is closed, since the browser would
 * not hand us its result.
 * @returns the flows whose question is on the screen still
 */
export async function findOpenQuestions(ports: Ports): Promise<FlowRecord[]> {
  const { store, promptWindow, authWindow } = ports;
  const questions: FlowRecord[] = [];
  const undone: FlowRecord[] = [];
  const records = await store.listFlows();
  for (const record of records) {
    const { promptWindow: prompt, signInWindow, stage } = record;
    const open = prompt !== undefined && (await promptWindow.isOpen(prompt));
    const over = isTooOld(ports, record);
    if (stage === 'deciding' && open && !over) {
      questions.push(record);
      continue;
    }
    if (signInWindow !== undefined) await authWindow.close(signInWindow);
    if (open) await promptWindow.close(prompt);
    if (over || !record.prompt?.decision) undone.push(record);
  }
  // A window that is there still is caught until it is gone.
  await authWindow.takeDown?.();
  // Tokens that a flow has brought need no decision any more, and none of them is too old.
  await commitLeft(ports, records);
  for (const { id } of undone) await store.deleteFlow(id);
  const left = records.filter((record) => !undone.includes(record));
  await giveBackAccess(ports, lentTo(undone, left));
  return questions;
}

/** True when a decision was made too long ago to be carried out now, or at a time that is still to come (Z46). */
function isTooOld({ now }: Pick<Ports, 'now'>, { createdAt }: FlowRecord): boolean {
  const age = now() - createdAt;
  return age < 0 || age > FLOW_LIFETIME;
}

/** Takes a former attempt up again, for what is wanted now. */
export function continued(left: FlowRecord, request: FlowRequest): FlowRecord {
  const { promptWindow: _prompt, signInWindow: _signIn, startedAt: _at, ...rest } = left;
  return { ...rest, request, stage: 'started' };
}

/** The record of a new attempt. */
export function newRecord(
  { now }: Pick<Ports, 'now'>,
  { origin, asked }: Pick<FlowRecord, 'origin' | 'asked'>,
  request: FlowRequest,
): FlowRecord {
  const id = crypto.randomUUID();
  return { id, origin, asked, request, stage: 'started', createdAt: now(), reached: [] };
}

/** The record of an attempt: that of a former one which can still be taken up, else a new one. */
export function recordFor(
  ports: Ports,
  records: readonly FlowRecord[],
  about: Pick<FlowRecord, 'origin' | 'asked'>,
  request: FlowRequest,
): FlowRecord {
  const { origin, asked } = about;
  const left = records.find((one) => one.origin === origin && one.asked === asked);
  return left && !isTooOld(ports, left)
    ? continued(left, request)
    : newRecord(ports, about, request);
}
