/** Grants that end by themselves: with the browser session, or a day after the decision. */
import type { Duration } from '../shared/grant.ts';
import type { FlowRecord, Grant, GrantKey, Ports, Store } from './ports.ts';
import { revokeAlone } from './sharing.ts';

/** Milliseconds. */
const DAY = 86_400_000;
/** Longest wait that a timer can take; milliseconds. */
const LONGEST_WAIT = 2_147_483_647;

/** How long a grant lasts, as it is stored. */
export type Lifetime = Pick<Grant, 'duration' | 'endsAt' | 'session'>;

/** The lifetime that a decision gives. A step-up keeps what is held unless another one was picked. */
export function lifetimeOf(held: Lifetime | undefined, lasting: FlowRecord['lasting']): Lifetime {
  if (held && (!lasting || lasting.duration === held.duration)) {
    const { duration, endsAt, session } = held;
    return {
      duration,
      ...(endsAt !== undefined && { endsAt }),
      ...(session !== undefined && { session }),
    };
  }
  const { duration, at, session } = lasting ?? {
    duration: 'always' as Duration,
    at: 0,
    session: '',
  };
  return {
    duration,
    ...(duration === 'day' && { endsAt: at + DAY }),
    ...(duration === 'session' && { session }),
  };
}

/** True when a grant has ended, whether or not anybody has cleaned up. An end that is missing is over. */
export function isOver(
  { duration, endsAt = 0, session }: Lifetime,
  now: number,
  current: string,
): boolean {
  if (duration === 'day') return now >= endsAt;
  return duration === 'session' && session !== current;
}

/** What keeps the ends. */
export interface Ending {
  /** Ends what is over now. */
  endDue(): Promise<void>;
}

/**
 * Replaces the store of the ports by one in which no grant that is over can be found: a call that comes across one
 * ends it first.
 */
export function endGrants(ports: Ports): Ending {
  const { store } = ports;
  const isDue = (grant: Lifetime) => isOver(grant, ports.now(), ports.session);
  const end = (key: GrantKey) => endGrant(ports, store, key);
  const endDue = async () => {
    const grants = await store.listGrants();
    for (const grant of grants.filter(isDue)) await end(grant);
    wakeAt(grants.filter((grant) => !isDue(grant)).map(({ endsAt }) => endsAt));
  };
  const wakeAt = (ends: (number | undefined)[]) => {
    const wait = Math.min(...ends.map((at) => at ?? Infinity)) - ports.now();
    // A worker that is stopped before ends the grant when it is started again.
    if (wait <= LONGEST_WAIT) void ports.pause(Math.max(0, wait)).then(endDue);
  };
  const findGrant: Store['findGrant'] = async (origin, asked) => {
    const grant = await store.findGrant(origin, asked);
    if (!grant || !isDue(grant)) return grant;
    await end(grant);
    // Another account may have taken its place.
    return findGrant(origin, asked);
  };
  ports.store = {
    ...store,
    findGrant,
    async readGrant(key) {
      const grant = await store.readGrant(key);
      if (!grant || !isDue(grant)) return grant;
      await end(grant);
      return undefined;
    },
    async commitGrant(grant, from) {
      await store.commitGrant(grant, from);
      wakeAt([grant.endsAt]);
    },
  };
  return { endDue };
}

async function endGrant(ports: Ports, store: Store, key: GrantKey): Promise<void> {
  const { origin, resource, account } = key;
  const grant = await store.deleteGrant(key);
  if (!grant) return;
  const scopes = grant.token?.granted ?? [];
  ports.log.note({ kind: 'ended', origin, resource, account, scopes });
  ports.tell(origin, { type: 'revoked', resource, scopes: [] });
  ports.changed();
  // Nobody waits for the server: here it is over.
  void revokeAlone(ports, grant).catch(() => undefined);
}
