/** Forgetting: what happened, or everything. */
import type { Activity } from './activity.ts';
import type { Flows } from './flows.ts';
import type { GrantKey } from '../shared/facts/grant-key.ts';
import type { Ports } from './ports.ts';
import { revokeTokens } from './token-endpoint.ts';
import type { Traces } from './traces.ts';
import type { Uses } from './uses.ts';

/** Revocations that are under way at one time. */
const AT_ONCE = 8;
/** How long the flows under way get to end; milliseconds. */
const ENDING = 2000;

/** What has to forget. */
export interface Memories {
  ports: Ports;
  flows: Flows;
  uses: Uses;
  activity: Activity;
  traces: Traces;
}

/** Forgets what happened. */
export async function eraseActivity({ ports, activity, traces }: Memories): Promise<void> {
  activity.forget();
  traces.forget();
  await ports.store.eraseActivity();
  ports.changed();
}

/**
 * Revokes all tokens, then forgets everything. Worked off in this order, so that an interruption leaves something
 * to try again with.
 * @returns how many grants no server has confirmed the end of
 */
export async function eraseEverything(memories: Memories): Promise<number> {
  const { ports, flows } = memories;
  try {
    await Promise.race([flows.close(), ports.pause(ENDING)]);
    return await revokeAndForget(memories);
  } finally {
    flows.reopen();
  }
}

async function revokeAndForget({ ports, uses, activity, traces }: Memories): Promise<number> {
  const { store } = ports;
  const grants = await store.listGrants();
  const ways = await Promise.all(
    grants.map(({ origin, resource }) => store.listWays(origin, resource)),
  );
  let unconfirmed = 0;
  for (let i = 0; i < grants.length; i += AT_ONCE) {
    const confirmed = await Promise.all(
      grants.slice(i, i + AT_ONCE).map((grant) => revoke(ports, grant)),
    );
    unconfirmed += confirmed.filter((one) => !one).length;
  }
  // What is still collected would be written after everything else is gone.
  await uses.write();
  activity.forget();
  traces.forget();
  await store.eraseEverything();
  grants.forEach(({ origin }, i) => {
    for (const resource of ways[i]!) ports.tell(origin, { type: 'revoked', resource, scopes: [] });
  });
  ports.changed();
  return unconfirmed;
}

/** Whether the server has confirmed it, or there was nothing to confirm. Other sites' tokens go as well. */
async function revoke({ store, http }: Ports, key: GrantKey): Promise<boolean> {
  const grant = await store.readGrant(key);
  if (!grant) return false;
  const { revocation } = await revokeTokens(http, grant);
  return revocation === 'revoked' || revocation === 'nothing';
}
