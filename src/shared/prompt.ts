/** What the user is asked, what they answer, and how it goes on. */
import type { ErrorCode, FailureReason } from './errors.ts';
import type { Duration } from './facts/duration.ts';
import type { AskedOverride, ShownOverride } from './facts/override.ts';
import type { Recipe, RecipeName } from './facts/recipes.ts';
import type { ClientEntry } from './settings.ts';

/** How a server knows the user: by a key of theirs, or by a sign-in. */
export type Way = 'key' | 'sign_in';

/**
 * What the user is asked, frozen when the prompt is made. What is granted is exactly what is in here (T-16).
 * `reach`: may we contact this server at all; `client`: which client id has the user registered there; `allow`:
 * may the site do this; `excess`: the server gave more; `hand`: may the site hold the token itself, of which its
 * requests have made use so far without it.
 */
export interface PromptSnapshot {
  stage: 'reach' | 'client' | 'allow' | 'excess' | 'hand';
  /** Origin of the page that asks, as the browser attests it. */
  origin: string;
  /** The MCP server as the page named it. */
  asked: string;
  /** The resource that the grant will be for; wider than `asked` when `wider` is true (Z15). */
  resource: string;
  wider: boolean;
  /** A wider resource that the server speaks for, and whose host doesn't confirm it (Z41). */
  declared?: string;
  /** Absent at stage `reach`. */
  issuer?: string;
  /** What is missing that only the user lets pass, each by a control that is off: Allow alone doesn't (Z53). */
  missing?: AskedOverride[];
  /** What they have let pass before. */
  overridden?: ShownOverride[];
  /** All authorization servers that the resource names, when there are several; the user may `choose` another. */
  issuers?: string[];
  /** Neither metadata document exists: the rules of 2025-03-26, with weaker protection (Z19). */
  legacy?: true;
  /**
   * Stage `allow` where nobody signs in. `key`: the server takes a key that it has given to the user (Z37); `none`: it
   * is public (Z38). Absent: the user signs in.
   */
  credential?: 'key' | 'none';
  /** With `key`: one is stored for this server, and this question is whether the site may use it. */
  keyHeld?: true;
  /** With `key`: the server has refused the one that is stored. */
  keyRefused?: true;
  /** With `key`: whether the user may `choose` to sign in instead. */
  otherWay?: 'sign_in';
  /** Stage `client` only: what to register at the issuer. */
  redirectUri?: string;
  /** Stage `client` only: which recipe fits the issuer, as far as its address tells. */
  recipe?: Recipe;
  /** The client id under which the broker signs in there, where it is none of its own: entered, or out of a file. */
  client?: string;
  /** How long the grant lasts so far; the answer to choose from at the start. Absent: `always`. */
  duration?: Duration;
  /** The user's name for the account, when it is not the first one. */
  accountName?: string;
  /** Hosts of the endpoints that differ from the issuer's host (T-22). */
  foreignHosts: string[];
  /** Those of them that were in no question before; only where the site holds a grant there. */
  newHosts?: string[];
  /** Host of the sign-in page, where it isn't the provider's and the provider can't say that an answer is its own. */
  signsInAt?: string;
  /** The provider once said with each answer that it is its own, and has stopped (T-43). */
  weaker?: true;
  /** The tokens are bound to a key of the browser's: no page is given any (Z36). */
  bound?: true;
  /** The issuer of the grant held so far, when it differs (SEP-2352). */
  formerIssuer?: string;
  /** Scopes that this decision would add to the ceiling, and those already inside it. */
  scopes: { added: string[]; held: string[] };
  /** Origins of other sites whose access ends when this one signs in, since the server keeps one at a time (Z56). */
  endsOthers?: string[];
  /** More sites sign in there than can be told apart: signing in here may end another one's access (Z56). */
  crowded?: true;
  /** The provider refused a longer list before (Z45). */
  fewer?: true;
  /** True when no scope is asked for: the authorization server decides (RFC 6749 §3.3). */
  serverDecides: boolean;
  /** Who will hold the token: the page, or nobody but the broker, which carries the page's requests (Z26). */
  keeper?: 'page' | 'broker';
  /** The site wants the token itself, beside what else is asked; no page has had it so far. */
  hands?: true;
  /** No page gets the token, as the user has decided before. */
  sealed?: true;
  /** The tool for which the site asks, in its own words, shortened. */
  tool?: string;
  /** Stage `reach` only: match pattern of the host that would be contacted. */
  contact?: string;
  /** Match patterns to ask for inside the Allow click; empty when access is held (Z13). */
  hostAccess: string[];
  /** Those of them that only catch the sign-in's way back to this computer: given back afterwards (Z35). */
  lent?: string[];
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
  failure?: Failure;
}

/** Why a flow ended, for our own pages. */
export interface Failure {
  code: ErrorCode;
  reason?: FailureReason;
  host?: string;
  issuer?: string;
  /** The name that the issuer gives itself in its replies, where one was expected and didn't come. */
  expected?: string;
  /** The next question asks for less. */
  offersLess?: true;
  /** Which recipe fits the issuer, as far as its address tells. */
  recipe?: RecipeName;
  /** What the sign-in provider would have to allow as redirect URI, where that may be the cause. */
  redirectUri?: string;
  loopback?: LoopbackOffer;
}

/** Another way back from the sign-in: an address on this computer (Z35). */
export interface LoopbackOffer {
  /** One that the provider could allow. */
  uri: string;
  /** Whether there is one left that it hasn't refused. */
  isLeft: boolean;
  /** Match patterns to ask the browser for inside the click. */
  missing: string[];
}

/** What is to be different when a failed flow is run again; what is absent is as before. */
export interface Again {
  /** Scopes that the sign-in was about, which are not asked for there any more (Z53). */
  leaveOut?: string[];
  /** The sign-in is to lead back to this computer, to any address or exactly to this one (Z35). */
  returnTo?: string;
}

/** The user's answer to a prompt. */
export interface Decision {
  flow: string;
  nonce: string;
  digest: string;
  /** `choose` answers nothing: the question is asked again for another authorization server. */
  decision: 'allow' | 'deny' | 'choose';
  /** With `allow` at stage `allow`; absent: as the snapshot says. */
  duration?: Duration;
  /** With `allow` at stage `allow`: whether no page may hold the token. Absent: as it was. */
  sealed?: boolean;
  /** With `allow` before a sign-in: which of the added scopes the user allows; absent: all of them. */
  scopes?: string[];
  /** With `allow`: everything that the snapshot names as missing, or it is no answer. */
  overrides?: AskedOverride[];
  /** With `choose`: one of the snapshot's `issuers`. */
  issuer?: string;
  /** With `choose`: the way that the snapshot offers beside its own. */
  way?: Way;
  /** With `allow` where the server takes a key, and none is stored that it hasn't refused. */
  key?: KeyEntry;
  /** With `allow` at stage `client`. */
  client?: Omit<ClientEntry, 'issuer'>;
}

/** A key as the user enters it. */
export interface KeyEntry {
  header: string;
  value: string;
  /** It looks like another company's, and the user has said a second time that it is for this server. */
  confirmed?: true;
}
