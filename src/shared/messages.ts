/**
 * THE contract. Two doors with different types: the page door (a handful of calls, from any web page)
 * and the extension door (our own documents only). Nothing here may be believed about its sender; the
 * caller is decided from what the browser attests (`background/caller.ts`).
 */
import type { ActivityPage, ActivityQuery, Trace, TraceSummary } from './activity.ts';
import type { WireError } from './errors.ts';
import type { Disconnection, GrantName, GrantView, RefusalView } from './grant.ts';
import type { Decision, PromptView } from './prompt.ts';
import type {
  About,
  ClientEntry,
  ClientView,
  DocumentVerdict,
  Settings,
  SettingsFile,
} from './settings.ts';

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
export const EXTENSION_DOCUMENTS = [
  'src/popup/popup.html',
  'src/popup/consent.html',
  'src/popup/settings.html',
  'src/popup/activity.html',
  'src/popup/onboarding.html',
] as const;

/** Posted on this BroadcastChannel (no payload) whenever something that a page of ours shows has changed. */
export const CHANGES = 'grantkeeper.changes';

type Nothing = Record<string, never>;

/** Calls of the extension door: params in, result out. */
export interface ExtensionCalls {
  /* the prompt */
  prompt: { params: { flow: string }; result: PromptView | null };
  decide: { params: Decision; result: { accepted: boolean } };
  pending: { params: Nothing; result: PromptView[] };
  review: { params: { flow: string }; result: { opened: boolean } };
  /** Runs a failed flow again while its window is still open. What it brings is there for the page's next call. */
  retry: { params: { flow: string }; result: { started: boolean } };

  /* grants */
  /** The site in a tab, when its page has spoken to the broker; the browser does not tell us otherwise. */
  site: { params: { tabId: number }; result: { origin: string } | null };
  /**
   * All of them; with `limit` those of `origin` and at most that many others. Fewer others than `limit` means that
   * there are no more.
   */
  grants: { params: { origin?: string; limit?: number }; result: GrantView[] };
  /** `everySharer` disconnects all sites that use the same client, and revokes (Z21). */
  disconnect: { params: GrantName & { everySharer?: boolean }; result: Disconnection };
  /** Every site and account at one server. */
  disconnectServer: {
    params: { resource: string };
    result: (GrantName & Disconnection)[];
  };
  /** `narrowed`: the tokens hold one scope less; `signedOut`: the server could not do that, so they were dropped. */
  removeScope: {
    params: GrantName & { scope: string };
    result: { outcome: 'narrowed' | 'signedOut' | 'gone' };
  };
  /** Opens the sign-in page for one more account, with what this grant allows. */
  connectAccount: { params: GrantName & { name: string }; result: { started: boolean } };
  chooseAccount: { params: GrantName; result: { chosen: boolean } };
  renameAccount: { params: GrantName & { name: string }; result: { renamed: boolean } };
  refusals: { params: Nothing; result: RefusalView[] };
  forgive: { params: { origin: string; resource: string }; result: { forgiven: number } };
  pause: { params: { origin: string; paused: boolean }; result: Settings };

  /* activity */
  activity: { params: ActivityQuery; result: ActivityPage };
  traces: { params: Nothing; result: TraceSummary[] };
  trace: { params: { id: string }; result: Trace | null };

  /* settings */
  about: { params: Nothing; result: About };
  settings: { params: Nothing; result: Settings };
  configure: {
    params: {
      developerMode?: boolean;
      /** `null` goes back to the build's own. Saved only when usable, or `trusted`. */
      clientDocument?: Settings['clientDocument'] | null;
    };
    result: Settings;
  };
  checkDocument: { params: { url: string }; result: DocumentVerdict };
  clients: { params: Nothing; result: ClientView[] };
  /** Replaces the client of the same issuer. An empty secret keeps the one that is stored. */
  saveClient: { params: ClientEntry; result: ClientView[] };
  deleteClient: { params: { issuer: string }; result: ClientView[] };
  exportSettings: { params: Nothing; result: SettingsFile };
  /** @throws `invalid_request` when it is no settings file; then nothing has changed */
  importSettings: { params: { file: unknown }; result: { clients: number } };
  /** `everything` revokes what it can, first. */
  erase: {
    params: { what: 'activity' | 'everything' };
    result: { unconfirmed: number };
  };
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
