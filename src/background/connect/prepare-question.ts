/** From what discovery has found to the question: the scopes, the client, and everything that the user is shown. */
import type { AuthorizationServer } from 'oauth4webapi';
import type { ClientChoice } from '../../protocol/client-choice.ts';
import { planBinding } from '../../protocol/dpop.ts';
import {
  offerScopes,
  refusalsFor,
  type ScopeRefusal,
  type Wish,
} from '../../protocol/offered-scopes.ts';
import { redirectsToTry } from '../../protocol/redirect-choice.ts';
import { computeScopeUnion, scopesBeyond } from '../../protocol/scope.ts';
import { hostOf } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { OverrideKind } from '../../shared/facts/override.ts';
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { findEndedSites } from '../oauth/shared-client.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord, Grant, IssuerQuirks } from '../ports/records.ts';
import { selectClient, slotUse } from './client-selection.ts';
import type { Found } from './discovery.ts';
import { refuseClash } from './endpoint-clash.ts';
import { traceOverrides, traceScopes } from './flow-report.ts';
import type { LiveFlow } from './live-flow.ts';
import { selectScopes } from './merge-grant.ts';
import { missingHostAccess } from './missing-access.ts';
import { findLeftOut, readRests, refuseLacking } from './overrides.ts';
import { findPlace } from './redirect-slot.ts';
import { redirectSources, watchedHost } from './redirects.ts';
import { grantSnapshot } from './snapshot.ts';

/** A question, and what is done when it is allowed. */
export interface Prepared {
  /** Everything that the server will be asked for. */
  scopes: string[];
  /** What would be asked for, had the server refused nothing. */
  wish: Wish;
  /** What the server has refused of it so far. */
  refused: ScopeRefusal[];
  chosen: ClientChoice;
  snapshot: PromptSnapshot;
  /** Whether the tokens are to be bound to a key (Z36). */
  bound: boolean;
  /** What of the scopes the user leaves out, and what else they let pass (Z53). */
  leftOut: string[];
  overrides: OverrideKind[];
}

/**
 * Prepares the question. Sends nothing but a GET for our own document.
 * @throws BrokerError why there is nothing to ask: no client that can be used there, or one that must not be
 */
export async function prepareQuestion(
  ports: Ports,
  flow: LiveFlow,
  found: Found,
  grant: Grant | undefined,
): Promise<Prepared> {
  const { server } = found;
  const { origin } = flow.record;
  await refuseLacking(ports, flow, found, grant);
  const { quirks, scopes, ...taken } = await chooseScopes(ports, flow, found, grant);
  await traceScopes(ports, flow, grant, scopes);
  const missingAccess = await missingHostAccess(ports, found);
  const sentIss = quirks?.sentIss === true;
  const bound = readBinding(ports, flow.record, found, { grant, quirks });
  const { copiesBytes } = ports;
  const offer = { ...found, grant, scopes, missingAccess, sentIss, bound, copiesBytes };
  const { formerIssuer: former } = grantSnapshot(flow.record, offer);
  const chosen = await selectClient(flow.search, flow, { server, scopes, former });
  const clientId = sharedClientOf(chosen);
  // What other sites hold is looked at after Allow: a question that doesn't come would tell the page of it (T-33).
  await refuseClash(ports, flow, server, { clientId, among: { site: origin } });
  const endsOthers = clientId
    ? await findEndedSites(ports, { origin, issuer: server.issuer, clientId })
    : [];
  const client = clientId === ports.clientDocument ? undefined : clientId;
  const { overrides, ...told } = await readRests(ports, found, chosen.choice === 'pre-registered');
  traceOverrides(flow, told);
  const returning = await returningHost(ports, flow, server, chosen);
  const lent = missingAccess.includes(returning ?? '') ? undefined : returning;
  if (lent !== undefined) await flow.note({ lent: [lent, ...(flow.record.lent ?? [])] });
  const isCrowded = await isSlotShared(ports, flow, server, chosen);
  const isLess = scopes.length < taken.wish.scopes.length;
  const whole = { ...offer, ...told, endsOthers, client, lent, isCrowded, isLess };
  const snapshot = grantSnapshot(flow.record, whole);
  return { scopes, ...taken, chosen, snapshot, bound, overrides };
}

/** What to ask for: all that is wished for, without what the user leaves out, and what the server has refused. */
async function chooseScopes(
  ports: Ports,
  flow: LiveFlow,
  found: Found,
  grant: Grant | undefined,
): Promise<
  Pick<Prepared, 'scopes' | 'wish' | 'refused' | 'leftOut'> & { quirks: IssuerQuirks | undefined }
> {
  const { record } = flow;
  const quirks = await ports.store.findIssuer(found.server.issuer);
  const leftOut = await findLeftOut(ports, found, flow.again ? [] : namedNow(record, found, grant));
  const wish = wishOf(record, found, grant, leftOut);
  const place = { origin: record.origin, resource: found.resource.resource };
  const refused = refusalsFor(quirks?.refusedScopes ?? [], place, ports.now());
  return { quirks, leftOut, wish, refused, scopes: offerScopes(wish, refused) };
}

/** What a 403 names for an operation, or a page that is connected names itself: the user may be asked for it again. */
function namedNow({ request }: FlowRecord, { server }: Found, grant: Grant | undefined): string[] {
  const isHeld = request.named && grant?.server?.issuer === server.issuer;
  return isHeld ? scopesBeyond(request.scopes, grant.requested) : request.demanded;
}

/** What is wished for, whatever the server has refused of it. */
function wishOf(
  { request }: FlowRecord,
  found: Found,
  grant: Grant | undefined,
  leftOut: readonly string[],
): Wish {
  const held = grant?.requested ?? [];
  const all = selectScopes(computeScopeUnion(held, request.scopes), { ...found, grant });
  const scopes = scopesBeyond(all, leftOut);
  if (grant?.server?.issuer !== found.server.issuer) return { scopes, needed: request.demanded };
  const named = request.named ? request.scopes : request.demanded;
  const allowed = held.filter((scope) => grant.ceiling.includes(scope));
  return { scopes, needed: computeScopeUnion(allowed, named) };
}

/** Whether the site has to share its redirect URI in our document with another one (Z56). */
async function isSlotShared(
  ports: Ports,
  flow: LiveFlow,
  server: AuthorizationServer,
  chosen: ClientChoice,
): Promise<boolean> {
  if (chosen.choice !== 'document') return false;
  const place = await findPlace(ports, slotUse(ports, flow, server, chosen.clientId));
  return place?.isShared === true;
}

/** The host on this computer that the sign-in will lead back to, where access to it is still missing (Z35). */
async function returningHost(
  ports: Ports,
  flow: LiveFlow,
  { issuer }: AuthorizationServer,
  chosen: ClientChoice,
): Promise<string | undefined> {
  const sources = await redirectSources(ports, issuer, flow.record);
  const [first = sources.own] = redirectsToTry(sources);
  const uri = 'registration' in chosen ? chosen.registration.redirectUri : first;
  const host = watchedHost(ports, uri);
  flow.returnsHere = host !== undefined;
  return host === undefined || (await ports.hasHostAccess([host])) ? undefined : host;
}

/** @throws BrokerError `discovery_failed` when the server wants bound tokens, and there is no way to have any */
function readBinding(
  { copiesBytes: canCarry }: Ports,
  { request, asked }: FlowRecord,
  { resource, server }: Found,
  { grant, quirks }: { grant: Grant | undefined; quirks: IssuerQuirks | undefined },
): boolean {
  const isRemembered = quirks?.bearerAt?.includes(resource.resource) === true;
  const plan = planBinding({
    metadata: resource.binding,
    challenge: request.dpop,
    server,
    isSealed: grant ? isKept(grant) : request.holds !== true,
    isRefused: request.unbound === true || isRemembered,
    canCarry,
  });
  if (plan !== 'impossible') return plan === 'bound';
  const detail = { host: hostOf(asked), issuer: server.issuer, reason: 'dpop_required' } as const;
  throw new BrokerError('discovery_failed', { detail });
}

/** True for a grant whose token no page holds: one that would be bound from now on is missed by nobody. */
function isKept({ sealedOnly, carriedSoFar, credential }: Grant): boolean {
  return (sealedOnly ?? carriedSoFar ?? false) || credential === 'dpop';
}

/** The id of a client that several sites and providers share, where one was chosen. */
function sharedClientOf(chosen: ClientChoice): string | undefined {
  if (chosen.choice === 'document') return chosen.clientId;
  return chosen.choice === 'pre-registered' ? chosen.registration.clientId : undefined;
}
