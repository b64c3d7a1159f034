/** Grants and refusals as our own pages show them. */
import type { Duration } from './facts/duration.ts';
import type { ShownOverride } from './facts/override.ts';

/** One grant as the popup shows it. */
export interface GrantView {
  origin: string;
  resource: string;
  account: string;
  /** The user's name for the account. */
  accountName?: string;
  /** Whether this is the account that the site uses now; the user may have several at one server. */
  chosen: boolean;
  /** Where one signs in; absent where nobody does. */
  issuer?: string;
  granted: string[];
  /** Allowed by the user but not granted by the server so far. */
  ungranted: string[];
  /** Milliseconds since the epoch. */
  createdAt: number;
  lastUsedAt: number;
  uses: number;
  /**
   * Expiry of the access token, {@link NO_KNOWN_END} included; absent when there is none to use and the user must
   * sign in again.
   */
  expiresAt?: number;
  /** The server keeps one site signed in at a time with the client that this one shares (Z56). */
  endsOthers?: true;
  /** True when the grant renews itself without the user. */
  renewable: boolean;
  duration: Duration;
  /** When a grant for a day ends; milliseconds since the epoch. */
  endsAt?: number;
  /** A server of the 2025-03-26 rules, without metadata (Z19). */
  legacy?: true;
  /** What the server wants; absent where that is a bearer token. */
  credential?: 'dpop' | 'key' | 'none';
  /** What the user has let pass for it (Z53). */
  overridden?: ShownOverride[];
  /** No page gets the token (Z26). */
  sealedOnly?: true;
  /** False while the extension holds no access to the server's host, so that requests can't be carried. */
  carried: boolean;
  /** Streams that the site has open at the server now, all of its tabs together (Z32); absent where there is none. */
  streams?: number;
  /** Match pattern of that host, where access to it is what is missing. */
  missingAccess?: string;
  /** Further request headers of the site that the user lets through (Z29). */
  headers?: string[];
}

/** One key as our own pages show it; nothing shows its value again (Z37). */
export interface KeyView {
  resource: string;
  account: string;
  header: string;
  /** When it was entered last; milliseconds since the epoch. */
  savedAt: number;
  /** Origins of the sites that may use it. */
  sites: string[];
}

/** One remembered refusal (Z24). */
export interface RefusalView {
  origin: string;
  resource: string;
  scopes: string[];
  kind: 'denied' | 'dismissed' | 'embargo';
  /** Milliseconds since the epoch. */
  until: number;
}

/** How RFC 7009 went for the tokens of one grant. */
export interface Disconnection {
  /**
   * `revoked`: the server confirmed; `nothing`: no token was held; `unsupported`: the server has no revocation
   * endpoint, or cannot revoke such a token; `unconfirmed`: no or a bad answer, or tokens that can no longer be read;
   * `shared`: deleted here only, since revoking could disconnect the sites in `sharedWith`, which use the same client
   * there (Z21).
   */
  revocation: 'revoked' | 'nothing' | 'unsupported' | 'unconfirmed' | 'shared';
  sharedWith?: string[];
  /**
   * When an access token ends that the server would not revoke (RFC 7009 §2.2.1), though nothing can be renewed any
   * more; milliseconds since the epoch, {@link NO_KNOWN_END} included.
   */
  accessEndsAt?: number;
}
