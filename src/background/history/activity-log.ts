/**
 * The log of what happened: decisions, changes, failures. Nobody waits for it: rows are collected in memory and
 * written behind, and what a killed worker had not written yet is lost. The commit of a grant makes sure that its
 * decision is not among that. No row holds a secret or a server's text.
 */
import { BrokerError, type ErrorCode } from '../../shared/errors.ts';
import { shownAddress } from '../../shared/facts/shown-address.ts';
import type { ActivityLog, Ports } from '../ports/ports.ts';
import type { ActivityNote } from '../ports/records.ts';
import { SlidingWindow } from '../concurrency/sliding-window.ts';
import { faultOf } from './recorded-ports.ts';

/** How long rows are collected before they are written; milliseconds. */
const COLLECT = 500;
/** Failures of one site that are written down, per minute: the ring is not the page's to fill. */
const FAILURES_PER_MINUTE = 30;

/** What is no failure: the page may not ask now, it has gone, or the user's own word, which has a row already. */
const NO_FAILURE: ReadonlySet<ErrorCode> = new Set([
  'interaction_required',
  'aborted',
  'access_denied',
]);

/** What the log needs. */
type LogPorts = Pick<Ports, 'store' | 'now' | 'pause' | 'changed'>;

/** Collects rows; see {@link ActivityLog}. */
export class ActivityWriter implements ActivityLog {
  readonly #ports: LogPorts;
  #collected: ActivityNote[] = [];
  readonly #failures = new SlidingWindow(FAILURES_PER_MINUTE, 60_000);
  /** One failure ends a flow and is told to every call that waited for it: one row, one name. */
  readonly #named = new WeakMap<object, string>();

  constructor(ports: LogPorts) {
    this.#ports = ports;
  }

  note(row: Omit<ActivityNote, 'at'>): void {
    if (this.#collected.length === 0) void this.#ports.pause(COLLECT).then(() => this.write());
    // The address of a server may be a key as well (T-32).
    const shown = row.resource !== undefined && { resource: shownAddress(row.resource) };
    this.#collected.push({ ...row, ...shown, at: this.#ports.now() });
  }

  noteFailure(error: unknown, about: Pick<ActivityNote, 'origin' | 'resource' | 'flow'>): string {
    const named = typeof error === 'object' && error ? this.#named.get(error) : undefined;
    if (named !== undefined) return named;
    const correlationId = crypto.randomUUID();
    if (typeof error === 'object' && error) this.#named.set(error, correlationId);
    const fault = faultOf(error);
    // A refusal by the provider is news to the user.
    const isUnnoted = error instanceof BrokerError && error.detail.unnoted === true;
    const known = isUnnoted || (NO_FAILURE.has(fault.code) && fault.reason !== 'provider_refused');
    if (known || !this.#failures.admit(about.origin, this.#ports.now())) {
      return correlationId;
    }
    this.note({ kind: 'failed', ...about, scopes: [], ...fault, correlationId });
    return correlationId;
  }

  /** Writes what is collected; for those who want to see it now. */
  async write(): Promise<void> {
    const rows = this.#collected;
    this.#collected = [];
    if (rows.length === 0) return;
    // A full disk must not stop what is logged.
    await this.#ports.store.addActivity(rows).catch(() => undefined);
    this.#ports.changed();
  }

  /** Drops what is collected: the user erases the log. */
  forget(): void {
    this.#collected = [];
  }
}
