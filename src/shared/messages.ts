/**
 * THE contract. Two doors with different types: the page door (a handful of calls, from any web page)
 * and the extension door (our own documents only). Nothing here may be believed about its sender; who is
 * asking is decided from what the browser attests (`background/caller.ts`).
 */
import type { ErrorCode, WireError } from './errors.ts';

/** Version of the page channel. A page that speaks another one is answered `invalid_request`. */
export const CHANNEL_VERSION = 1;

/** Name of the port a page, or Firefox's relay on its behalf, opens to the background. */
export const PAGE_PORT = 'grantkeeper.page';

/** Key of the one `window` message with which a page hands its MessagePort to Firefox's relay. */
export const RELAY_HANDSHAKE = 'grantkeeper.connect';

/* ---- the page door ------------------------------------------------------------------------------- */

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
}

/** What the broker is; the answer to a page's first call. */
export interface BrokerInfo {
  name: 'Grantkeeper';
  version: string;
  /** Feature name to its version. A later sealed mode announces itself here as `fetch`. */
  features: Record<string, string>;
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

/* ---- the extension door -------------------------------------------------------------------------- */

/** Every document of ours that may use the extension door, relative to the extension's root. */
export const EXTENSION_DOCUMENTS = ['src/popup/popup.html', 'src/popup/consent.html'] as const;

/** Posted on this BroadcastChannel (no payload) whenever something that a page of ours shows has changed. */
export const CHANGES = 'grantkeeper.changes';

/**
 * What the user is asked, frozen when the prompt is made. What is granted is exactly what is in here (T-16).
 * `reach`: may we contact this server at all; `allow`: may the site do this; `excess`: the server gave more.
 */
export interface PromptSnapshot {
  stage: 'reach' | 'allow' | 'excess';
  /** Origin of the page that asks, as the browser attests it. */
  origin: string;
  /** The MCP server as the page named it. */
  asked: string;
  /** The resource that the grant will be for; wider than `asked` when `wider` is true (Z15). */
  resource: string;
  wider: boolean;
  /** Absent at stage `reach`. */
  issuer?: string;
  /** Hosts of the endpoints that differ from the issuer's host (T-22). */
  foreignHosts: string[];
  /** The issuer of the grant held so far, when it differs (SEP-2352). */
  formerIssuer?: string;
  /** Scopes that this decision would add to the ceiling, and those already inside it. */
  scopes: { added: string[]; held: string[] };
  /** True when no scope is named anywhere: the authorization server decides (RFC 6749 §3.3). */
  serverDecides: boolean;
  /** Stage `reach` only: match pattern of the host that would be contacted. */
  contact?: string;
  /** Match patterns to ask for inside the Allow click; empty when access is held (Z13). */
  hostAccess: string[];
}

/** Where a pending request stands, for the prompt and the toolbar popup. */
export interface PromptView {
  flow: string;
  /** `deciding` waits for the user; the others tell how it goes on. */
  step: 'deciding' | 'discovering' | 'registering' | 'authorizing' | 'exchanging' | 'failed';
  snapshot: PromptSnapshot;
  /** Single-use; a decision without it is refused. */
  nonce: string;
  /** SHA-256 of the snapshot, hex; a decision says what it was made about. */
  digest: string;
  failure?: { code: ErrorCode; host?: string };
}

/** One grant as the popup shows it. */
export interface GrantView {
  origin: string;
  resource: string;
  account: string;
  issuer: string;
  granted: string[];
  /** Allowed by the user but not granted by the server so far. */
  ungranted: string[];
  /** Milliseconds since the epoch. */
  createdAt: number;
  lastUsedAt: number;
  uses: number;
  /** Expiry of the access token; absent when there is none to use and the user must sign in again. */
  expiresAt?: number;
  /** True when the grant renews itself without the user. */
  renewable: boolean;
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
   * endpoint; `unconfirmed`: no or a bad answer, or tokens that can no longer be read.
   */
  revocation: 'revoked' | 'nothing' | 'unsupported' | 'unconfirmed';
}

/** The few settings of this release. */
export interface Settings {
  /** Allows http loopback MCP servers for any site (Z3). */
  developerMode: boolean;
}

/** Calls of the extension door: params in, result out. */
export interface ExtensionCalls {
  prompt: { params: { flow: string }; result: PromptView | null };
  decide: {
    params: { flow: string; nonce: string; digest: string; decision: 'allow' | 'deny' };
    result: { accepted: boolean };
  };
  pending: { params: Record<string, never>; result: PromptView[] };
  /** The site in a tab, when its page has spoken to the broker; the browser does not tell us otherwise. */
  site: { params: { tabId: number }; result: { origin: string } | null };
  review: { params: { flow: string }; result: { opened: boolean } };
  grants: { params: Record<string, never>; result: GrantView[] };
  disconnect: {
    params: { origin: string; resource: string; account: string };
    result: Disconnection;
  };
  refusals: { params: Record<string, never>; result: RefusalView[] };
  forgive: { params: { origin: string; resource: string }; result: { forgiven: number } };
  settings: { params: Record<string, never>; result: Settings };
  configure: { params: Partial<Settings>; result: Settings };
}

export type ExtensionCall = keyof ExtensionCalls;

/** Extension page → background, by `runtime.sendMessage`. */
export interface ExtensionMessage<C extends ExtensionCall = ExtensionCall> {
  door: 'extension';
  call: C;
  params: ExtensionCalls[C]['params'];
}

/** The answer on the extension door. */
export type ExtensionReply<C extends ExtensionCall = ExtensionCall> =
  { ok: true; result: ExtensionCalls[C]['result'] } | { ok: false; error: WireError };
