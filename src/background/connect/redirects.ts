/**
 * Where a sign-in leads back to, and what it takes to catch it there (Z35). Which address is wanted judges
 * `protocol/redirect-choice.ts`; this puts together what it judges by.
 */
import {
  ANY_LOOPBACK,
  isRedirectWanted,
  loopbackToAllow,
  redirectsToTry,
  type RedirectSources,
} from '../../protocol/redirect-choice.ts';
import { hostOf, hostPattern } from '../../protocol/url-policy.ts';
import { BrokerError, serverFault } from '../../shared/errors.ts';
import { isLoopbackRedirect, LOOPBACK_PATTERNS } from '../../shared/facts/loopback-redirect.ts';
import { sha256Hex } from '../../shared/facts/sha256.ts';
import type { LoopbackOffer } from '../../shared/prompt.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord } from '../ports/records.ts';

type Return = Pick<FlowRecord, 'returnTo' | 'refused' | 'lent'>;
type Browser = Pick<Ports, 'authWindow' | 'hasHostAccess'>;

/** Path of the redirect URI of clients that are no site's own; they are registered before any issuer is known. */
const SHARED_PATH = 'cb';

/** The redirect URI of pre-registered clients and of the client id metadata document. */
export function sharedRedirectUri({ authWindow }: Pick<Ports, 'authWindow'>): string {
  return authWindow.redirectUri(SHARED_PATH);
}

/**
 * What there is to choose from at an issuer. The browser's own addresses have a path for every issuer, so that a
 * response meant for one cannot arrive as another's (RFC 9700 §4.4.2). Of fixed length: Firefox matches redirect URIs
 * by prefix.
 */
export async function redirectSources(
  { authWindow, store }: Pick<Ports, 'authWindow' | 'store'>,
  issuer: string,
  { returnTo, refused }: Return,
): Promise<RedirectSources> {
  const issuerHash = (await sha256Hex(issuer)).slice(0, 16);
  const path = `${SHARED_PATH}/${issuerHash}`;
  return {
    own: authWindow.redirectUri(path),
    ownLoopback: authWindow.loopbackUri?.(path),
    issuerHash,
    wish: returnTo,
    known: (await store.findIssuer(issuer))?.redirect,
    refused,
  };
}

/** True where the browser's own address is not what the sign-in will lead back to, as far as is known. */
export function leadsElsewhere(sources: RedirectSources): boolean {
  return !isRedirectWanted(sources.own, sources);
}

/** The address for a client that the user has entered: their wish, what is registered for it, or the one for all. */
export function redirectForClient(
  ports: Pick<Ports, 'authWindow'>,
  sources: RedirectSources,
  entered: string | undefined,
): string {
  const shared = sharedRedirectUri(ports);
  const { wish, known = shared } = sources;
  const own = entered ?? known;
  return wish === undefined ? own : (redirectsToTry({ ...sources, own })[0] ?? own);
}

/** The host to which access is needed so that an answer at this address is caught; undefined where the browser does it. */
export function watchedHost(
  { authWindow }: Pick<Ports, 'authWindow'>,
  uri: string,
): string | undefined {
  const own = authWindow.loopbackUri?.('');
  const isOwn = own !== undefined && uri.startsWith(own);
  return isLoopbackRedirect(uri) && !isOwn ? hostPattern(uri) : undefined;
}

/**
 * The addresses that a registration may name, best first. Without access to a host nothing could be caught there, so
 * its addresses are left out unless the user wants one.
 */
export async function registrableRedirects(
  ports: Browser,
  sources: RedirectSources,
): Promise<string[]> {
  const all = redirectsToTry(sources);
  const held = await Promise.all(all.map((uri) => isCaught(ports, uri)));
  return all.filter((uri, i) => held[i] || uri === sources.wish || uri === sources.known);
}

/** @throws BrokerError `invalid_request` when nothing could be caught at an address that the user wants */
export function requireLoopback(returnTo: string = ANY_LOOPBACK): void {
  if (returnTo === ANY_LOOPBACK || isLoopbackRedirect(returnTo)) return;
  throw new BrokerError('invalid_request');
}

/**
 * @throws BrokerError `host_access_required` when an answer at this address would reach whatever listens there
 */
export async function requireCaught(ports: Browser, issuer: string, uri: string): Promise<void> {
  if (await isCaught(ports, uri)) return;
  throw new BrokerError('host_access_required', {
    detail: { host: hostOf(uri), issuer, redirectUri: uri },
  });
}

async function isCaught(ports: Browser, uri: string): Promise<boolean> {
  const host = watchedHost(ports, uri);
  return host === undefined || ports.hasHostAccess([host]);
}

/** The next site at this issuer needs no refusal to find out. */
export async function learnRedirect(
  { store }: Pick<Ports, 'store'>,
  issuer: string,
  { own, known }: RedirectSources,
  taken: string,
): Promise<void> {
  const redirect = taken === own ? undefined : taken;
  if (redirect !== known) await store.learnIssuer(issuer, { redirect });
}

/** The provider has refused every address that was tried. */
export function redirectRefused(issuer: string, redirectUri: string): BrokerError {
  return serverFault('registration_failed', issuer, 'redirect_refused', { redirectUri });
}

/** What the user can be offered after a failure that another address may cure. */
export async function loopbackOffer(
  ports: Pick<Ports, 'authWindow' | 'hasHostAccess' | 'store'>,
  record: Return,
  error: unknown,
): Promise<LoopbackOffer | undefined> {
  if (!(error instanceof BrokerError) || !mayBeRedirect(error)) return undefined;
  const { issuer, redirectUri } = error.detail;
  if (issuer === undefined) return undefined;
  const refused = refusedBy(
    record,
    error.code === 'host_access_required' ? undefined : redirectUri,
  );
  const sources = await redirectSources(ports, issuer, { returnTo: ANY_LOOPBACK, refused });
  const held = await Promise.all(LOOPBACK_PATTERNS.map((one) => ports.hasHostAccess([one])));
  return {
    uri: loopbackToAllow(sources),
    isLeft: redirectsToTry(sources).length > 0,
    // What was lent goes back with the flow that has failed.
    missing: LOOPBACK_PATTERNS.filter((one, i) => !held[i] || record.lent?.includes(one)),
  };
}

/** What has been refused, and this as well. */
export function refusedBy({ refused = [] }: Return, uri: string | undefined): string[] {
  return uri === undefined ? refused : [...new Set([...refused, uri])];
}

/** Failures in which the provider may have shown a page about the redirect URI, or said so (RFC 6749 §4.1.2.1). */
function mayBeRedirect({ code, detail: { reason } }: BrokerError): boolean {
  if (code === 'host_access_required') return true;
  if (code === 'authorization_failed' && reason === 'unreachable') return true;
  return (
    reason === 'redirect_refused' || reason === 'sign_in_closed' || reason === 'request_refused'
  );
}
