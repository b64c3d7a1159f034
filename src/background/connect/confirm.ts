/** Questions about a grant that is held, with nothing to ask a server. */
import { computeScopeUnion } from '../../protocol/scope.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant } from '../ports/records.ts';
import type { FlowContext } from './discovery-consent.ts';
import { dropTokens, rewriteGrant } from './drop-tokens.ts';
import type { LiveFlow } from './live-flow.ts';
import { excessSnapshot, handSnapshot } from './snapshot.ts';

/**
 * The server granted more than anybody asked for: the user decides, or the tokens go (Z23).
 * @throws BrokerError `access_denied` when they do
 */
export async function confirmExcess(
  { ports, consent }: FlowContext,
  flow: LiveFlow,
  grant: Grant,
): Promise<void> {
  const snapshot = excessSnapshot(flow.record, grant);
  try {
    await consent.ask(flow, snapshot);
  } catch (error) {
    // A page that has gone has decided nothing: the question comes back with the next call.
    if (!(error instanceof BrokerError) || error.code !== 'access_denied') throw error;
    await dropTokens(ports, grant);
    throw error;
  }
  const decision = { digest: flow.record.prompt?.digest ?? '', at: ports.now() };
  // While the user read, a refresh may have come: the decision is about the scopes, whichever token has them.
  await rewriteGrant(ports, grant, ({ ceiling }) => ({
    ceiling: computeScopeUnion(ceiling, snapshot.scopes.added),
    decision,
  }));
  await end(ports, flow);
}

/**
 * The site wants the token itself, which no page has had: the user decides (Z26). A no changes nothing.
 * @throws BrokerError `access_denied`
 */
export async function confirmHand(
  { ports, consent }: FlowContext,
  flow: LiveFlow,
  grant: Grant,
): Promise<void> {
  await consent.ask(flow, handSnapshot(flow.record, grant));
  const decision = { digest: flow.record.prompt?.digest ?? '', at: ports.now() };
  await rewriteGrant(ports, grant, () => ({ carriedSoFar: undefined, decision }));
  await end(ports, flow);
}

async function end({ store }: Ports, flow: LiveFlow): Promise<void> {
  await store.deleteFlow(flow.record.id);
}
