/** Lists of scopes that a provider has refused: remembered, so that the next question asks for less (Z45). */
import { addRefusal, offersLess } from '../../protocol/offered-scopes.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { LiveFlow } from './live-flow.ts';
import type { Agreed } from './obtain-token.ts';

/**
 * Learns from a sign-in that failed.
 * @throws unknown the failure as it is to be told, which says whether the next question asks for less
 */
export async function learnRefused(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  { record: { origin } }: LiveFlow,
  { found, wish, scopes, unticked }: Agreed,
  error: unknown,
): Promise<never> {
  if (!(error instanceof BrokerError) || error.detail.reason !== 'scope_refused') throw error;
  const { issuer } = found.server;
  const { resource } = found.resource;
  // Nothing was asked for: it is no scope that this server would not take.
  const isLeast = scopes.length === 0;
  const detail = { ...error.detail, ...(isLeast && { reason: 'request_refused' as const }) };
  if (isLeast) throw new BrokerError(error.code, { detail, cause: error });
  const known = (await store.findIssuer(issuer))?.refusedScopes ?? [];
  const refusal = { origin, resource, scopes: [...scopes], at: now() };
  await store.learnIssuer(issuer, { refusedScopes: addRefusal(known, refusal) });
  if (!offersLess(wish, scopes, unticked.length > 0)) throw error;
  throw new BrokerError(error.code, { detail: { ...detail, offersLess: true }, cause: error });
}
