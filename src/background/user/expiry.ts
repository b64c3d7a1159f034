/** Grants as everybody but the sweep finds them: those that are over, with the browser session or a day after the decision, are gone. */
import { isOver, type Lifetime } from '../../protocol/lifetime.ts';
import { revokeAlone } from '../oauth/revocation.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant, GrantKey } from '../ports/records.ts';
import type { Store } from '../ports/stores.ts';
import { changeGrant } from '../site/pages.ts';

/** How long a fetched document and a refusal that is over are kept; milliseconds. */
const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** Longest wait that a timer can take; milliseconds. */
const LONGEST_WAIT = 2_147_483_647;

/** What ends grants. */
export interface Expiry {
  /** The store, in which no grant that is over can be found. */
  store: Store;
  /** Ends what is over now. */
  endDue(): Promise<void>;
  /** Ends what is over, and forgets what is too old to be of use; once for each worker. */
  sweep(): Promise<unknown>;
}

/**
 * Wraps a store so that no grant that is over can be found in it, whether or not {@link Expiry.endDue} has come
 * to it: what comes across one ends it first.
 */
export function endingGrants(
  outside: Pick<Ports, 'http' | 'now' | 'pause' | 'session' | 'log' | 'tell' | 'changed'>,
  store: Store,
): Expiry {
  const { now, session } = outside;
  const isDue = (grant: Lifetime) => isOver(grant, now(), session);
  const end = (key: GrantKey) => endGrant({ ...outside, store: ending }, key, isDue);
  const wake = alarm(outside, () => endDue());
  let underWay: Promise<void> | undefined;
  const endDue = () => (underWay ??= endAll().finally(() => (underWay = undefined)));
  const endAll = async () => {
    const { ended, nextEnd } = await store.findEnded(now(), session);
    for (const key of ended) await end(key);
    wake(nextEnd);
  };
  const ending = withoutEnded(store, { isDue, end, wake });
  const prune = () => store.prune(now() - DAY, now() - WEEK);
  return { store: ending, endDue, sweep: () => Promise.all([endDue(), prune()]) };
}

/** Until version 4 a path could make itself a way to the grant of its host, unseen: it is asked about anew (Z41). */
function isUnseenWay({ shown, resource }: Grant, asked: string): boolean {
  return shown === undefined && asked !== resource && `${asked}/` !== resource;
}

/** The store as everything but the sweep sees it. */
function withoutEnded(
  store: Store,
  {
    isDue,
    end,
    wake,
  }: {
    isDue(grant: Lifetime): boolean;
    end(key: GrantKey): Promise<void>;
    wake(at: number | undefined): void;
  },
): Store {
  const findGrant: Store['findGrant'] = async (origin, asked) => {
    const grant = await store.findGrant(origin, asked);
    if (!grant || isUnseenWay(grant, asked)) return undefined;
    if (!isDue(grant)) return grant;
    await end(grant);
    // Another account may have taken its place.
    return findGrant(origin, asked);
  };
  return {
    ...store,
    findGrant,
    async readGrant(key) {
      const grant = await store.readGrant(key);
      if (!grant || !isDue(grant)) return grant;
      await end(grant);
      return undefined;
    },
    async hasAnyGrant(origin) {
      if (!(await store.hasAnyGrant(origin))) return false;
      const held = await store.listGrants({ site: origin });
      return held.some((grant) => !isDue(grant));
    },
    async commitGrant(grant, from) {
      const isStored = await store.commitGrant(grant, from);
      wake(grant.endsAt);
      return isStored;
    },
  };
}

/** Runs a task at the earliest time that it was set to. A worker that is stopped before does it when it starts again. */
function alarm({ now, pause }: Pick<Ports, 'now' | 'pause'>, task: () => Promise<void>) {
  let earliest = Infinity;
  return (at = Infinity) => {
    const wait = at - now();
    if (at >= earliest || wait > LONGEST_WAIT) return;
    earliest = at;
    void pause(Math.max(0, wait)).then(() => {
      if (earliest === at) earliest = Infinity;
      return task();
    });
  };
}

async function endGrant(
  ports: Pick<Ports, 'http' | 'store' | 'log' | 'tell' | 'changed'>,
  key: GrantKey,
  isDue: (grant: Lifetime) => boolean,
): Promise<void> {
  const { origin, resource, account } = key;
  // The site may have signed in anew since it was found to be over.
  const grant = await changeGrant(ports, key, () => ports.store.deleteGrant(key, isDue));
  if (!grant) return;
  const scopes = grant.token?.granted ?? [];
  ports.log.note({ kind: 'ended', origin, resource, account, scopes });
  // Nobody waits for the server: here it is over.
  void revokeAlone(ports, grant).catch(() => undefined);
}
