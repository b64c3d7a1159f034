/** How a grant grows: which scopes are asked for, and what an authorization adds. Pure functions. */
import type { AuthorizationServer } from 'oauth4webapi';
import { termsOf, termsOfGrant, WEAKER } from '../../protocol/covers.ts';
import { lifetimeOf } from '../../protocol/lifetime.ts';
import { UNMET_COOL_DOWN, YOUNG } from '../../protocol/plan.ts';
import type { ProtectedResource } from '../../protocol/protected-resource.ts';
import { computeScopeUnion, OFFLINE_ACCESS, scopesBeyond } from '../../protocol/scope.ts';
import { hostPattern } from '../../protocol/url-policy.ts';
import type { TokenSet } from '../../protocol/token.ts';
import type { FlowRecord, Grant, NewGrant } from '../ports/records.ts';
import type { Audience } from '../oauth/token-endpoint.ts';
import { compact } from '../../shared/facts/compact.ts';
import { DEFAULT_ACCOUNT } from '../../shared/facts/grant-key.ts';

/** What the choice of scopes depends on. */
interface ScopeSources {
  resource: ProtectedResource;
  server: AuthorizationServer;
  grant: Grant | undefined;
}

/**
 * The scopes to ask for: those of the challenge and of earlier authorizations; on a first connection without
 * any, all that the resource names, else none (R47). `offline_access` where the server lists it (R49).
 */
export function selectScopes(
  asked: readonly string[],
  { resource, server, grant }: ScopeSources,
): string[] {
  // A later request adds what was demanded and nothing else: the user may have refused the rest.
  if (grant?.server?.issuer === server.issuer) return [...asked];
  const lists = server.scopes_supported?.includes(OFFLINE_ACCESS);
  // What the former provider gave a refresh token for, the next one may not know.
  const carried = grant && !lists ? asked.filter((scope) => scope !== OFFLINE_ACCESS) : asked;
  // One without a sign-in has asked for none.
  const scopes = !grant?.server && asked.length === 0 ? (resource.scopesSupported ?? []) : carried;
  // Alone it would narrow what the server gives by default, which is what no scope at all asks for.
  return lists && scopes.length ? computeScopeUnion(scopes, [OFFLINE_ACCESS]) : [...scopes];
}

/** An authorization that has succeeded. */
interface Authorized {
  record: FlowRecord;
  audience: Omit<Audience, 'origin'>;
  /** What was asked for. */
  scopes: readonly string[];
  token: TokenSet;
  /** What the user leaves out (Z53), and what was wished for and the server had refused (Z45). */
  leftOut?: readonly string[];
  /** What the user hasn't ticked: no suggestion brings it back, and a page that needs it may ask. */
  unticked?: readonly string[];
  /** A server without metadata of its own (Z19). */
  legacy?: true | undefined;
  /** Whether access to the server's host is held, so that requests can be carried. */
  isReached: boolean;
}

/**
 * The grant after an authorization. Only here does a scope enter the accumulated set (Z9), and only what the
 * prompt showed, or had shown before, enters the ceiling.
 */
export function mergeGrant(held: Grant | undefined, authorized: Authorized): NewGrant {
  const { record, audience, scopes, token, legacy } = authorized;
  const now = token.obtainedAt;
  const { prompt, request } = record;
  const same = held?.resource === audience.resource ? held : undefined;
  // Where no scope was named anywhere, what the user allowed is whatever the server gives by default.
  const chosen = prompt?.snapshot.serverDecides ? token.granted : [];
  return compact({
    origin: record.origin,
    resource: audience.resource,
    account: same?.account ?? DEFAULT_ACCOUNT,
    accountName: same?.accountName,
    server: audience.server,
    registration: audience.registration,
    sharedClient: audience.registration.shared && audience.registration.clientId,
    legacy,
    declared: audience.declared,
    overrides: audience.overrides,
    shown: shownTerms(same, authorized),
    ...keepingOf(same, authorized),
    requested: computeScopeUnion(
      scopesBeyond(same?.requested ?? [], authorized.unticked ?? []),
      scopes,
    ),
    ceiling: computeScopeUnion(same?.ceiling ?? [], scopes, chosen),
    unmet: findUnmet(same?.unmet ?? {}, authorized, now),
    leftOut: findLeftOut(same, authorized),
    renewedUntil: request.rediscover ? now + YOUNG : undefined,
    reauthorizedUntil: request.rediscover ? now + UNMET_COOL_DOWN : undefined,
    token,
    refreshAttempts: 0,
    decision: prompt
      ? { digest: prompt.digest, at: now }
      : (same?.decision ?? { digest: '', at: now }),
    ...lifetimeOf(same, record.lasting),
    createdAt: same?.createdAt ?? now,
    signedInAt: now,
    lastUsedAt: same?.lastUsedAt ?? now,
    uses: same?.uses ?? 0,
  });
}

/**
 * Who may hold the token, and whether the browser may be asked for the server's host again (Z26, Z33). One that is bound
 * is good for no page; where a question said that it would be, or the former grant had nothing for a page, and the server
 * then gave a bearer token, no page is given that either (Z36, Z37).
 */
function keepingOf(same: Grant | undefined, { record, audience, token, isReached }: Authorized) {
  const { request, prompt, sealed = same?.sealedOnly } = record;
  const isKept = same ? same.carriedSoFar && !prompt?.snapshot.hands : isReached && !request.holds;
  const wasAsked = prompt?.snapshot.hostAccess.includes(hostPattern(audience.resource));
  const isDeclined = wasAsked ? !isReached : same?.accessDeclined;
  const isBound = token.bound === true;
  const wasSealed = same?.credential !== undefined || prompt?.snapshot.bound === true;
  return {
    credential: isBound ? ('dpop' as const) : undefined,
    proofKey: isBound ? audience.proofKey : undefined,
    sealedOnly: sealed || (wasSealed && !isBound) ? (true as const) : undefined,
    carriedSoFar: isKept ? (true as const) : undefined,
    headers: same?.headers,
    accessDeclined: isDeclined ? (true as const) : undefined,
  };
}

/** What the grant's questions have shown; another provider's count for nothing, a protection that is back counts anew. */
function shownTerms(same: Grant | undefined, { record, audience }: Authorized): string[] {
  const { issuer, authorization_response_iss_parameter_supported: sendsIss } = audience.server;
  const { snapshot, decision } = record.prompt ?? {};
  const former = same?.server?.issuer === issuer ? termsOfGrant(same) : [];
  const latest = snapshot?.stage === 'allow' && decision ? termsOf(snapshot) : [];
  const terms = [...new Set([...former, ...latest])];
  return sendsIss ? terms.filter((term) => term !== WEAKER) : terms;
}

/**
 * Asked for and not granted, or left out. A scope that the server did not name is unmet only when a 403 had demanded
 * it: it has then been tried, and asking a second time would be a loop.
 */
function findUnmet(
  former: Readonly<Record<string, number>>,
  { record, scopes, token, leftOut = [], unticked = [] }: Authorized,
  now: number,
): Record<string, number> {
  const granted = token.assumed ? [] : token.granted;
  const still = Object.entries(former).filter(([scope]) => !granted.includes(scope));
  const named = scopes.filter((scope) => scope !== OFFLINE_ACCESS);
  const demanded = record.request.demanded.filter((scope) => !unticked.includes(scope));
  const refused = token.assumed ? demanded : scopesBeyond(named, token.granted);
  const left = leftOut.filter(
    (scope) => scope !== OFFLINE_ACCESS && !token.granted.includes(scope),
  );
  const added = [...refused, ...left].map((scope): [string, number] => [
    scope,
    now + UNMET_COOL_DOWN,
  ]);
  return Object.fromEntries([...still, ...added]);
}

/** What was left out, by the user or since the server had refused it, and has not been granted since. */
function findLeftOut(
  same: Grant | undefined,
  { leftOut = [], unticked = [], token, audience }: Authorized,
): string[] | undefined {
  // Another provider may know them.
  const former = same?.server?.issuer === audience.server.issuer ? same.leftOut : undefined;
  const all = scopesBeyond(computeScopeUnion(former ?? [], leftOut, unticked), token.granted);
  return all.length > 0 ? all : undefined;
}
