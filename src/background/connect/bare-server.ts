/**
 * A server without any metadata (Z38): what it wants is what it says to one `initialize`, and the user is asked one
 * question about that, whatever it is.
 */
import { judgeContact, type Wants } from '../../protocol/no-metadata.ts';
import { hostOf, hostPattern } from '../../protocol/url-policy.ts';
import { BrokerError, type FailureReason } from '../../shared/errors.ts';
import { hasKeyInAddress } from '../../shared/facts/key-syntax.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant } from '../ports/records.ts';
import type { Found } from './discovery.ts';
import type { LiveFlow } from './live-flow.ts';
import { probeServer, probeSignIn, type Probed } from './probe-server.ts';

/** A server that nobody signs in at. */
export interface Bare {
  wants: Wants;
  /** The user may sign in instead. */
  otherWay?: 'sign_in';
}

/** What is found of a server, as the user wants to be known there: one who has a key need not sign in (Z37). */
export function asChosen({ record: { way } }: LiveFlow, found: Found | Bare): Found | Bare {
  return 'server' in found && way === 'key' ? { wants: 'key', otherWay: 'sign_in' } : found;
}

/** What is known of a server whose metadata was looked for. */
interface Known {
  /** What the rules of 2025-03-26 assume (Z19). */
  older: Found;
  grant: Grant | undefined;
  /** Its answer, where it was asked already. */
  seen: Probed | undefined;
}

/**
 * Finds out what the server wants. The user has allowed to contact it.
 * @returns what the old rules assume, where the user has chosen to sign in
 * @throws BrokerError `discovery_failed` when its answer doesn't say, or its address holds a key;
 *   `host_access_required` when the browser keeps the answer to itself
 */
export async function findBare(
  ports: Ports,
  flow: LiveFlow,
  { older, grant, seen }: Known,
): Promise<Found | Bare> {
  const { asked, way, request } = flow.record;
  // Offered because it was there.
  if (way === 'sign_in') return older;
  if (hasKeyInAddress(asked)) throw failed(asked, 'key_in_address');
  // A server may greet everybody and let nobody call a tool: it has refused what the site had.
  const isRefused = request.rediscover && grant !== undefined;
  const answer = isRefused ? undefined : (seen ?? (await probeServer(ports, flow.record)));
  const wants = isRefused ? 'key' : answer && judgeContact(answer);
  if (wants === undefined) {
    const isKept = !answer && !(await ports.hasHostAccess([hostPattern(asked)]));
    throw isKept ? failed(asked, 'unreachable', 'host_access_required') : failed(asked);
  }
  if (wants === 'none') return { wants };
  const page = older.server.authorization_endpoint ?? '';
  return (await probeSignIn(ports, page)) ? { wants, otherWay: 'sign_in' } : { wants };
}

function failed(
  asked: string,
  reason: FailureReason = 'no_resource_metadata',
  code: 'discovery_failed' | 'host_access_required' = 'discovery_failed',
): BrokerError {
  return new BrokerError(code, { detail: { host: hostOf(asked), reason } });
}
