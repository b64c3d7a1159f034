/**
 * What a row of the database has to look like to be used (T-46). A profile is a file on somebody's disk: bits flip,
 * writes are torn, and another program may have had it open. Members that only people read are not looked at.
 */
import * as v from 'valibot';
import { ASKED_OVERRIDES, OVERRIDE_KINDS } from './facts/override.ts';
import type { Settings } from './settings.ts';

const Texts = v.array(v.string());
const Time = v.pipe(v.number(), v.finite());
const Key = { origin: v.string(), resource: v.string(), account: v.string() };

const GrantMembers = v.object({
  ...Key,
  server: v.optional(v.looseObject({ issuer: v.string(), token_endpoint: v.optional(v.string()) })),
  credential: v.optional(v.picklist(['dpop', 'key', 'none'])),
  requested: Texts,
  leftOut: v.optional(Texts),
  ceiling: Texts,
  unmet: v.record(v.string(), Time),
  revision: v.string(),
  refreshAttempts: Time,
  decision: v.object({ digest: v.string(), at: Time }),
  duration: v.picklist(['session', 'day', 'always']),
  endsAt: v.optional(Time),
  session: v.optional(v.string()),
  accountName: v.optional(v.string()),
  sharedClient: v.optional(v.string()),
  shown: v.optional(Texts),
  declared: v.optional(v.string()),
  overrides: v.optional(v.array(v.picklist(OVERRIDE_KINDS))),
  legacy: v.optional(v.literal(true)),
  token: v.optional(v.object({ granted: Texts, expiresAt: Time, renewable: v.boolean() })),
  trouble: v.optional(v.looseObject({})),
  refreshedFor: v.optional(v.object({ scopes: Texts, until: Time })),
  renewedUntil: v.optional(Time),
  reauthorizedUntil: v.optional(Time),
  sealedOnly: v.optional(v.literal(true)),
  carriedSoFar: v.optional(v.literal(true)),
  headers: v.optional(Texts),
  createdAt: Time,
  lastUsedAt: Time,
  uses: Time,
});

/** Tokens are one provider's; where nobody signs in there is neither (Z37, Z38). */
const GrantRow = v.pipe(
  GrantMembers,
  v.check(({ credential, server, token }) =>
    credential === 'key' || credential === 'none' ? !token : server !== undefined,
  ),
);

const Snapshot = v.looseObject({
  stage: v.picklist(['reach', 'client', 'allow', 'excess', 'hand']),
  origin: v.string(),
  asked: v.string(),
  resource: v.string(),
  foreignHosts: Texts,
  hostAccess: Texts,
  scopes: v.object({ added: Texts, held: Texts }),
  missing: v.optional(v.array(v.picklist(ASKED_OVERRIDES))),
});

const Flow = v.object({
  id: v.string(),
  origin: v.string(),
  asked: v.string(),
  request: v.looseObject({ scopes: Texts, demanded: Texts }),
  stage: v.picklist(['started', 'deciding', 'allowed', 'authorizing', 'exchanging']),
  createdAt: Time,
  issuer: v.optional(v.string()),
  reached: Texts,
  prompt: v.optional(v.looseObject({ snapshot: Snapshot, nonce: v.string(), digest: v.string() })),
  lasting: v.optional(v.looseObject({ duration: v.picklist(['session', 'day', 'always']) })),
  startedAt: v.optional(Time),
  promptWindow: v.optional(v.number()),
  signInWindow: v.optional(v.number()),
});

const Refusal = v.object({
  origin: v.string(),
  resource: v.string(),
  scopes: Texts,
  kind: v.picklist(['denied', 'dismissed', 'embargo']),
  at: Time,
  until: Time,
});

const Row = v.object({
  id: v.number(),
  at: Time,
  kind: v.string(),
  origin: v.string(),
  scopes: Texts,
});

const Trace = v.object({
  id: v.string(),
  at: Time,
  origin: v.string(),
  resource: v.string(),
  outcome: v.picklist(['done', 'failed', 'open']),
  steps: v.array(v.looseObject({ at: Time, kind: v.string() })),
});

const Client = v.object({
  issuer: v.string(),
  clientId: v.string(),
  authMethod: v.picklist(['none', 'client_secret_basic', 'client_secret_post']),
});

const ServerKeyRow = v.object({
  resource: v.string(),
  account: v.string(),
  header: v.string(),
  savedAt: Time,
});

const Override = v.object({
  kind: v.picklist(OVERRIDE_KINDS),
  issuer: v.string(),
  resource: v.string(),
  at: Time,
  called: v.optional(v.string()),
  authorizationEndpoint: v.optional(v.string()),
  tokenEndpoint: v.optional(v.string()),
  scopes: v.optional(Texts),
});

const Alias = v.object({ resource: v.string(), account: v.string() });

/** True for a grant that can be used, as far as its open part tells. */
export const isGrant = (row: unknown) => v.is(GrantRow, row);
/** True for a flow that can be taken up. */
export const isFlow = (row: unknown) => v.is(Flow, row);
/** True for a refusal that says what was refused, and until when. */
export const isRefusal = (row: unknown) => v.is(Refusal, row);
/** True for a row of the log that can be shown. */
export const isActivity = (row: unknown) => v.is(Row, row);
/** True for a trace that can be shown. */
export const isTrace = (row: unknown) => v.is(Trace, row);
/** True for a client that says who the broker is, and how it says so. */
export const isClient = (row: unknown) => v.is(Client, row);
/** True for a key that says where it goes, and under which name. */
export const isServerKey = (row: unknown) => v.is(ServerKeyRow, row);
/** True for an override that says what it lets pass, and where. */
export const isOverride = (row: unknown) => v.is(Override, row);
/** True for an address that leads somewhere. */
export const isAlias = (row: unknown) => v.is(Alias, row);

const Lists = v.object({
  slots: v.fallback(v.optional(v.array(v.string())), undefined),
  refusedScopes: v.fallback(
    v.optional(
      v.array(
        v.object({
          origin: v.string(),
          resource: v.string(),
          scopes: v.array(v.string()),
          at: Time,
        }),
      ),
    ),
    undefined,
  ),
});

/** What was learned of an issuer, without the lists that can't be read: they are learned again. */
export function withReadableLists<Row extends object>(row: Row): Row {
  const { slots, refusedScopes } = v.parse(Lists, row);
  const lists = { ...(slots && { slots }), ...(refusedScopes && { refusedScopes }) };
  const { slots: _s, refusedScopes: _r, ...rest } = row as Row & Record<string, unknown>;
  return { ...rest, ...lists } as Row;
}

const Stored = v.object({
  // Nothing but a yes switches a protection off.
  developerMode: v.fallback(v.boolean(), false),
  pausedSites: v.fallback(
    v.pipe(
      v.array(v.unknown()),
      v.transform((sites) => sites.filter((site) => typeof site === 'string')),
    ),
    [],
  ),
  clientDocument: v.fallback(
    v.optional(v.object({ url: v.string(), trusted: v.fallback(v.boolean(), false) })),
    undefined,
  ),
});

/** The settings that are stored; each that can't be read is as it was at first. */
export function readSettings(stored: unknown): Settings {
  const row = typeof stored === 'object' && stored !== null ? stored : {};
  const { clientDocument, ...settings } = v.parse(Stored, row);
  return clientDocument ? { ...settings, clientDocument } : settings;
}
