/**
 * What a person may let pass although a rule forbids it (Z53): each kind once, and what it holds for. Everything else
 * can't be overridden. docs/overrides.md says what each risks.
 */

/** The kinds. */
export const OVERRIDE_KINDS = [
  'pkce',
  'own_provider',
  'scopes',
  'issuer_pair',
  'endpoints',
  'no_resource',
] as const;

/**
 * - `pkce`: the provider doesn't say that it protects codes (RFC 7636).
 * - `own_provider`: the server names no provider; its own origin is taken for one.
 * - `scopes`: these are left out of what is asked for.
 * - `issuer_pair`: the provider's own document calls it by exactly this other name.
 * - `endpoints`: the provider publishes nothing; its addresses were typed in.
 * - `no_resource`: the provider isn't told which server the token is for.
 */
export type OverrideKind = (typeof OVERRIDE_KINDS)[number];

/** Those that a question offers, each by a control of its own that is off. */
export const ASKED_OVERRIDES = ['pkce', 'own_provider'] as const;
export type AskedOverride = (typeof ASKED_OVERRIDES)[number];

/** Those that only the settings can set. */
export const SETTINGS_OVERRIDES = ['issuer_pair', 'endpoints', 'no_resource'] as const;
export type SettingsOverride = (typeof SETTINGS_OVERRIDES)[number];

/** What one holds for: an exact issuer, an exact resource, or the pair of them; what it isn't about is empty. */
export interface OverrideKey {
  kind: OverrideKind;
  issuer: string;
  resource: string;
}

/** One, as it is stored. */
export interface Override extends OverrideKey {
  /** When the user set it; milliseconds since the epoch. */
  at: number;
  /** Of `issuer_pair`: the name in the provider's own document, exactly. */
  called?: string;
  /** Of `endpoints`. */
  authorizationEndpoint?: string;
  tokenEndpoint?: string;
  /** Of `scopes`. */
  scopes?: string[];
}

/** One as it is entered in the settings. */
export interface OverrideEntry extends Omit<Override, 'at' | 'kind' | 'resource' | 'scopes'> {
  kind: SettingsOverride;
  /** Of `no_resource`. */
  resource?: string;
}

/** One that has been set, as questions, grants and traces tell of it. */
export interface ShownOverride {
  kind: OverrideKind;
  at: number;
  /** What it says beside its kind: another name, addresses, scopes. */
  says?: string;
}
