/**
 * Which overrides a connection rests on, and what each is for (Z53). A key is exact, byte for byte: one for another
 * issuer, resource or pair is none. Pure functions.
 */
import type { AuthorizationServer } from 'oauth4webapi';
import { compact } from '../shared/facts/compact.ts';
import type {
  AskedOverride,
  Override,
  OverrideKey,
  OverrideKind,
  ShownOverride,
} from '../shared/facts/override.ts';
import { isByHand, isUnprotected } from './authorization-server.ts';
import type { ProtectedResource } from './protected-resource.ts';

/** Who takes part in a connection. */
export interface OverridePlace {
  issuer: string;
  resource: string;
}

/** What each kind holds for. */
const ABOUT: Record<OverrideKind, { issuer: boolean; resource: boolean }> = {
  pkce: { issuer: true, resource: false },
  own_provider: { issuer: false, resource: true },
  scopes: { issuer: true, resource: true },
  issuer_pair: { issuer: true, resource: false },
  endpoints: { issuer: true, resource: false },
  no_resource: { issuer: true, resource: true },
};

/** The key of an override of this kind at this place. */
export function overrideKey(kind: OverrideKind, { issuer, resource }: OverridePlace): OverrideKey {
  const about = ABOUT[kind];
  return { kind, issuer: about.issuer ? issuer : '', resource: about.resource ? resource : '' };
}

/** The one of these that holds here. */
export function findOverride(
  all: readonly Override[],
  kind: OverrideKind,
  place: OverridePlace,
): Override | undefined {
  const key = overrideKey(kind, place);
  return all.find(
    (one) => one.kind === kind && one.issuer === key.issuer && one.resource === key.resource,
  );
}

/** What a discovery has found, as far as overrides are about it. */
export interface Lacking {
  server: AuthorizationServer;
  resource: ProtectedResource;
  /** Nobody publishes anything: the rules of 2025-03-26 are asked about as a whole (Z19). */
  assumed?: true | undefined;
}

/** What is missing there that only the user can let pass, in the question itself. */
export function findLacking({ server, resource, assumed }: Lacking): AskedOverride[] {
  // The words of the typed addresses say that nothing is known of such a provider.
  const isAsked = isUnprotected(server) && !assumed && !isByHand(server);
  return [
    ...(isAsked ? (['pkce'] as const) : []),
    ...(resource.ownProvider ? (['own_provider'] as const) : []),
  ];
}

/** True where the provider protected codes once, by what is known of it: then something has changed for the worse (T-43). */
export function hasStopped(
  server: AuthorizationServer,
  former: AuthorizationServer | undefined,
): boolean {
  if (former?.issuer !== server.issuer) return false;
  return former.code_challenge_methods_supported?.includes('S256') === true;
}

/** The kinds that a connection rests on, whether they are set or not. */
export function restsOn(
  found: Lacking,
  all: readonly Override[],
  isClientByHand: boolean,
): OverrideKind[] {
  const { server, resource } = found;
  const place = { issuer: server.issuer, resource: resource.resource };
  const hasNoResource = isClientByHand && findOverride(all, 'no_resource', place) !== undefined;
  return [
    ...findLacking(found),
    ...(server['called_issuer'] === undefined ? [] : (['issuer_pair'] as const)),
    ...(isByHand(server) ? (['endpoints'] as const) : []),
    ...(hasNoResource ? (['no_resource'] as const) : []),
  ];
}

/** What is rested on and was never set, or is set no more. */
export function findUnset(
  all: readonly Override[],
  kinds: readonly OverrideKind[],
  place: OverridePlace,
): OverrideKind[] {
  return kinds.filter((kind) => !findOverride(all, kind, place));
}

/** What is set, as it is told. */
export function toldOf(
  all: readonly Override[],
  kinds: readonly OverrideKind[],
  place: OverridePlace,
): ShownOverride[] {
  return kinds.flatMap((kind) => {
    const set = findOverride(all, kind, place);
    return set ? compact({ kind, at: set.at, says: saysOf(set) }) : [];
  });
}

function saysOf(set: Override): string | undefined {
  const { called, authorizationEndpoint, tokenEndpoint, scopes = [] } = set;
  const all = [called, authorizationEndpoint, tokenEndpoint, ...scopes];
  return all.filter((one) => one !== undefined).join(' ') || undefined;
}
