/**
 * A server on this computer, or in its network, that another site has connected to: what was read of it then does for the
 * question what the site may do there, so that nobody is asked first whether it may be contacted. Nothing is sent for it,
 * and the page learns nothing of it: whatever doesn't lead to a question leads to the first question (Z2, T-33).
 */
import type { ClientChoice } from '../../protocol/client-choice.ts';
import { hostPattern } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { discover, type Found } from './discovery.ts';
import type { DiscoveryQuery } from './discovery-query.ts';
import type { LiveFlow } from './live-flow.ts';
import type { Recall } from './read-documents.ts';

/** What any site has read. */
const ANY: Recall = { has: () => true, add: () => undefined };

/** @returns undefined where not all of it is at hand */
export async function discoverRemembered(
  ports: Ports,
  query: DiscoveryQuery,
): Promise<Found | undefined> {
  if (query.fresh) return undefined;
  const silent: Ports = { ...ports, http: () => Promise.reject(new BrokerError('network_error')) };
  const reached = [...query.reached, hostPattern(query.asked)];
  const found = await discover(silent, { ...query, reached, recall: ANY }).catch(() => undefined);
  return found && 'server' in found ? { ...found, isUnasked: true } : undefined;
}

/**
 * Where the user hasn't been asked yet, no failure may tell the page what is at hand: the first question comes instead
 * (T-33).
 * @returns undefined then; the search begins anew
 */
export async function prepareUnasked<Q extends { chosen: ClientChoice }>(
  flow: LiveFlow,
  { isUnasked }: Found,
  prepare: () => Promise<Q>,
): Promise<Q | undefined> {
  if (!isUnasked) return prepare();
  const question = await prepare().catch(() => undefined);
  if (question && question.chosen.choice !== 'asked') return question;
  flow.remembers = false;
  return undefined;
}
