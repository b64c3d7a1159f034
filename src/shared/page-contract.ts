/**
 * The contract with web pages: a handful of calls, from any page. Nothing here may be believed about its sender; the
 * caller is decided from what the browser attests (`caller.ts` in background).
 */
import type { WireError } from './errors.ts';

/** Version of the page channel. A page that speaks another one is answered `invalid_request`. */
export const CHANNEL_VERSION = 1;

/** Name of the port a page, or Firefox's relay on its behalf, opens to the background. */
export const PAGE_PORT = 'grantkeeper.page';

/** Key of the one `window` message with which a page hands its MessagePort to Firefox's relay. */
export const RELAY_HANDSHAKE = 'grantkeeper.connect';

/** What `getToken` asks for. */
export interface TokenParams {
  /** Absolute URL of the MCP server, or its resource identifier (RFC 8707). */
  resource: string;
  /** Scopes that the page needs, on top of what a challenge names. */
  scopes?: string[];
  /** The `WWW-Authenticate` header of the server's 401 or 403, verbatim: a hint for scopes (Z16). */
  challenge?: string;
  /** The access token that the server has just refused, if one was sent. */
  rejected?: string;
  /** Whether a prompt or a sign-in window may be opened for this call. Default true. */
  interactive?: boolean;
}

/** All that a page ever gets (Z11). */
export interface Token {
  access_token: string;
  token_type: 'Bearer';
  /** Milliseconds since the epoch. */
  expires_at: number;
  /** Space-separated, as granted (RFC 6749 §3.3). */
  scope: string;
}

/** What the calling origin holds at a resource; never opens UI. */
export interface Permission {
  resource: string;
  granted: boolean;
  scopes: string[];
  /** Requests to it are carried by the broker, so the page needs no CORS and sees no credential (Z26). */
  carried: boolean;
  /** The site never gets the token itself: `getToken` answers `sealed` (Z26). */
  sealed: boolean;
}

/** An address by which the calling origin comes to a grant, and whether requests to it are carried. */
export interface HeldAt {
  url: string;
  carried: boolean;
}

/** What the broker is; the answer to a page's first call. */
export interface BrokerInfo {
  name: 'Grantkeeper';
  version: string;
  /** Feature name to its version. `fetch`: requests can be carried in this browser (Z26). */
  features: Record<string, string>;
  /**
   * Where the calling origin holds grants, so that its requests there need no question first, and all others none at
   * all. Told anew by the answer to each `hello`.
   */
  held: HeldAt[];
}

/** Calls of the page door: params in, result out. */
export interface PageCalls {
  hello: { params: Record<string, never>; result: BrokerInfo };
  getToken: { params: TokenParams; result: Token };
  permission: { params: { resource: string }; result: Permission };
  release: { params: { resource: string }; result: { released: boolean } };
}

export type PageCall = keyof PageCalls;

/** Page → broker. `cancel` withdraws the request with the same id. */
export type PageMessage =
  { v: 1; id: number; call: PageCall; params: unknown } | { v: 1; id: number; cancel: true };

/** Broker → page. The ack comes at once, so a page can tell "no broker" from "the user is thinking". */
export type BrokerMessage =
  | { v: 1; id: number; ack: true }
  | { v: 1; id: number; ok: true; result: unknown }
  | { v: 1; id: number; ok: false; error: WireError }
  | { v: 1; event: PageEvent };

/** Told to every open port of the origin it concerns. */
export interface PageEvent {
  type: 'grantchange' | 'revoked';
  resource: string;
  scopes: string[];
}
