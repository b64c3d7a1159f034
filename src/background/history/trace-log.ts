/** What each flow did, step by step, for developers. Steps are redacted before they come here (`redaction.ts`). */
import type { Trace, TraceStep, TraceSummary } from '../../shared/activity.ts';
import type { Ports, Step, TraceLog } from '../ports/ports.ts';

/** How long steps are collected before they are written; milliseconds. */
const COLLECT = 500;
/** Steps kept of one flow, which a page could keep alive. */
const MOST_STEPS = 200;
/** Flows whose steps are in memory. */
const MOST_OPEN = 40;

interface OpenTrace extends Trace {
  /** False until the steps that a former worker has written were looked for. */
  whole: boolean;
  dirty: boolean;
}

/** Collects steps and writes them behind; see {@link TraceLog}. */
export class TraceWriter implements TraceLog {
  readonly #ports: Pick<Ports, 'store' | 'now' | 'pause'>;
  readonly #open = new Map<string, OpenTrace>();
  /** Flows that were under way when the user erased what they had done so far. */
  readonly #forgotten = new Set<string>();
  #writing = false;

  constructor(ports: Pick<Ports, 'store' | 'now' | 'pause'>) {
    this.#ports = ports;
  }

  step(about: Pick<Trace, 'id' | 'origin' | 'resource'>, step: Step): void {
    if (this.#forgotten.has(about.id)) return;
    const trace = this.#open.get(about.id) ?? this.#begin(about);
    trace.outcome = 'open';
    const entry: TraceStep = { at: this.#ports.now(), ...step };
    if (trace.steps.length < MOST_STEPS) trace.steps.push(entry);
    this.#writeSoon(trace);
  }

  end(id: string, outcome: 'done' | 'failed'): void {
    const trace = this.#open.get(id);
    if (!trace) return;
    trace.outcome = outcome;
    this.#writeSoon(trace);
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
    for (const id of this.#open.keys()) this.#forgotten.add(id);
    this.#open.clear();
  }

  /** Writes what is collected. */
  async write(): Promise<void> {
    for (const trace of this.#open.values()) {
      if (!trace.dirty) continue;
      trace.dirty = false;
      // A full disk must not stop what is traced.
      await this.#save(trace).catch(() => undefined);
    }
  }

  async #save(trace: OpenTrace): Promise<void> {
    const { store } = this.#ports;
    if (!trace.whole) {
      const former = await store.findTrace(trace.id);
      trace.whole = true;
      if (former) trace.steps.unshift(...former.steps);
    }
    const { whole: _, dirty: _dirty, ...rest } = trace;
    await store.saveTrace(rest);
    if (trace.outcome !== 'open' && !trace.dirty) this.#open.delete(trace.id);
  }

  #begin({ id, origin, resource }: Pick<Trace, 'id' | 'origin' | 'resource'>): OpenTrace {
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size >= MOST_OPEN) this.#open.delete(oldest);
    const at = this.#ports.now();
    const begun = { id, at, origin, resource, outcome: 'open' as const, steps: [] };
    const trace = { ...begun, whole: false, dirty: false };
    this.#open.set(id, trace);
    return trace;
  }

  #writeSoon(trace: OpenTrace): void {
    trace.dirty = true;
    if (this.#writing) return;
    this.#writing = true;
    void this.#ports.pause(COLLECT).then(async () => {
      this.#writing = false;
      await this.write();
    });
  }

  /** A flow that a former worker left open, and that nobody took up, has failed. */
  #judge<T extends TraceSummary>(trace: T): T {
    if (trace.outcome !== 'open' || this.#open.has(trace.id)) return trace;
    return { ...trace, outcome: 'failed' };
  }
}
