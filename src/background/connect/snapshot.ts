/** What the user is shown, computed as data (S8): pure functions from what was discovered to a snapshot. */
import type { AuthorizationServer } from 'oauth4webapi';
import { endpointUrls } from '../../protocol/authorization-server.ts';
import { newHosts, termsOf, termsOfGrant } from '../../protocol/covers.ts';
import { findRecipe } from '../../protocol/provider-recipe.ts';
import type { ProtectedResource } from '../../protocol/protected-resource.ts';
import { coversScopes, scopesBeyond } from '../../protocol/scope.ts';
import { isSealed } from '../../protocol/holding.ts';
import { hostOf } from '../../protocol/url-policy.ts';
import { compact } from '../../shared/facts/compact.ts';
import { TOKEN_ITSELF } from '../../shared/facts/token-itself.ts';
import type { AskedOverride, ShownOverride } from '../../shared/facts/override.ts';
import type { PromptSnapshot } from '../../shared/prompt.ts';
import type { FlowRecord, Grant } from '../ports/records.ts';

/** What a grant prompt is made of. */
export interface Offer {
  grant: Grant | undefined;
  resource: ProtectedResource;
  /** URL of the protected resource metadata. */
  source: string;
  server: AuthorizationServer;
  /** Everything that the server will be asked for. */
  scopes: readonly string[];
  missingAccess: string[];
  /** Match pattern of the host at which the sign-in's answer is to be caught, where access to it is missing (Z35). */
  lent?: string | undefined;
  /** The tokens are to be bound to a key (Z36). */
  bound?: boolean;
  /** Whether requests can be carried in this browser. */
  copiesBytes: boolean;
  /** A server without metadata of its own (Z19). */
  legacy?: true;
  /** Sites whose access ends when this one signs in (Z56). */
  endsOthers?: string[];
  /** The site has no redirect URI of its own in our document. */
  isCrowded?: boolean;
  /** The provider refused a longer list before. */
  isLess?: boolean;
  /** The provider is known to have sent `iss`. */
  sentIss?: boolean;
  /** The client id, where it is none of the broker's own. */
  client?: string | undefined;
  /** What the user is to let pass, and what they have (Z53). */
  missing?: AskedOverride[];
  overridden?: ShownOverride[];
}

/** Who asks for what, before anything is known of the server. */
export function bareSnapshot(origin: string, asked: string): PromptSnapshot {
  return {
    stage: 'reach',
    origin,
    asked,
    resource: asked,
    wider: false,
    foreignHosts: [],
    scopes: { added: [], held: [] },
    serverDecides: false,
    hostAccess: [],
  };
}

/** May this server be contacted for this site at all? */
export function reachSnapshot(
  { origin, asked }: FlowRecord,
  { contact, held }: { contact: string; held: boolean },
): PromptSnapshot {
  return { ...bareSnapshot(origin, asked), contact, hostAccess: held ? [] : [contact] };
}

/** May this site do this there? New scopes apart from what was allowed before. */
export function grantSnapshot(record: FlowRecord, offer: Offer): PromptSnapshot {
  const { origin, asked, request } = record;
  const { grant, resource, server, scopes, legacy, client, endsOthers = [] } = offer;
  const { issuer } = server;
  const issuers = resource.authorizationServers;
  const formerIssuer = grant?.server?.issuer;
  const same = grant?.resource === resource.resource ? grant : undefined;
  const ceiling = same?.ceiling ?? [];
  const foreign = foreignHosts(offer, asked);
  const known = same && formerIssuer === issuer ? termsOfGrant(same) : undefined;
  const fresh = known ? newHosts(known, foreign) : [];
  return compact({
    stage: 'allow' as const,
    origin,
    asked,
    resource: resource.resource,
    wider: resource.match === 'wider',
    declared: resource.declared,
    issuer,
    issuers: issuers.length > 1 ? issuers : undefined,
    legacy,
    client,
    endsOthers: endsOthers.length > 0 ? endsOthers : undefined,
    duration: same?.duration === 'always' ? undefined : same?.duration,
    accountName: same?.accountName,
    foreignHosts: foreign,
    newHosts: fresh.length > 0 ? fresh : undefined,
    signsInAt: signInHost(server),
    weaker: isWeaker(offer),
    ...noticesOf(offer),
    bound: offer.bound === true ? (true as const) : undefined,
    formerIssuer: formerIssuer === issuer ? undefined : formerIssuer,
    scopes: { added: scopesBeyond(scopes, ceiling), held: [...ceiling] },
    serverDecides: scopes.length === 0,
    ...keeperOf(same, request, offer),
    tool: request.tool,
    ...accessOf(offer),
  });
}

/** Access to ask for inside the click, and what of it only the way back needs (Z35). */
function accessOf({ missingAccess, lent }: Offer): Pick<PromptSnapshot, 'hostAccess' | 'lent'> {
  if (lent === undefined) return { hostAccess: missingAccess };
  return { hostAccess: [...missingAccess, lent], lent: [lent] };
}

/** Nothing where there is nothing to tell. */
function noticesOf(offer: Offer): Partial<PromptSnapshot> {
  const { missing = [], overridden = [], isCrowded, isLess } = offer;
  return {
    ...(missing.length > 0 && { missing }),
    ...(overridden.length > 0 && { overridden }),
    ...(isCrowded && { crowded: true }),
    ...(isLess && { fewer: true }),
  };
}

/** Who holds the token from then on, and whether that is new (Z26). */
function keeperOf(
  held: Grant | undefined,
  { holds }: FlowRecord['request'],
  { copiesBytes, bound }: Pick<Offer, 'copiesBytes' | 'bound'>,
): Partial<PromptSnapshot> {
  if (held && isSealed(held)) return { keeper: 'broker', sealed: true };
  // A bound token is good for no page.
  if (bound) return { keeper: 'broker' };
  const isKept = held ? held.carriedSoFar === true : copiesBytes;
  if (!isKept || holds) return { keeper: 'page', ...(held?.carriedSoFar && { hands: true }) };
  return { keeper: 'broker' };
}

/** May the site hold the token itself? Nothing else changes. */
export function handSnapshot({ origin, asked }: FlowRecord, grant: Grant): PromptSnapshot {
  return {
    ...bareSnapshot(origin, asked),
    stage: 'hand',
    resource: grant.resource,
    ...(grant.server && { issuer: grant.server.issuer }),
    scopes: { added: [], held: [...grant.ceiling] },
    keeper: 'page',
    hands: true,
  };
}

/** Which client id has the user registered there? Asked before what the site may do (R23). */
export function clientSnapshot(
  { missing: _, ...allow }: PromptSnapshot,
  redirectUri: string,
): PromptSnapshot {
  const recipe = allow.issuer === undefined ? undefined : findRecipe(allow.issuer);
  return {
    ...allow,
    stage: 'client',
    redirectUri,
    ...(recipe && { recipe }),
    scopes: { added: [], held: [] },
    serverDecides: false,
    hostAccess: [],
  };
}

/** The server granted these too: may they be used? */
export function excessSnapshot(
  { origin, asked, request }: FlowRecord,
  grant: Grant,
): PromptSnapshot {
  return {
    stage: 'excess',
    origin,
    asked,
    resource: grant.resource,
    wider: false,
    ...(grant.server && { issuer: grant.server.issuer }),
    foreignHosts: [],
    scopes: { added: request.excess ?? [], held: [...grant.ceiling] },
    serverDecides: false,
    hostAccess: [],
  };
}

/** What a question would add: scopes, and the token itself. What was refused is remembered in the same words. */
export function newIn({ scopes, hands }: PromptSnapshot): string[] {
  return [...scopes.added, ...(hands ? [TOKEN_ITSELF] : [])];
}

/** True unless the user has allowed all of it before: the same resource, provider, scopes, and all else that is shown (Z42). */
export function needsConsent(snapshot: PromptSnapshot, grant: Grant | undefined): boolean {
  if (grant?.resource !== snapshot.resource || snapshot.formerIssuer !== undefined) return true;
  // Nobody has signed in there so far, and the provider was in no question.
  if (grant.server === undefined) return true;
  // Otherwise the sites would throw each other out, one silent sign-in after the other.
  if (snapshot.endsOthers !== undefined) return true;
  if (snapshot.hands ?? snapshot.missing) return true;
  // The browser gives access inside a click, so there has to be one.
  if (snapshot.lent !== undefined) return true;
  // A file may have made the broker somebody else's client since.
  if (snapshot.client !== undefined && snapshot.client !== grant.sharedClient) return true;
  return (
    !coversScopes(termsOfGrant(grant), termsOf(snapshot)) ||
    !coversScopes(grant.ceiling, snapshot.scopes.added)
  );
}

/** Where a provider that sends no `iss` signs people in, when that isn't at its own host (T-22). */
function signInHost(server: AuthorizationServer): string | undefined {
  const host = hostOf(server.authorization_endpoint ?? '');
  const isChecked = server.authorization_response_iss_parameter_supported === true;
  return isChecked || host === '' || host === hostOf(server.issuer) ? undefined : host;
}

/** True for a provider that has stopped to send `iss` (T-43). */
function isWeaker({ grant, server, sentIss }: Offer): true | undefined {
  const sends = ({ authorization_response_iss_parameter_supported: does }: AuthorizationServer) =>
    does === true;
  const sent = sentIss === true || (grant?.server?.issuer === server.issuer && sends(grant.server));
  return sent && !sends(server) ? true : undefined;
}

/** Hosts that are neither the server's nor the provider's, yet take part (T-22, Z16). */
function foreignHosts({ server, source }: Offer, asked: string): string[] {
  const known = [hostOf(server.issuer), hostOf(asked)];
  const hosts = [source, ...endpointUrls(server)].map(hostOf);
  return [...new Set(hosts)].filter((host) => !known.includes(host));
}
