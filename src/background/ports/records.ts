/** What the broker remembers, as types: grants, flows, refusals, and what it counts. */
import type { AuthorizationServer } from 'oauth4webapi';
import type { Count } from '../../protocol/budget.ts';
import type { Registration } from '../../protocol/client-registration.ts';
import type { Keeping } from '../../protocol/holding.ts';
import type { HeldGrant } from '../../protocol/plan.ts';
import type { ScopeRefusal } from '../../protocol/offered-scopes.ts';
import type { RefreshTrouble } from '../../protocol/refresh-trouble.ts';
import type { TokenSet } from '../../protocol/token.ts';
import type { ActivityRow } from '../../shared/activity.ts';
import type { Duration } from '../../shared/facts/duration.ts';
import type { OverrideKind } from '../../shared/facts/override.ts';
import type { RefusalView } from '../../shared/grant-view.ts';
import type { PromptSnapshot, Way } from '../../shared/prompt.ts';

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
  /**
   * The issuer's metadata as validated when the grant was made; refresh and revocation go nowhere else. Absent, as is
   * the registration, where nobody signs in: with a key, and at a public server.
   */
  server?: AuthorizationServer;
  registration?: Registration;
  requested: string[];
  ceiling: string[];
  unmet: Record<string, number>;
  /** What was wished for and left out, by the user or since the server had refused it. */
  leftOut?: string[];
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
  /** Sent as `resource` in place of the grant's own, which alone is what the grant is for (Z41). */
  declared?: string;
  /** What the user has let pass for it: without that its tokens are not renewed (Z53). */
  overrides?: OverrideKind[];
  /** The terms that its questions showed (Z42). Absent in those of earlier versions. */
  shown?: string[];
  /** What the server wants; absent where that is a bearer token (RFC 6750). */
  credential?: 'dpop' | 'key' | 'none';
  /** The user wants no page to hold the token; with a credential that is no bearer token no page can (Z26). */
  sealedOnly?: true;
  /**
   * What its bound tokens are good with, and its refresh token where the client has no secret (RFC 9449 §5); one for each
   * grant, and nothing can export it.
   */
  proofKey?: CryptoKeyPair;
  /** No page has been given the token so far: its requests were carried, all of them. */
  carriedSoFar?: true;
  /** The user took a scope away that the refresh token still has: a refresh has to name what is left. */
  narrowed?: true;
  /** The user would not let the browser give access to the server's host: only they bring that up again (Z33). */
  accessDeclined?: true;
  /** Further request headers of the site that the user lets through to the server (Z29). */
  headers?: string[];
  createdAt: number;
  lastUsedAt: number;
  uses: number;
}

/** A grant that came of a sign-in. */
export type SignedIn = Grant & Required<Pick<Grant, 'server' | 'registration'>>;

/** True for a grant that came of a sign-in; every grant with tokens did. */
export function isSignedIn<G extends Pick<Grant, 'server' | 'registration'>>(
  grant: G,
): grant is G & Required<Pick<Grant, 'server' | 'registration'>> {
  return grant.server !== undefined && grant.registration !== undefined;
}

/** A key of the user's for one server (Z37). */
export interface ServerKey {
  resource: string;
  account: string;
  /** Name of the header that carries it. */
  header: string;
  /** The whole value of that header. */
  value: string;
}

/** The same as it is listed: no secret was decrypted for it. */
export type ServerKeySummary = Omit<ServerKey, 'value'> & {
  /** When it was entered last; milliseconds since the epoch. */
  savedAt: number;
};

/** A grant as it is listed: no secret was decrypted for it. */
export type GrantSummary = Omit<Grant, 'token' | 'registration' | 'proofKey'> & {
  token?: { granted: string[]; expiresAt: number; renewable: boolean };
};

/** A grant as it is listed, and whether it is the account that its site uses now. */
export type ListedGrant = GrantSummary & { chosen: boolean };

/** A grant that is not stored yet. */
export type NewGrant = Omit<Grant, 'revision'>;

/** What may be changed of a grant in place. `token: undefined` drops the tokens. */
export type GrantChange = Partial<Omit<Grant, 'token' | 'trouble' | keyof Keeping>> & {
  sealedOnly?: true | undefined;
  carriedSoFar?: true | undefined;
  token?: TokenSet | undefined;
  trouble?: RefreshTrouble | undefined;
};

/** What a flow is to bring; no secret, so that it can be resumed from the store. */
export interface FlowRequest {
  /** Scopes to ask the server for; empty when nobody has named any yet. */
  scopes: string[];
  /** The scopes among them that a 403 named for one operation. */
  demanded: string[];
  /** The page named scopes itself: less than these would be of no avail to it. */
  named?: true;
  /** A challenge's `resource_metadata`, as the page passed it on. */
  resourceMetadata?: string;
  /** Whether the page could read a challenge at all. */
  challenged: boolean;
  rediscover: boolean;
  /** A page that waits for it wants the token itself; else its requests are carried. */
  holds?: true;
  /** What the challenge said of bound tokens (RFC 9449 §7.1). */
  dpop?: 'only' | 'offered';
  /** The server has refused a token that may have been strange to it for being bound (Z36). */
  unbound?: true;
  /** The 401 names other schemes only: the user is asked where there is metadata, and told of nothing else. */
  quiet?: true;
  /** Set when there is nothing to ask a server: it granted these beyond what was asked (Z23). */
  excess?: string[];
  /** Set when there is nothing to ask a server: the site wants the token itself, which no page has had (Z26). */
  hand?: true;
  /** The tool that a carried request calls, in the site's words. */
  tool?: string;
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
  /** The page was before the user's eyes when it called: a question of it may offer overrides (Z53). */
  inFront?: true;
  /** The authorization server that the user chose, when the resource names several (R10). */
  issuer?: string;
  /** How the user wants to be known there, when they chose (Z38). */
  way?: Way;
  /** Match patterns of the hosts that the user has allowed to be contacted (Z13 *reach*). */
  reached: string[];
  /** Where the user wants the sign-in to lead back to, when they chose: any address on this computer, or exactly this (Z35). */
  returnTo?: string;
  /** Redirect URIs that the provider has refused since the flow was first tried. */
  refused?: string[];
  /** Match patterns to which access is held for this flow's sign-in only, and given back after it. */
  lent?: string[];
  prompt?: {
    snapshot: PromptSnapshot;
    nonce: string;
    digest: string;
    decision?: 'allow';
    /** Which of the snapshot's added scopes the user has ticked; absent: all of them. */
    ticked?: string[];
  };
  /** Whether the user wants no page to hold the token (Z26); absent: as it was. */
  sealed?: boolean;
  /** How long the user said that the grant may last, and when; ms since the epoch. */
  lasting?: { duration: Duration; at: number; session: string };
  /** What the tokens will be bound to: on disk before the first request that names it (Z4). */
  proofKey?: CryptoKeyPair;
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

/** What a site has used of its budget (Z39). */
export interface BudgetRecord {
  site: string;
  counts: Count[];
  /** When nothing of it counts any more; milliseconds since the epoch. */
  until: number;
}

/** A row of the activity log before it is stored. */
export type ActivityNote = Omit<ActivityRow, 'id'>;

/** What was learned of an authorization server that no metadata says. */
export interface IssuerQuirks {
  issuer: string;
  /** It refuses a refresh without `scope`. */
  scopeOnRefresh: boolean;
  /** It holds a client to the scope that it was registered with (Z54). */
  scopeOnRegistration?: true;
  /** It ends the tokens of a client's other sites when one of them signs in (Z56). */
  endsOthers?: boolean;
  /** It refused to register a site of its own, which would have kept the sites apart. */
  registersNobody?: boolean;
  /** Resources that refused its bound tokens, and took others (Z36). */
  bearerAt?: string[];
  /** The redirect URI that it took, after it had refused the browser's own (Z35). */
  redirect?: string | undefined;
  /** It advertised once that it sends `iss` (RFC 9207). */
  sentIss?: true;
  /** What it would not take from sites (Z45). */
  refusedScopes?: ScopeRefusal[];
  /** Origins of the sites that sign in there with our client document, each at the number of its redirect URI (Z56). */
  slots?: string[];
}

/** Uses of one grant since the last write. */
export interface Use {
  key: GrantKey;
  count: number;
  /** The latest; milliseconds since the epoch. */
  at: number;
}

/** A web page that has been let in. */
export interface PageCaller {
  /** Serialised origin of the top-level document. */
  origin: string;
  tabId: number;
  /** Tells the documents of a tab apart (Z40). Firefox names it from 153 on; before, the port's life has to do. */
  documentId?: string;
}
