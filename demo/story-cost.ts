/** The bill of a step in words: `2 metadata, 1 registration, 1 authorization, 1 exchange`. */
import type { Cost } from './ledger.ts';

const NAMES: [keyof Omit<Cost, 'total'>, one: string, many: string][] = [
  ['metadata', 'metadata', 'metadata'],
  ['registrations', 'registration', 'registrations'],
  ['authorizations', 'authorization', 'authorizations'],
  ['exchanges', 'exchange', 'exchanges'],
  ['refreshes', 'refresh', 'refreshes'],
  ['revocations', 'revocation', 'revocations'],
];

/** `none` when nothing was asked of anybody. */
export function describeCost(cost: Cost): string {
  const parts = NAMES.filter(([kind]) => cost[kind] > 0).map(
    ([kind, one, many]) => `${cost[kind]} ${cost[kind] === 1 ? one : many}`,
  );
  return parts.join(', ') || 'none';
}
