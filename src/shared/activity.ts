/** What happened: rows for everybody, and traces, step by step, for developers. Neither ever holds a secret. */
import type { ErrorCode, FailureReason } from './errors.ts';

/** What a row of the activity log is about. `used` rows are counted together by the hour. */
export type ActivityKind =
  | 'allowed'
  | 'denied'
  | 'dismissed'
  | 'connected'
  | 'widened'
  | 'narrowed'
  | 'renewed'
  | 'used'
  | 'disconnected'
  | 'ended'
  | 'paused'
  | 'resumed'
  | 'sealed'
  | 'opened'
  | 'failed';

/** One row of the activity log. */
export interface ActivityRow {
  /** Grows with every row. */
  id: number;
  /** Milliseconds since the epoch; of a `used` row the latest use. */
  at: number;
  kind: ActivityKind;
  origin: string;
  /** The MCP server; absent where the row is about a site as a whole. */
  resource?: string;
  account?: string;
  /** The scopes that the row is about. */
  scopes: string[];
  /** Of `allowed`: the hash of what was shown, by which the grant refers to it (T-50). */
  digest?: string;
  /** How often, for `used`. */
  count?: number;
  /** Of a failure. The page was told `correlationId` with it, and the trace of the flow is `flow`. */
  code?: ErrorCode;
  reason?: FailureReason;
  host?: string;
  correlationId?: string;
  flow?: string;
}

/** Which rows: the newest `limit` before the row `before`, of one site, of one server, failures alone. */
export interface ActivityQuery {
  before?: number;
  origin?: string;
  resource?: string;
  failed?: true;
  limit: number;
}

/** A page of the activity log, newest first; `more` when older rows match too. */
export interface ActivityPage {
  rows: ActivityRow[];
  more: boolean;
}

/** Where a client identifier came from (R23), and why that one. */
export type RegistrationChoice = 'pre-registered' | 'document' | 'held' | 'dynamic' | 'asked';

/**
 * One step of a flow. Values of queries, bodies and headers that are or may be secret are replaced by
 * {@link REDACTED} before a step is made.
 */
export type TraceStep = { at: number } & (
  | {
      kind: 'request';
      method: string;
      url: string;
      headers: Record<string, string>;
      body?: string;
      /** Absent when no answer came. */
      status?: number;
      answer?: Record<string, string>;
      /** Opened in the sign-in window, whose answer is a step of its own. */
      window?: true;
    }
  /** A request that was carried for a page; never a body, a query or a value of a header. */
  | {
      kind: 'carried';
      method: string;
      url: string;
      /** Of the last answer; absent when none came. */
      status?: number;
      /** Of the answer's body, as far as it went to the page. */
      bytes: number;
      /** From its coming to its end. */
      milliseconds: number;
      /** Names of the page's headers that were left out. */
      dropped?: string[];
      /** What stopped it. */
      code?: ErrorCode;
      reason?: FailureReason;
      /** The sites whose streams took the room at the server, with how many each (Z32). */
      held?: [site: string, streams: number][];
    }
  | { kind: 'returned'; answer: Record<string, string> }
  | { kind: 'discovered'; source: string; issuer: string; issuers: string[]; legacy: boolean }
  | {
      kind: 'scopes';
      requested: string[];
      challenged: string[];
      held: string[];
      refused: string[];
      asked: string[];
    }
  | { kind: 'registration'; choice: RegistrationChoice; issuer: string }
  /** Rules that the user has overridden for this server or its provider (Z53), and those that only they could. */
  | { kind: 'overrides'; set: string[]; missing: string[] }
  | { kind: 'prompt'; stage: string; decision?: string }
  /**
   * The row of the specification's `iss` table (1 to 4) that applied, and whether the response passed; its `error`
   * only when it is the issuer's own (R65).
   */
  | {
      kind: 'response';
      row: 1 | 2 | 3 | 4;
      advertised: boolean;
      present: boolean;
      accepted: boolean;
      error?: string;
    }
  | { kind: 'granted'; scopes: string[]; assumed: boolean; renewable: boolean }
  /** `refused`: what the token endpoint called it when it would not renew the access. */
  | { kind: 'failed'; code: ErrorCode; reason?: FailureReason; host?: string; refused?: string }
);

/** Stands for a value that a trace must not hold. */
export const REDACTED = '‹redacted›';

/** A trace as it is listed. */
export interface TraceSummary {
  /** Id of the flow, of the refresh, or of all that is carried for a site to a server. */
  id: string;
  at: number;
  origin: string;
  resource: string;
  outcome: 'done' | 'failed' | 'open';
}

/** Everything that one flow did. */
export interface Trace extends TraceSummary {
  steps: TraceStep[];
}
