/** What each flow did, step by step, for developers. Steps are redacted before they come here (`redaction.ts`). */
import type { Trace, TraceStep, TraceSummary } from '../../shared/activity.ts';
import { keysIn, shownAddress, withoutKeys } from '../../shared/facts/shown-address.ts';
import type { Ports, Step, TraceLog, TraceSubject } from '../ports/ports.ts';

/** How long steps are collected before they are written; milliseconds. */
const COLLECT = 500;
/** Steps kept of one flow, which a page could keep alive. */
const MAX_STEPS = 200;
/** Of one flow, as JSON: a server could name a thousand scopes in each answer. Characters. */
const MAX_SIZE = 65_536;
/** Flows whose steps are in memory. */
const MAX_OPEN = 40;

interface OpenTrace extends Trace {
  /** Of its steps the latest are kept, not the first. */
  keepsLatest: boolean;
  /** False until the steps that a former worker has written were looked for. */
  isComplete: boolean;
  /** Of its steps so far; characters. */
  size: number;
}

/** Collects steps and writes them behind; see {@link TraceLog}. */
export class TraceWriter implements TraceLog {
  readonly #ports: Pick<Ports, 'store' | 'now' | 'pause'>;
  readonly #open = new Map<string, OpenTrace>();
  /** Flows that were under way when the user erased what they had done so far. */
  readonly #forgotten = new Set<string>();
  #unsaved = new Set<OpenTrace>();

  constructor(ports: Pick<Ports, 'store' | 'now' | 'pause'>) {
    this.#ports = ports;
  }

  step(about: TraceSubject, step: Step): void {
    if (this.#forgotten.has(about.id)) return;
    const trace = this.#open.get(about.id) ?? this.#begin(about);
    trace.outcome = 'open';
    // What the address itself holds may come back from anywhere: parameters, metadata, a server's words (T-32).
    const shown = withoutKeys(step, keysIn(about.resource));
    const entry: TraceStep = { at: this.#ports.now(), ...shown };
    const size = sizeOf(entry);
    while (trace.keepsLatest && trace.steps.length > 0 && !fits(trace, size)) {
      trace.size -= sizeOf(trace.steps.shift()!);
    }
    if (fits(trace, size)) {
      trace.steps.push(entry);
      trace.size += size;
    }
    this.#saveSoon(trace);
  }

  end(id: string, outcome: 'done' | 'failed'): void {
    const trace = this.#open.get(id);
    if (!trace) return;
    trace.outcome = outcome;
    this.#saveSoon(trace);
  }

  /** Newest first. */
  async list(): Promise<TraceSummary[]> {
    await this.write();
    return (await this.#ports.store.listTraces()).map(({ steps: _, ...rest }) => this.#judge(rest));
  }

  async find(id: string): Promise<Trace | undefined> {
    await this.write();
    const trace = await this.#ports.store.findTrace(id);
    return trace && this.#judge(trace);
  }

  /** Drops what is collected: the user erases it. */
  forget(): void {
    for (const { id, keepsLatest } of this.#open.values())
      if (!keepsLatest) this.#forgotten.add(id);
    this.#open.clear();
    this.#unsaved.clear();
  }

  /** Writes what is collected. */
  async write(): Promise<void> {
    const traces = this.#unsaved;
    this.#unsaved = new Set();
    for (const trace of traces) {
      // Erased, or pushed out, since it was collected.
      if (this.#open.get(trace.id) !== trace) continue;
      // A full disk must not stop what is traced.
      await this.#save(trace).catch(() => undefined);
    }
  }

  async #save(trace: OpenTrace): Promise<void> {
    const { store } = this.#ports;
    if (!trace.isComplete) {
      const former = await store.findTrace(trace.id);
      trace.isComplete = true;
      const all = [...(former?.steps ?? []), ...trace.steps];
      trace.steps = trace.keepsLatest ? fitting(all.reverse()).reverse() : fitting(all);
      trace.size = trace.steps.reduce((sum, step) => sum + sizeOf(step), 0);
    }
    const { isComplete: _, size: _size, keepsLatest: _kept, ...rest } = trace;
    await store.saveTrace(rest);
    if (trace.outcome !== 'open' && !this.#unsaved.has(trace)) this.#open.delete(trace.id);
  }

  #begin({ id, origin, resource, keepsLatest = false }: TraceSubject): OpenTrace {
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size >= MAX_OPEN) this.#open.delete(oldest);
    const at = this.#ports.now();
    const shown = shownAddress(resource);
    const begun = { id, at, origin, resource: shown, outcome: 'open' as const, steps: [] };
    const trace = { ...begun, isComplete: false, size: 0, keepsLatest };
    this.#open.set(id, trace);
    return trace;
  }

  #saveSoon(trace: OpenTrace): void {
    if (this.#unsaved.size === 0) void this.#ports.pause(COLLECT).then(() => this.write());
    this.#unsaved.add(trace);
  }

  /** A flow that a former worker left open, and that nobody took up, has failed. */
  #judge<T extends TraceSummary>(trace: T): T {
    if (trace.outcome !== 'open' || this.#open.has(trace.id)) return trace;
    return { ...trace, outcome: 'failed' };
  }
}

function fits({ steps, size }: OpenTrace, more: number): boolean {
  return steps.length < MAX_STEPS && size + more <= MAX_SIZE;
}

function sizeOf(step: TraceStep): number {
  return JSON.stringify(step).length;
}

/** The first steps, as many as a trace may have. */
function fitting(steps: readonly TraceStep[]): TraceStep[] {
  let size = 0;
  return steps.slice(0, MAX_STEPS).filter((step) => (size += sizeOf(step)) <= MAX_SIZE);
}
