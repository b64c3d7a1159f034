/** What a flow says of itself when scopes are chosen and when it has brought a grant. */
import { computeScopeUnion, scopesBeyond } from '../../protocol/scope.ts';
import type { ClientChoice } from '../../protocol/client-choice.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { Found } from './discovery.ts';
import type { LiveFlow } from './live-flow.ts';
import type { Rests } from './overrides.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant, NewGrant } from '../ports/records.ts';
import { faultOf } from '../history/recorded-ports.ts';
import { recordRefusal, standingOf } from '../site/refusals.ts';

/** Traces what was found out about the servers. */
export function traceDiscovery(flow: LiveFlow, { source, server, resource, legacy }: Found): void {
  const issuers = resource.authorizationServers;
  flow.trace({
    kind: 'discovered',
    source,
    issuer: server.issuer,
    issuers,
    legacy: legacy === true,
  });
}

/** Traces what was let pass there, and what would have to be. */
export function traceOverrides(
  flow: LiveFlow,
  { overridden, missing }: Pick<Rests, 'overridden' | 'missing'>,
): void {
  const set = overridden.map(({ kind, says = '' }) => `${kind} ${says}`.trim());
  if (set.length + missing.length > 0) flow.trace({ kind: 'overrides', set, missing });
}

/** Traces which client the broker is there. */
export function traceClient(flow: LiveFlow, { choice }: ClientChoice, issuer: string): void {
  if (choice !== 'stuck') flow.trace({ kind: 'registration', choice, issuer });
}

/** Traces the scope arithmetic: from what is held, demanded and refused to what is asked for. */
export async function traceScopes(
  { store, now }: Ports,
  flow: LiveFlow,
  grant: Grant | undefined,
  asked: string[],
): Promise<void> {
  const { record } = flow;
  const concern = { asked: record.asked, held: grant?.resource };
  const { refused } = standingOf(await store.findRefusals(record.origin), concern, now());
  flow.trace({
    kind: 'scopes',
    requested: grant?.requested ?? [],
    challenged: record.request.scopes,
    held: grant?.token?.granted ?? [],
    refused: computeScopeUnion(refused),
    asked,
  });
}

/** Tells the log and the trace of a grant that was made or widened. */
export function reportGrant(
  ports: Ports,
  flow: LiveFlow,
  former: Grant | undefined,
  grant: NewGrant,
): void {
  const { origin, resource, account } = grant;
  const { granted = [], assumed = false, refreshToken } = grant.token ?? {};
  const added = scopesBeyond(granted, former?.token?.granted ?? []);
  const wider = added.length > 0 ? 'widened' : 'renewed';
  const kind = former?.resource === resource ? wider : 'connected';
  const scopes = kind === 'widened' ? added : granted;
  ports.log.note({ kind, origin, resource, account, scopes, flow: flow.record.id });
  flow.trace({ kind: 'granted', scopes: granted, assumed, renewable: refreshToken !== undefined });
}

/**
 * A sign-in that came without a prompt and was closed is a "not now" like a closed prompt: otherwise a page
 * could open the window again and again. One that the user started themselves is none of the page's business.
 */
export async function rememberClosing(
  { store, now }: Ports,
  { record, resource }: LiveFlow,
  error: unknown,
): Promise<void> {
  const closed = error instanceof BrokerError && error.code === 'access_denied';
  if (!closed || record.prompt || record.request.account) return;
  const { origin, asked } = record;
  const about = { origin, resource: resource ?? asked };
  const refusal = { ...about, scopes: [], kind: 'dismissed' as const };
  for (const one of recordRefusal([], refusal, now())) await store.saveRefusal(one);
}

/** Writes down why a flow failed. */
export function reportFailure({ log, traces }: Ports, flow: LiveFlow, error: unknown): void {
  const { id, origin, asked: resource } = flow.record;
  log.noteFailure(error, { origin, resource, flow: id });
  flow.trace({ kind: 'failed', ...faultOf(error) });
  traces.end(id, 'failed');
}
