/** The flow that signs in one more account of the user at a server: the same site, the same ceiling (Z1). */
import { BrokerError } from '../../shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { isSignedIn, type FlowRequest, type Grant, type NewGrant } from '../ports/records.ts';
import { reportGrant } from './flow-report.ts';
import type { LiveFlow } from './live-flow.ts';
import { commit } from './commit.ts';
import { keepProofKey } from './obtain-token.ts';
import { signIn } from './sign-in.ts';

/**
 * Signs in once more, at the server and as the client of the grant that the user started from. Their click was
 * the consent; what is allowed is what is allowed there.
 * @throws BrokerError whatever ended it; no grant has changed then
 */
export async function connectAccount(
  ports: Ports,
  flow: LiveFlow,
  account: NonNullable<FlowRequest['account']>,
): Promise<void> {
  const { origin, asked: resource } = flow.record;
  const like = await ports.store.readGrant({ origin, resource, account: account.like });
  if (!like || !isSignedIn(like)) throw new BrokerError('aborted');
  // A key for each account: two accounts of one person are nobody's to join.
  const proofKey = like.proofKey && (await keepProofKey(flow, undefined));
  const token = await signIn(ports, flow, { ...like, proofKey }, [...like.requested]);
  // What no page was to hold stays so, whatever the server gives now.
  const isBound = token.bound === true && proofKey !== undefined;
  const kept = isBound ? { credential: 'dpop' as const, proofKey } : { sealedOnly: true as const };
  const next = {
    ...freshGrant(like, token),
    ...(like.credential === 'dpop' && kept),
    account: account.id,
    accountName: account.name,
  };
  await commit(ports, flow, { next, began: like });
  reportGrant(ports, flow, undefined, next);
}

/** The same permission without a past. */
function freshGrant(like: Grant, token: NonNullable<Grant['token']>): NewGrant {
  const {
    revision: _,
    narrowed: _n,
    refreshedFor: _r,
    renewedUntil: _u,
    trouble: _t,
    proofKey: _k,
    credential: _c,
    ...rest
  } = like;
  const now = token.obtainedAt;
  return {
    ...rest,
    token,
    unmet: {},
    refreshAttempts: 0,
    createdAt: now,
    signedInAt: now,
    lastUsedAt: now,
    uses: 0,
  };
}
