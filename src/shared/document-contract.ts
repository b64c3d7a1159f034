/**
 * The contract with our own documents (popup, prompt, settings, activity, onboarding): see, decide, take back,
 * configure. Only they may make these calls; a page's calls are in `page-contract.ts`.
 */
import type { ActivityPage, ActivityQuery, Trace, TraceSummary } from './activity.ts';
import type { FailureReason, WireError } from './errors.ts';
import type { GrantKey } from './facts/grant-key.ts';
import type { Disconnection, GrantView, KeyView, RefusalView } from './grant-view.ts';
import type { Override, OverrideEntry, OverrideKey } from './facts/override.ts';
import type { Again, Decision, KeyEntry, PromptView } from './prompt.ts';
import type {
  About,
  ClientEntry,
  ClientView,
  DocumentVerdict,
  Settings,
  SettingsFile,
  SettingsPreview,
} from './settings.ts';

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
  retry: { params: { flow: string } & Again; result: { started: boolean } };

  /* grants */
  /** The site in a tab, when its page has spoken to the broker; the browser does not tell us otherwise. */
  site: { params: { tabId: number }; result: { origin: string } | null };
  /**
   * All of them; with `limit` those of `origin` and at most that many others. Fewer others than `limit` means that
   * there are no more.
   */
  grants: { params: { origin?: string; limit?: number }; result: GrantView[] };
  /** `everySharer` disconnects all sites that use the same client, and revokes (Z21). */
  disconnect: { params: GrantKey & { everySharer?: boolean }; result: Disconnection };
  /** Every site and account at one server. */
  disconnectServer: {
    params: { resource: string };
    result: (GrantKey & Disconnection)[];
  };
  /** `narrowed`: the tokens hold one scope less; `signedOut`: the server could not do that, so they were dropped. */
  removeScope: {
    params: GrantKey & { scope: string };
    result: { outcome: 'narrowed' | 'signedOut' | 'gone' };
  };
  /**
   * Whether no page may hold the token (Z26). `ended`: the token that a page had works no more; `lingers`: its server
   * would not end it, and it works until `endsAt` (ms since the epoch, {@link NO_KNOWN_END} included); `sealed`: no
   * page had one.
   */
  seal: {
    params: GrantKey & { sealed: boolean };
    result:
      { outcome: 'sealed' | 'ended' | 'opened' | 'gone' } | { outcome: 'lingers'; endsAt: number };
  };
  /** Replaces the further request headers that a site may send to a server (Z29). */
  allowHeaders: { params: GrantKey & { names: string[] }; result: { saved: boolean } };
  /** Opens the sign-in page for one more account, with what this grant allows. */
  connectAccount: { params: GrantKey & { name: string }; result: { started: boolean } };
  chooseAccount: { params: GrantKey; result: { chosen: boolean } };
  renameAccount: { params: GrantKey & { name: string }; result: { renamed: boolean } };
  refusals: { params: Nothing; result: RefusalView[] };
  forgive: { params: { origin: string; resource: string }; result: { forgiven: number } };
  pause: { params: { origin: string; paused: boolean }; result: Settings };

  /** The keys that the user has entered, without their values, and the sites that may use each. */
  serverKeys: { params: Nothing; result: KeyView[] };
  /** Every site goes on with the new one. @throws `invalid_request` when it can't be a key for this server */
  replaceKey: {
    params: { resource: string; account: string; key: KeyEntry };
    result: { replaced: boolean };
  };
  /** Ends every site's access with it, too. */
  removeKey: { params: { resource: string; account: string }; result: { ended: number } };

  /** What the user lets pass (Z53). */
  overrides: { params: Nothing; result: Override[] };
  /** @throws `invalid_request` when it can't be one, or there is no client of the user's that it takes */
  saveOverride: { params: OverrideEntry; result: Override[] };
  /** Ends what rests on it, too. */
  removeOverride: { params: OverrideKey; result: { ended: number } };

  /** How many saved grants could not be read, and were set aside; `forget` ends the word about them. */
  unreadable: { params: { forget?: boolean }; result: { count: number } };

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
  /** What `importSettings` would bring. @throws `invalid_request` when that would refuse the file for what is in it */
  previewSettings: { params: { file: unknown }; result: SettingsPreview };
  /** @throws `invalid_request` when it is no settings file, or says what can't be used; then nothing has changed */
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
  | { ok: true; result: ExtensionCalls[C]['result'] }
  | { ok: false; error: WireError & { reason?: FailureReason } };
