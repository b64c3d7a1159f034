/**
 * What the core needs of the world, as types. `worker.ts` fills these in with the browser; the flow tests and
 * the conformance runner fill them in with what Node has. The core imports nothing else that can act.
 */
import type { AuthorizationServer } from 'oauth4webapi';
import type { Registration } from '../protocol/client-registration.ts';
import type { HeldGrant } from '../protocol/plan.ts';
import type { RefreshTrouble } from '../protocol/refresh-trouble.ts';
import type { TokenSet } from '../protocol/token.ts';
import type { Use } from './uses.ts';
import type {
  ActivityKind,
  ActivityPage,
  ActivityQuery,
  ActivityRow,
  Trace,
  TraceStep,
} from '../shared/activity.ts';
import type { Duration, RefusalView } from '../shared/grant.ts';
import type { PageEvent } from '../shared/messages.ts';
import type { PromptSnapshot } from '../shared/prompt.ts';
import type { ClientEntry, ClientView, Settings, SettingsFile } from '../shared/settings.ts';

/** Identifies one grant (Z1). */
export interface GrantKey {
  /** Client origin: the site that may use it. */
  origin: string;
  resource: string;
  /** Which of the user's accounts at the resource; `default` for the first. */
  account: string;
}

/** What one client origin may do at one resource, with all that is needed to renew and revoke it. */
export interface Grant extends GrantKey, HeldGrant {
  /** The issuer's metadata as validated when the grant was made; refresh and revocation go nowhere else. */
  server: AuthorizationServer;
  registration: Registration;
  requested: string[];
  ceiling: string[];
  unmet: Record<string, number>;
  token?: TokenSet;
  /** New with every write, so that a change made from an older state is noticed; the store's own. */
  revision: string;
  /** Write-ahead: refresh requests sent with the current refresh token whose answer is not recorded. */
  refreshAttempts: number;
  /** The user's decision that this grant rests on: hash of what was shown, and when (ms since the epoch). */
  decision: { digest: string; at: number };
  duration: Duration;
  /** When a grant for a day ends; milliseconds since the epoch. */
  endsAt?: number;
  /** The browser session with which a grant for a session ends. */
  session?: string;
  accountName?: string;
  /** Client id that every site uses at this issuer; absent when the site has a registration of its own (Z21). */
  sharedClient?: string;
  /** A server of the 2025-03-26 rules, without metadata (Z19). */
  legacy?: true;
  /** The user took a scope away that the refresh token still has: a refresh has to name what is left. */
  narrowed?: true;
  createdAt: number;
  /** When its user last signed in; milliseconds since the epoch. Absent in those of earlier versions. */
  signedInAt?: number;
  lastUsedAt: number;
  uses: number;
}

/** A grant as it is listed: no secret was decrypted for it. */
export type GrantSummary = Omit<Grant, 'token' | 'registration'> & {
  token?: { granted: string[]; expiresAt: number; renewable: boolean };
};

/** A grant as it is listed, and whether it is the account that its site uses now. */
export type ListedGrant = GrantSummary & { chosen: boolean };

/** A grant that is not stored yet. */
export type NewGrant = Omit<Grant, 'revision'>;

/** What may be changed of a grant in place. `token: undefined` drops the tokens. */
export type GrantChange = Partial<Omit<Grant, 'token' | 'trouble'>> & {
  token?: TokenSet | undefined;
  trouble?: RefreshTrouble | undefined;
};

/** What a flow is to bring; no secret, so that it can be resumed from the store. */
export interface FlowRequest {
  /** Scopes to ask the server for; empty when nobody has named any yet. */
  scopes: string[];
  /** The scopes among them that a 403 named for one operation. */
  demanded: string[];
  /** A challenge's `resource_metadata`, as the page passed it on. */
  resourceMetadata?: string;
  /** Whether the page could read a challenge at all. */
  challenged: boolean;
  rediscover: boolean;
  /** The 401 names other schemes only: the user is asked where there is metadata, and told of nothing else. */
  quiet?: true;
  /** Set when there is nothing to ask a server: it granted these beyond what was asked (Z23). */
  excess?: string[];
  /** Set when the user connects one more account: its id and name, and the account that it is allowed as much as. */
  account?: { id: string; name: string; like: string };
}

/**
 * One attempt to obtain or widen a grant, written before each step (Z4). What could not be used after a
 * restart is not in here: the browser forgets an open sign-in window when the worker dies, so `state` and
 * PKCE verifier stay in memory (docs/decisions/0003).
 */
export interface FlowRecord {
  id: string;
  origin: string;
  /** The resource as the page named it. */
  asked: string;
  request: FlowRequest;
  /** `allowed` and later rest on a recorded decision and resume without a second prompt. */
  stage: 'started' | 'deciding' | 'allowed' | 'authorizing' | 'exchanging';
  createdAt: number;
  /** The authorization server that the user chose, when the resource names several (R10). */
  issuer?: string;
  /** Match patterns of the hosts that the user has allowed to be contacted (Z13 *reach*). */
  reached: string[];
  prompt?: { snapshot: PromptSnapshot; nonce: string; digest: string; decision?: 'allow' };
  /** How long the user said that the grant may last, and when; ms since the epoch. */
  lasting?: { duration: Duration; at: number; session: string };
  /** When the sign-in window was opened; milliseconds since the epoch. */
  startedAt?: number;
  /** The prompt's window while it is open. */
  promptWindow?: number;
  /** The sign-in window while it is open, to close it after a restart. */
  signInWindow?: number;
}

/** A remembered refusal (Z24); keyed by origin and resource, latest last. */
export interface RefusalRecord extends RefusalView {
  at: number;
  /** The user took a scope away: the site has asked for nothing, so it does not count against it. */
  removed?: true;
}

/** A row of the activity log before it is stored. */
export type ActivityNote = Omit<ActivityRow, 'id'>;

/** The log of what happened. */
export interface ActivityStore {
  /** Appends rows, oldest first; the oldest of all make room. */
  addActivity(rows: readonly ActivityNote[]): Promise<void>;
  /** Adds uses to the rows of their grants and hours. */
  countUses(uses: readonly Use[]): Promise<void>;
  queryActivity(query: ActivityQuery): Promise<ActivityPage>;
  /** Replaces the trace of the same id; the oldest of all make room. */
  saveTrace(trace: Trace): Promise<void>;
  findTrace(id: string): Promise<Trace | undefined>;
  /** Newest first. */
  listTraces(): Promise<Trace[]>;
  eraseActivity(): Promise<void>;
}

/** What was learned of an authorization server's ways. */
export interface IssuerWays {
  issuer: string;
  /** It refuses a refresh without `scope`. */
  scopeOnRefresh: boolean;
  /** It holds a client to the scope that it was registered with (Z54). */
  scopeOnRegistration?: true;
  /** It ends the tokens of a client's other sites when one of them signs in (Z56). */
  endsOthers?: boolean;
  /** It refused to register a site of its own, which would have kept the sites apart. */
  registersNobody?: boolean;
}

/** Which grants to list: those of `origin`, and this many others. */
export interface GrantPart {
  origin?: string | undefined;
  limit: number;
}

/** The broker's memory. Every write is `durability: 'strict'`. */
export interface Store extends ActivityStore {
  /** By the resource, or by any URL that once led to it; one transaction (Z15). Of several accounts the chosen one. */
  findGrant(origin: string, asked: string): Promise<Grant | undefined>;
  /** Exactly this one, chosen or not. */
  readGrant(key: GrantKey): Promise<Grant | undefined>;
  /** All of them, or those of one site and the first `limit` of the others, by key; nothing is decrypted. */
  listGrants(part?: GrantPart): Promise<ListedGrant[]>;
  /** Whether a site holds any grant at all. */
  holdsGrant(origin: string): Promise<boolean>;
  /** Writes a grant whole, remembers `asked` as a way to it, and ends the flow that made it: all or nothing. */
  commitGrant(grant: NewGrant, from: { asked: string; flow: string }): Promise<void>;
  /** Remembers one more way to a grant, and ends the flow that found it. */
  addAlias(grant: GrantKey, from: { asked: string; flow: string }): Promise<void>;
  /**
   * Changes a grant in place. Writes nothing when it is `gone`, or was `changed` by somebody else since it was
   * read: a refresh must not undo what an authorization has added meanwhile.
   */
  updateGrant(grant: Grant, change: GrantChange): Promise<Grant | 'gone' | 'changed'>;
  recordUses(uses: readonly Use[]): Promise<void>;
  /** Makes this the account that its site uses; false when there is no such grant. */
  chooseAccount(key: GrantKey): Promise<boolean>;
  /** Every address by which a site came to a resource, the resource among them. */
  listWays(origin: string, resource: string): Promise<string[]>;
  /** Removes a grant, and every way to it unless another account takes its place; resolves what was removed. */
  deleteGrant(key: GrantKey): Promise<Grant | undefined>;

  findRegistration(issuer: string, origin: string): Promise<Registration | undefined>;
  saveRegistration(issuer: string, origin: string, registration: Registration): Promise<void>;
  deleteRegistration(issuer: string, origin: string): Promise<void>;

  findDocument(url: string): Promise<{ json: unknown; fetchedAt: number } | undefined>;
  saveDocument(url: string, json: unknown, fetchedAt: number): Promise<void>;
  /** Forgets documents fetched, and refusals over, before that time (ms since the epoch). */
  prune(documentsBefore: number, refusalsBefore: number): Promise<void>;

  listFlows(): Promise<FlowRecord[]>;
  saveFlow(flow: FlowRecord): Promise<void>;
  deleteFlow(id: string): Promise<void>;

  listRefusals(): Promise<RefusalRecord[]>;
  findRefusals(origin: string): Promise<RefusalRecord[]>;
  saveRefusal(refusal: RefusalRecord): Promise<void>;
  /** Resolves how many there were. */
  deleteRefusals(origin: string, resource: string): Promise<number>;

  /** The user's own client at an issuer, secret and all (R37). */
  findClient(issuer: string): Promise<ClientEntry | undefined>;
  listClients(): Promise<ClientView[]>;
  /** Replaces the client of the same issuer. */
  saveClient(client: ClientEntry): Promise<void>;
  deleteClient(issuer: string): Promise<void>;

  /** What was learned of an authorization server's ways. */
  findIssuer(issuer: string): Promise<IssuerWays | undefined>;
  /** Adds to what is known; one transaction, so that two things learnt at once are both kept. */
  learnIssuer(issuer: string, learnt: Partial<Omit<IssuerWays, 'issuer'>>): Promise<void>;

  readSettings(): Promise<Settings>;
  writeSettings(settings: Settings): Promise<void>;
  /** Settings and clients as they may leave this browser: no secret among them. */
  exportSettings(): Promise<SettingsFile>;
  /** Replaces the settings, and the clients of the same issuers: all or nothing. A secret that fits is kept. */
  importSettings(file: SettingsFile): Promise<void>;
  /** Forgets everything, the key included, and goes on with a new key. */
  eraseEverything(): Promise<void>;
}

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

/** The browser's window in which the user signs in at the authorization server. */
export interface AuthWindow {
  /** The redirect URI at which the browser hands the response over; `path` tells issuers apart. */
  redirectUri(path: string): string;
  /**
   * Opens the URL and resolves the callback URL, whatever it says.
   * @param opened told the id of the window, so that it can be closed after a restart
   * @throws BrokerError `access_denied` when the user closes it, `authorization_failed` when it cannot load
   */
  open(url: string, opened: (window: number) => void): Promise<string>;
  close(window: number): Promise<void>;
}

/** The window in which the user is asked. */
export interface PromptWindow {
  /** Opens it, away from the sign-in page; resolves its id. */
  open(flow: string): Promise<number>;
  isOpen(window: number): Promise<boolean>;
  focus(window: number): Promise<void>;
  close(window: number): Promise<void>;
}

/** Where the core says what happened. Nobody waits for it, and it never fails. */
export interface ActivityLog {
  note(row: Omit<ActivityNote, 'at'> & { kind: ActivityKind }): void;
  /**
   * Notes a failure, once for all who are told of it.
   * @returns what names the row towards a page
   */
  noteFailure(error: unknown, about: Pick<ActivityNote, 'origin' | 'resource' | 'flow'>): string;
}

/** A step before it is given its time. */
export type Step = TraceStep extends infer One
  ? One extends unknown
    ? Omit<One, 'at'>
    : never
  : never;

/** Where flows say step by step what they do; like the log, it never makes anybody wait. */
export interface TraceLog {
  step(about: Pick<Trace, 'id' | 'origin' | 'resource'>, step: Step): void;
  end(id: string, outcome: 'done' | 'failed'): void;
}

/** Everything the core may act with. */
export interface Ports {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A random number from 0 to 1. */
  random(): number;
  /** Resolves after this many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** Runs `task` while no other context of this browser profile holds `name` (Web Locks). */
  lock<T>(name: string, task: () => Promise<T>): Promise<T>;
  http: Http;
  store: Store;
  log: ActivityLog;
  traces: TraceLog;
  authWindow: AuthWindow;
  promptWindow: PromptWindow;
  /** Whether the extension holds access to every one of these match patterns. */
  hasHostAccess(patterns: readonly string[]): Promise<boolean>;
  /** Whether the user has this tab before their eyes: active, in the focused window (Z24). */
  isInFront(tabId: number): Promise<boolean>;
  /** Calls `changed` when another tab or window comes to the front, until the returned function is called. */
  watchFront(changed: () => void): () => void;
  /** How many requests wait for the user, shown on the toolbar button. */
  showPending(count: number): void;
  /** Tells the open pages of an origin. */
  tell(origin: string, event: PageEvent): void;
  /** Tells our own pages that what they show has changed. */
  changed(): void;
  /** URL of the build's own client id metadata document, if it has one (Z20). */
  clientDocument?: string;
  /** Names the browser session: the same in every worker until the browser is closed. */
  session: string;
  /** The extension's version. */
  version: string;
}
