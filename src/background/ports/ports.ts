/**
 * What the core needs of the world, as types. `worker.ts` fills these in with the browser; the flow tests and
 * the conformance runner fill them in with what Node has. The core imports nothing else that can act.
 */
import type { Counted } from '../../protocol/budget.ts';
import type { ProofHints } from '../../protocol/dpop.ts';
import type { ActivityKind, Trace, TraceStep } from '../../shared/activity.ts';
import type { CarriedMessage } from '../../shared/carry-contract.ts';
import type { BrokerMessage, PageEvent } from '../../shared/page-contract.ts';
import type { ActivityNote, PageCaller } from './records.ts';
import type { Store } from './stores.ts';

/** Bounds of one request. */
export interface RequestLimits {
  /** Largest body read, in bytes. */
  bytes: number;
  /** Longest time until the body is complete, in milliseconds. */
  milliseconds: number;
}

/**
 * A request without cookies, cache or referrer. A redirect is not followed, and is a 302 without anything else.
 * @throws BrokerError `network_error` when there is no answer within the limits
 */
export type Http = (url: string, init: RequestInit, limits: RequestLimits) => Promise<Response>;

/** What is sent in a carried request. */
export interface StreamInit {
  method: string;
  headers: readonly (readonly [name: string, value: string])[];
  body?: Uint8Array<ArrayBuffer> | undefined;
  /** Origin of the site for which it is carried: what the server sees as `Origin`. */
  origin: string;
}

/** The head of an answer, and its body as it comes; nothing of the body is read yet. */
export interface StreamedResponse {
  status: number;
  statusText: string;
  headers: [name: string, value: string][];
  body: ReadableStream<Uint8Array> | null;
  /** As `nextHopProtocol` names it; empty where the browser hides it (Z32). */
  protocol: string;
}

/**
 * A request whose answer is passed on as it comes: without cookies, cache, referrer or redirects.
 * @throws BrokerError `network_error` when there is no answer, `aborted` by the signal
 */
export type Streaming = (
  url: string,
  init: StreamInit,
  signal: AbortSignal,
) => Promise<StreamedResponse>;

/** The browser's window in which the user signs in at the authorization server. */
export interface AuthWindow {
  /** The redirect URI at which the browser hands the response over; `path` tells issuers apart. */
  redirectUri(path: string): string;
  /** The browser's own redirect URI on this computer, where it has one that it catches itself (Firefox). */
  loopbackUri?(path: string): string;
  /**
   * Opens the URL and resolves the callback URL, whatever it says.
   * @param opened told the id of the window, once, so that it can be closed after a restart
   * @param signal when it is aborted before this one's turn comes, no window opens
   * @param redirectUri where the response arrives; one on this computer is caught before anything is sent there (Z35)
   * @throws BrokerError `access_denied` when the user closes it, `authorization_failed` when it cannot load,
   *   `host_access_required` when nothing could be caught at the redirect URI
   */
  open(
    url: string,
    opened: (window: number) => void,
    signal?: AbortSignal,
    redirectUri?: string,
  ): Promise<string>;
  close(window: number): Promise<void>;
  /** Takes down what a former worker has left for a sign-in, once its window is closed. */
  takeDown?(): Promise<void>;
}

/** The window in which the user is asked. */
export interface PromptWindow {
  /**
   * Opens it, away from the sign-in page; resolves its id.
   * @param tab the tab that asks: the window opens at its own window, where the browser lets it
   */
  open(flow: string, tab?: number): Promise<number>;
  isOpen(window: number): Promise<boolean>;
  /** Brings it before the user, also from where it has stepped aside. */
  focus(window: number): Promise<void>;
  /** Out of the way of the sign-in window, and still open. */
  stepAside(window: number): Promise<void>;
  close(window: number): Promise<void>;
}

/** A page's port, as either browser gives it; the broker says `Said` on it. */
export interface Port<Said> {
  /** Throws when the page is gone. */
  post(message: Said): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Calls the listener when the other end has gone: at once, if it has already. */
  onClosed(listener: () => void): void;
  /** Closes it from this end; nothing that still comes is heard. */
  close(): void;
}

/** Where a page calls. */
export type PagePort = Port<BrokerMessage>;
/** Where a page has one request carried (Z27). */
export type CarryPort = Port<CarriedMessage>;

/** Where the core says what happened. Nobody waits for it, and it never fails. */
export interface ActivityLog {
  note(row: Omit<ActivityNote, 'at'> & { kind: ActivityKind }): void;
  /**
   * Notes a failure, once for all who are told of it.
   * @returns what names the row towards a page
   */
  noteFailure(error: unknown, about: Pick<ActivityNote, 'origin' | 'resource' | 'flow'>): string;
  /** Writes what is collected, before whatever is written next. */
  write(): Promise<void>;
}

/** A step before it is given its time. */
export type Step = TraceStep extends infer One
  ? One extends unknown
    ? Omit<One, 'at'>
    : never
  : never;

/** What a trace is about. */
export interface TraceSubject extends Pick<Trace, 'id' | 'origin' | 'resource'> {
  /** It has no end: of its steps the latest are kept, not the first. */
  keepsLatest?: boolean;
}

/** Where flows say step by step what they do; like the log, it never makes anybody wait. */
export interface TraceLog {
  step(about: TraceSubject, step: Step): void;
  end(id: string, outcome: 'done' | 'failed'): void;
}

/** What one site has brought about of late, and what it still may (Z39). */
export interface Budget {
  /** Whether there is room for it; uses nothing up. */
  admits(of: Counted, what?: string): boolean;
  /** Counts it, if there is room; in the same turn. */
  take(of: Counted, what?: string): boolean;
  /** Counts what has happened, room or not. */
  note(of: Counted, what?: string): void;
  /** Counts these no more: they are what the user wanted. Without `what`, all of the kind. */
  giveBack(of: Counted, what?: readonly string[]): void;
  /** Resolves when what was counted so far is on disk; never fails. */
  kept(): Promise<void>;
}

/** The budgets of all sites. */
export interface Budgets {
  /** The budget of a site, read from disk the first time. */
  of(site: string): Promise<Budget>;
  /** Forgets what is in memory, since what is on disk was erased. */
  forget(): void;
}

/**
 * What servers want to find in the proofs of a site (RFC 9449 §8, §9), each for itself: a nonce that one site was given
 * is not used for another. In memory; a worker that starts anew learns it again, by one more answer.
 */
export interface ProofMemory {
  /** @param url any of the server's */
  recall(site: string, url: string): ProofHints;
  /** @param isTaken the server has let a proof pass */
  learn(
    site: string,
    url: string,
    headers: Iterable<readonly [string, string]>,
    isTaken?: boolean,
  ): void;
}

/** Everything the core may act with. */
export interface Ports {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A random number from 0 to 1. */
  readonly random: () => number;
  /** Resolves after this many milliseconds, or when the signal is aborted. */
  readonly pause: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Runs `task` while no other context of this browser profile holds `name` (Web Locks). */
  readonly lock: <T>(name: string, task: () => Promise<T>) => Promise<T>;
  readonly http: Http;
  readonly stream: Streaming;
  /**
   * What a server has spoken, by its origin, as `nextHopProtocol` names it; empty where the browser hides it, or nothing
   * has ended there yet. A request's own answer can't say: the browser lists it when it has ended (Z32).
   */
  readonly protocolOf: (server: string) => string;
  /** Whether this browser copies bytes over a page's port, so that requests can be carried (Z26). */
  readonly copiesBytes: boolean;
  /** How long a page may leave what is carried for it unread (Z30); milliseconds. */
  readonly patience: number;
  /** Keeps the worker until the returned function is called (Z31). */
  readonly keepAlive: () => () => void;
  /** Calls `gone` with the match patterns of hosts to which access was withdrawn (Z33). */
  readonly watchHostAccess: (gone: (patterns: readonly string[]) => void) => void;
  /** Calls `given` when access to hosts was given: requests that go there can be carried from then on (Z33). */
  readonly watchHostGiven: (given: (patterns: readonly string[]) => void) => void;
  readonly store: Store;
  readonly log: ActivityLog;
  readonly traces: TraceLog;
  readonly budgets: Budgets;
  readonly proofs: ProofMemory;
  readonly authWindow: AuthWindow;
  readonly promptWindow: PromptWindow;
  /** Whether the extension holds access to every one of these match patterns. */
  readonly hasHostAccess: (patterns: readonly string[]) => Promise<boolean>;
  /** Gives access to hosts back. */
  readonly dropHostAccess: (patterns: readonly string[]) => Promise<void>;
  /** Whether the user has this page before their eyes: its tab shows it still, in front of the focused window (Z24, Z40). */
  readonly isInFront: (page: PageCaller) => Promise<boolean>;
  /** Calls `changed` when another tab or window comes to the front, until the returned function is called. */
  readonly watchFront: (changed: () => void) => () => void;
  /** Resolves when the calls of a site that came before now have joined a flow or ended, or could not for a while (Z47). */
  readonly gathered: (origin: string) => Promise<void>;
  /** How many requests wait for the user, shown on the toolbar button. */
  readonly showPending: (count: number) => void;
  /** Tells the open pages of an origin. */
  readonly tell: (origin: string, event: PageEvent) => void;
  /** Tells our own pages that what they show has changed. */
  readonly changed: () => void;
  /** URL of the build's own client id metadata document, if it has one (Z20). */
  readonly clientDocument?: string;
  /** Names the browser session: the same in every worker until the browser is closed. */
  readonly session: string;
  /** The extension's version. */
  readonly version: string;
}
