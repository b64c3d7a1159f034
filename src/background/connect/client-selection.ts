/** Which client to be at an authorization server, and its registration there: the one that is held, or a new one. */
import type { AuthorizationServer } from 'oauth4webapi';
import { chooseClient, type ClientChoice } from '../../protocol/client-choice.ts';
import {
  isUsable,
  registeredScopes,
  type Registration,
} from '../../protocol/client-registration.ts';
import { isRedirectWanted, type RedirectSources } from '../../protocol/redirect-choice.ts';
import { compact } from '../../shared/facts/compact.ts';
import { issuerSpellings } from '../../shared/facts/issuer-syntax.ts';
import { computeScopeUnion, coversScopes, formatScope } from '../../protocol/scope.ts';
import { hostOf } from '../../protocol/url-policy.ts';
import { BrokerError, serverFault } from '../../shared/errors.ts';
import type { ClientEntry } from '../../shared/settings.ts';
import { checkClientDocument, currentDocument } from './client-document.ts';
import type { LiveFlow } from './live-flow.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord, IssuerQuirks } from '../ports/records.ts';
import { register } from '../oauth/registration-endpoint.ts';
import { takeSlot, type SlotUse } from './redirect-slot.ts';
import {
  leadsElsewhere,
  learnRedirect,
  redirectForClient,
  redirectRefused,
  redirectSources,
  refusedBy,
  registrableRedirects,
  sharedRedirectUri,
} from './redirects.ts';

/** What a client is wanted for. */
export interface ClientPurpose {
  server: AuthorizationServer;
  /** What will be asked for; empty when no scope is named. */
  scopes: readonly string[];
  /** The issuer of the grant held so far, when it was another (SEP-2352). */
  former?: string | undefined;
}

/** The same, when it comes to the registration. */
export interface RegistrationPurpose extends ClientPurpose {
  /** The server has just refused a client that was registered without the scope. */
  insists: boolean;
}

/**
 * Chooses which client to be. Sends nothing but a GET for our own document.
 * @throws BrokerError `registration_failed` when the only client that there is can't be used at this server
 */
export async function selectClient(
  ports: Ports,
  flow: LiveFlow,
  purpose: ClientPurpose,
): Promise<ClientChoice> {
  const { server, former } = purpose;
  const { issuer } = server;
  const quirks = await ports.store.findIssuer(issuer);
  // A client of its own for each site, where the server lets a shared one serve one site at a time (Z56).
  const perSite = prefersOwnClients(quirks, server);
  const redirects = await redirectSources(ports, issuer, flow.record);
  const preRegistered = perSite ? undefined : await findPreRegistered(ports, issuer, redirects);
  const held = preRegistered ? undefined : await findHeld(ports, flow.record, purpose);
  // The document lists the browser's own address.
  const document = perSite || leadsElsewhere(redirects) ? {} : await currentDocument(ports);
  const sources = { preRegistered, held, ...document, documentUsable: true };
  let chosen = chooseClient(server, sources);
  if (chosen.choice === 'document' && !(await isDocumentUsable(ports, chosen.clientId))) {
    chosen = chooseClient(server, { ...sources, documentUsable: false });
  }
  if (chosen.choice === 'stuck') {
    throw serverFault('registration_failed', issuer, 'document_unusable');
  }
  // The user's client of the former server is of no use here, and guessing so is what R40 forbids.
  if (chosen.choice === 'asked' && former !== undefined && (await findClient(ports, former))) {
    throw serverFault('registration_failed', issuer, 'client_of_other_issuer');
  }
  return chosen;
}

/** True where each site is to have a registration of its own, though a client is there for all (Z56). */
export function prefersOwnClients(
  quirks: IssuerQuirks | undefined,
  server: AuthorizationServer,
): boolean {
  const isKnown = quirks?.endsOthers === true && quirks.registersNobody !== true;
  return isKnown && server.registration_endpoint !== undefined;
}

/** The registration of the chosen client, made now where there is none; after the user has allowed what comes of it. */
export async function obtainRegistration(
  ports: Ports,
  flow: LiveFlow,
  purpose: RegistrationPurpose,
  chosen: ClientChoice,
): Promise<Registration> {
  if (chosen.choice === 'pre-registered' || chosen.choice === 'held') return chosen.registration;
  if (chosen.choice === 'document') {
    return documentRegistration(ports, slotUse(ports, flow, purpose.server, chosen.clientId));
  }
  return findOrRegister(ports, flow, purpose);
}

/** The site's registration at this issuer; one is made when there is none that can still be used (Z1). */
async function findOrRegister(
  ports: Ports,
  flow: LiveFlow,
  { insists, ...purpose }: RegistrationPurpose,
): Promise<Registration> {
  const { origin } = flow.record;
  const { server, scopes } = purpose;
  const { issuer } = server;
  // Two servers of one provider, connected at the same time, share the registration too (T-45).
  return ports.lock(`register ${issuer} ${origin}`, async () => {
    const held = insists ? undefined : await findHeld(ports, flow.record, purpose);
    if (held) return held;
    await flow.advance('allowed', 'registering');
    const namesScope =
      insists || (await ports.store.findIssuer(issuer))?.scopeOnRegistration === true;
    // One client for all that the site may do at this issuer: its other servers there keep theirs.
    const former = await ports.store.findRegistration(issuer, origin);
    const named = computeScopeUnion(registeredScopes(former), scopes);
    const site = { origin, scope: formatScope(named), namesScope };
    const budget = await ports.budgets.of(origin);
    if (!budget.take('registration', issuer)) {
      throw new BrokerError('rate_limited', { detail: { host: hostOf(issuer), issuer } });
    }
    await budget.kept();
    const made = await registerSomewhere(ports, flow, server, site);
    const registration = { ...made, madeAt: ports.now() };
    await ports.store.saveRegistration(issuer, origin, registration);
    return registration;
  });
}

/** Registers with the first redirect URI that the server takes (Z35). What is told is why it refused the best. */
async function registerSomewhere(
  ports: Ports,
  flow: LiveFlow,
  server: AuthorizationServer,
  site: Omit<Parameters<typeof register>[2], 'redirectUri'>,
): Promise<Registration> {
  const { issuer } = server;
  const sources = await redirectSources(ports, issuer, flow.record);
  let first: BrokerError | undefined;
  for (const redirectUri of await registrableRedirects(ports, sources)) {
    try {
      const made = await register(ports.http, server, { ...site, redirectUri });
      // Where the user has wished for it, the sign-in has to show that it works.
      if (first) await learnRedirect(ports, issuer, sources, redirectUri);
      return made;
    } catch (error) {
      const isRefused = error instanceof BrokerError && error.detail.reason === 'redirect_refused';
      if (!isRefused) throw first ?? error;
      first ??= error;
      await flow.note({ refused: refusedBy(flow.record, redirectUri) });
    }
  }
  throw first ?? redirectRefused(issuer, sources.own);
}

/** What the site has registered, if it can be used for this. */
async function findHeld(
  ports: Ports,
  { origin, ...record }: FlowRecord,
  { server: { issuer }, scopes }: ClientPurpose,
): Promise<Registration | undefined> {
  const held = await ports.store.findRegistration(issuer, origin);
  if (!held || !isUsable(held, ports.now())) return undefined;
  const sources = await redirectSources(ports, issuer, record);
  if (!isRedirectWanted(held.redirectUri, sources)) return undefined;
  const quirks = await ports.store.findIssuer(issuer);
  const isBound = quirks?.scopeOnRegistration === true;
  return isBound && !coversScopes(registeredScopes(held), scopes) ? undefined : held;
}

/** The user's client at an issuer, under whichever of its two spellings it was entered (Z49). */
export async function findClient(
  { store }: Pick<Ports, 'store'>,
  issuer: string,
): Promise<ClientEntry | undefined> {
  for (const spelling of issuerSpellings(issuer)) {
    const client = await store.findClient(spelling);
    if (client) return client;
  }
  return undefined;
}

async function findPreRegistered(
  ports: Ports,
  issuer: string,
  redirects: RedirectSources,
): Promise<Registration | undefined> {
  const client = await findClient(ports, issuer);
  if (!client) return undefined;
  const { clientId, clientSecret, authMethod } = client;
  const redirectUri = redirectForClient(ports, redirects, client.redirectUri);
  const shared = 'pre-registered' as const;
  return compact({ clientId, clientSecret, authMethod, redirectUri, secretExpiresAt: 0, shared });
}

/** The site as one that signs in with our document. */
export function slotUse(
  ports: Pick<Ports, 'authWindow'>,
  { record: { origin } }: LiveFlow,
  { issuer }: AuthorizationServer,
  document: string,
): SlotUse {
  return { origin, issuer, document, base: sharedRedirectUri(ports) };
}

async function documentRegistration(ports: Ports, use: SlotUse): Promise<Registration> {
  const redirectUri = await takeSlot(ports, use);
  const { document: clientId } = use;
  return { clientId, authMethod: 'none', redirectUri, secretExpiresAt: 0, shared: 'document' };
}

async function isDocumentUsable(ports: Ports, url: string): Promise<boolean> {
  const { clientDocument } = await ports.store.readSettings();
  if (clientDocument?.url === url && clientDocument.trusted) return true;
  const redirectUri = sharedRedirectUri(ports);
  return (await checkClientDocument(ports, url, { redirectUri })).usable;
}
