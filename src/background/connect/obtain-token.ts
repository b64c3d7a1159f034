/** From what the user has agreed to, to tokens: becoming a client, and the sign-in, each once more where that helps. */
import type { ClientChoice } from '../../protocol/client-choice.ts';
import { registeredScopes } from '../../protocol/client-registration.ts';
import { coversScopes } from '../../protocol/scope.ts';
import type { Wish } from '../../protocol/offered-scopes.ts';
import type { TokenSet } from '../../protocol/token.ts';
import { BrokerError, type ErrorCode } from '../../shared/errors.ts';
import type { OverrideKind } from '../../shared/facts/override.ts';
import type { Found } from './discovery.ts';
import type { LiveFlow } from './live-flow.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant, IssuerQuirks } from '../ports/records.ts';
import { refuseClash } from './endpoint-clash.ts';
import { obtainRegistration } from './client-selection.ts';
import { traceClient } from './flow-report.ts';
import { signIn } from './sign-in.ts';
import { createProofKey } from '../oauth/dpop-proofs.ts';
import type { Audience } from '../oauth/token-endpoint.ts';

/** What the user has agreed to, and how it will be carried out. */
export interface Agreed {
  grant: Grant | undefined;
  found: Found;
  /** Everything that the server will be asked for. */
  scopes: string[];
  /** What would be asked for, had the server refused nothing. */
  wish: Wish;
  chosen: ClientChoice;
  /** When; milliseconds since the epoch. */
  at: number;
  /** Whether the tokens are to be bound to a key (Z36). */
  bound: boolean;
  /** What the user has not ticked in the question; the site may ask for it again. */
  unticked: string[];
  /** What of the scopes the user leaves out, and what else they let pass (Z53). */
  leftOut: string[];
  overrides: OverrideKind[];
}

/** Tokens, and for whom. */
export interface Obtained {
  token: TokenSet;
  audience: Audience;
  /** What was learned of the issuer on the way; written after the tokens, which nothing may keep from the disk. */
  learned?: Partial<IssuerQuirks>;
}

/**
 * Becomes a client and signs in. A registration that the server has forgotten, or that it holds to fewer scopes, is made
 * anew, once; one that was made by the user would not be better the second time.
 */
export async function obtainToken(ports: Ports, flow: LiveFlow, agreed: Agreed): Promise<Obtained> {
  const { chosen, found } = agreed;
  const { registration_endpoint: endpoint } = found.server;
  try {
    return await obtainTokenAs(ports, flow, agreed, { chosen, insists: false });
  } catch (error) {
    const reason = error instanceof BrokerError ? error.detail.reason : undefined;
    const isForgotten = reason === 'unknown_client' && chosen.choice === 'held';
    const isWhole = agreed.scopes.length >= agreed.wish.scopes.length;
    // Where less is asked for, this was tried with all of it.
    const insists =
      reason === 'scope_refused' && isWhole && (await isUnscoped(ports, flow, agreed));
    if (!endpoint || flow.signal.aborted || !(isForgotten || insists)) throw error;
    const dynamic = { choice: 'dynamic' as const };
    const obtained = await obtainTokenAs(ports, flow, agreed, { chosen: dynamic, insists }).catch(
      // A server that takes no other registration has said why already.
      (second: unknown) =>
        Promise.reject((isOf(second, 'registration_failed') ? error : second) as Error),
    );
    return insists ? { ...obtained, learned: { scopeOnRegistration: true } } : obtained;
  }
}

/** Whether an error is of this code. */
export function isOf(error: unknown, code: ErrorCode): boolean {
  return error instanceof BrokerError && error.code === code;
}

/** True when the client was registered by us, and without the scopes that were asked for now (Z54). */
async function isUnscoped(
  { store }: Ports,
  { record }: LiveFlow,
  { found, scopes, chosen }: Agreed,
): Promise<boolean> {
  if (chosen.choice !== 'held' && chosen.choice !== 'dynamic') return false;
  const held = await store.findRegistration(found.server.issuer, record.origin);
  return !coversScopes(registeredScopes(held), scopes);
}

async function obtainTokenAs(
  ports: Ports,
  flow: LiveFlow,
  { found: { server, resource: named }, scopes, bound, grant, overrides }: Agreed,
  { chosen, insists }: { chosen: ClientChoice; insists: boolean },
): Promise<Obtained> {
  traceClient(flow, chosen, server.issuer);
  const purpose = { server, scopes, insists };
  const registration = await obtainRegistration(ports, flow, purpose, chosen);
  await refuseClash(ports, flow, server, { clientId: registration.clientId });
  const { resource, declared } = named;
  const { origin } = flow.record;
  const isSame = grant?.resource === resource && grant.server?.issuer === server.issuer;
  const proofKey = bound
    ? await keepProofKey(flow, isSame ? grant.proofKey : undefined)
    : undefined;
  const who = { origin, server, registration, resource, declared, proofKey };
  const audience: Audience = { ...who, overrides: overrides.length > 0 ? overrides : undefined };
  return { audience, token: await signIn(ports, flow, audience, scopes) };
}

/** The key of a flow's tokens: the grant's, or one of its own. On disk before any server hears of it (Z4). */
export async function keepProofKey(
  flow: LiveFlow,
  held: CryptoKeyPair | undefined,
): Promise<CryptoKeyPair> {
  const proofKey = flow.record.proofKey ?? held ?? (await createProofKey());
  await flow.note({ proofKey });
  return proofKey;
}
