/**
 * The broker's memory, one interface for each thing that is remembered. Every write of a {@link Store} is on disk when
 * its promise resolves, except those of the activity store, which is read for people only.
 */
import type { Registration } from '../../protocol/client-registration.ts';
import type { TokenSet } from '../../protocol/token.ts';
import type { ActivityPage, ActivityQuery, Trace } from '../../shared/activity.ts';
import type { Override, OverrideKey } from '../../shared/facts/override.ts';
import type { ClientEntry, ClientView, Settings, SettingsFile } from '../../shared/settings.ts';
import type {
  ActivityNote,
  BudgetRecord,
  FlowRecord,
  Grant,
  GrantChange,
  GrantKey,
  GrantSummary,
  IssuerQuirks,
  ListedGrant,
  NewGrant,
  RefusalRecord,
  ServerKey,
  ServerKeySummary,
  Use,
} from './records.ts';

/** Which grants to list; each is answered from an index, whatever else is stored. */
export type GrantPart =
  /** Those of one site, and the first `limit` of the others, by key; at least one. */
  | { origin?: string | undefined; limit: number }
  /** One site's grants. */
  | { site: string }
  /** Every site's grants at one resource. */
  | { resource: string }
  /** Every site's grants that were obtained with one shared client. */
  | { issuer: string; clientId: string };

/** Where a grant comes from. */
export interface GrantOrigin {
  /** The address by which the page asked. */
  asked: string;
  /** The flow that made it. */
  flow: string;
  /** The grant that the flow began with: gone, or allowed less by now, it was taken back. */
  began?: Grant | undefined;
  /** Whether the flow was ended while the grant was being written. */
  isWithdrawn?: () => boolean;
  /**
   * Makes the grant out of what is stored when it is written, which may be more than when the flow began (T-37). Pure,
   * and called again when somebody else was faster. Absent: the grant as it is.
   */
  merge?: (latest: Grant | undefined) => NewGrant;
}

/**
 * Tokens that a server has given out, and what is to be done about them: on disk before it is done, so that a worker
 * that dies loses none of them (Z4).
 */
export type Unfinished =
  /** They make a grant. */
  | { todo: 'commit'; grant: NewGrant; from: Omit<GrantOrigin, 'isWithdrawn'> }
  | Renewal
  /** They are given back. */
  | { todo: 'revoke'; grant: Revocable };

/** Tokens that replace those of a grant, or leave it without any. */
export interface Renewal {
  todo: 'renew';
  /** As it was when the server was asked. */
  grant: Grant;
  token?: TokenSet;
  /** What else changes with them. */
  also: GrantChange;
  /** Tokens of the answer that nobody may use. */
  useless?: TokenSet;
}

/** What it takes to revoke: tokens of a grant, or what there was of an answer that cannot be used. */
export interface Revocable extends Pick<Grant, 'origin' | 'server' | 'registration'> {
  revision?: string;
  token?: Partial<Pick<TokenSet, 'accessToken' | 'refreshToken' | 'expiresAt'>>;
}

/** What is left to be done about tokens. What a deletion leaves is written in the deletion's own transaction. */
export interface UnfinishedStore {
  /** Everything that can still be read, and in how many workers it was tried again. */
  listUnfinished(): Promise<{ id: string; tries: number; work: Unfinished }[]>;
  /** Replaces what is there under this id. */
  saveUnfinished(id: string, work: Unfinished, tries?: number): Promise<void>;
  deleteUnfinished(id: string): Promise<void>;
}

/** Grants, and the addresses that lead to them. */
export interface GrantStore {
  /** By the resource, or by any URL that once led to it; one transaction (Z15). Of several accounts the chosen one. */
  findGrant(origin: string, asked: string): Promise<Grant | undefined>;
  /** Exactly this one, chosen or not. */
  readGrant(key: GrantKey): Promise<Grant | undefined>;
  /** All of them, or a part; nothing is decrypted. */
  listGrants(part?: GrantPart): Promise<ListedGrant[]>;
  /** Whether a site has any grant at all, wherever. */
  hasAnyGrant(origin: string): Promise<boolean>;
  /**
   * The grants that are over, and when the next one will be. Reads those only, however many others are stored.
   * @param now milliseconds since the epoch
   * @param session the browser session that is current; grants of any other session are over
   */
  findEnded(now: number, session: string): Promise<{ ended: GrantKey[]; nextEnd?: number }>;
  /**
   * Writes a grant whole, remembers `asked` as an alias of it, and ends the flow that made it and what was left to do
   * of that: all or nothing. A new account is the one that its site uses from then on.
   * @returns false, with nothing written, when the flow was withdrawn or what it began with was taken back meanwhile
   */
  commitGrant(grant: NewGrant, from: GrantOrigin): Promise<boolean>;
  /** Remembers one more alias of a grant, and ends the flow that found it. */
  addAlias(grant: GrantKey, from: { asked: string; flow: string }): Promise<void>;
  /**
   * Changes a grant in place. Writes nothing when it is `gone`, or was `changed` by somebody else since it was
   * read: a refresh must not undo what an authorization has added meanwhile.
   * @param finishes id of what is done with the change
   */
  updateGrant(
    grant: Grant,
    change: GrantChange,
    finishes?: string,
  ): Promise<Grant | 'gone' | 'changed'>;
  recordUses(uses: readonly Use[]): Promise<void>;
  /** Makes this the account that its site uses; false when there is no such grant. */
  chooseAccount(key: GrantKey): Promise<boolean>;
  /** Every address by which a site came to a resource, the resource among them. */
  listAliases(origin: string, resource: string): Promise<string[]>;
  /**
   * Removes a grant, and its aliases unless another account takes its place; resolves what was removed. Its tokens are
   * noted, under its revision, as still to be revoked.
   * @param isMeant looks at what is stored in the same transaction; false leaves it there
   */
  deleteGrant(key: GrantKey, isMeant?: (held: GrantSummary) => boolean): Promise<Grant | undefined>;
}

/** The broker's registrations, one for each site at each issuer. */
export interface RegistrationStore {
  findRegistration(issuer: string, origin: string): Promise<Registration | undefined>;
  saveRegistration(issuer: string, origin: string, registration: Registration): Promise<void>;
  deleteRegistration(issuer: string, origin: string): Promise<void>;
}

/** What servers publish about themselves, and when it was fetched. */
export interface DocumentStore {
  findDocument(url: string): Promise<{ json: unknown; fetchedAt: number } | undefined>;
  saveDocument(url: string, json: unknown, fetchedAt: number): Promise<void>;
  /** Forgets documents fetched, and refusals over, before that time (ms since the epoch). */
  prune(documentsBefore: number, refusalsBefore: number): Promise<void>;
}

/** Flows under way; a killed worker leaves them here. */
export interface FlowStore {
  listFlows(): Promise<FlowRecord[]>;
  saveFlow(flow: FlowRecord): Promise<void>;
  deleteFlow(id: string): Promise<void>;
}

/** What the user has refused (Z24). */
export interface RefusalStore {
  listRefusals(): Promise<RefusalRecord[]>;
  findRefusals(origin: string): Promise<RefusalRecord[]>;
  saveRefusal(refusal: RefusalRecord): Promise<void>;
  /** Resolves how many there were. */
  deleteRefusals(origin: string, resource: string): Promise<number>;
}

/** What sites have used of their budgets (Z39). */
export interface BudgetStore {
  findBudget(site: string): Promise<BudgetRecord | undefined>;
  saveBudget(budget: BudgetRecord): Promise<void>;
  /** Forgets those of which nothing counts any more at that time (ms since the epoch). */
  pruneBudgets(now: number): Promise<void>;
}

/** The user's own clients, one for each issuer (R37). */
export interface ClientStore {
  /** Secret and all. */
  findClient(issuer: string): Promise<ClientEntry | undefined>;
  listClients(): Promise<ClientView[]>;
  /** Replaces the client of the same issuer. */
  saveClient(client: ClientEntry): Promise<void>;
  deleteClient(issuer: string): Promise<void>;
}

/** The user's keys for servers, one for each resource and account, shared by the sites that may use it (Z37). */
export interface ServerKeyStore {
  /** Value and all. */
  findServerKey(resource: string, account: string): Promise<ServerKey | undefined>;
  listServerKeys(): Promise<ServerKeySummary[]>;
  /** Replaces the key of the same resource and account. */
  saveServerKey(key: ServerKey, now: number): Promise<void>;
  deleteServerKey(resource: string, account: string): Promise<void>;
}

/** What the user lets pass (Z53), one for each kind and place. */
export interface OverrideStore {
  listOverrides(): Promise<Override[]>;
  /** Replaces the one of the same key. */
  saveOverride(override: Override): Promise<void>;
  deleteOverride(key: OverrideKey): Promise<void>;
}

/** What was learned of authorization servers. */
export interface IssuerStore {
  findIssuer(issuer: string): Promise<IssuerQuirks | undefined>;
  /** Adds to what is known; one transaction, so that two things learned at once are both kept. */
  learnIssuer(issuer: string, learned: Partial<Omit<IssuerQuirks, 'issuer'>>): Promise<void>;
}

/** What the user has chosen. */
export interface SettingsStore {
  readSettings(): Promise<Settings>;
  writeSettings(settings: Settings): Promise<void>;
  /** Settings and clients as they may leave this browser: no secret, and no client that is none without its own. */
  exportSettings(): Promise<SettingsFile>;
  /** Replaces the settings, and the clients of the same issuers: all or nothing. A secret that fits is kept. */
  importSettings(file: SettingsFile): Promise<void>;
}

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

/** Grants that could not be read, and were set aside (T-46). */
export interface UnreadableStore {
  countUnreadable(): Promise<number>;
  forgetUnreadable(): Promise<void>;
}

/** All of it. */
export interface Store
  extends
    GrantStore,
    UnfinishedStore,
    RegistrationStore,
    DocumentStore,
    FlowStore,
    RefusalStore,
    BudgetStore,
    ClientStore,
    ServerKeyStore,
    OverrideStore,
    IssuerStore,
    SettingsStore,
    ActivityStore,
    UnreadableStore {
  /** Forgets everything, the key included, and goes on with a new key. */
  eraseEverything(): Promise<void>;
}
