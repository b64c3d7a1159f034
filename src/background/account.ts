/** One more account of the user at a server: the same site, the same ceiling, another sign-in (Z1). */
import { isTakenBack } from './authorize.ts';
import { BrokerError } from '../shared/errors.ts';
import type { GrantKey } from '../shared/facts/grant-key.ts';
import type { LiveFlow } from './flow.ts';
import type { Flows } from './flows.ts';
import type { FlowRequest, Grant, NewGrant, Ports } from './ports.ts';
import { reportGrant } from './reporting.ts';
import { revokeAlone } from './sharing.ts';
import { signIn } from './sign-in.ts';

/** Accounts of one site at one server. */
const MOST_ACCOUNTS = 10;

/** What the user can do about accounts. */
export function accountHandlers(ports: Ports, flows: Flows) {
  const { store } = ports;
  return {
    connectAccount: async ({ name, ...key }: GrantKey & { name: string }) => {
      const grant = await store.readGrant(key);
      const held = (await store.listGrants()).filter(
        ({ origin, resource }) => origin === key.origin && resource === key.resource,
      );
      if (!grant || held.length >= MOST_ACCOUNTS) return { started: false };
      const account = { id: crypto.randomUUID(), name, like: key.account };
      const request: FlowRequest = {
        scopes: [...grant.requested],
        demanded: [],
        challenged: false,
        rediscover: false,
        account,
      };
      return { started: flows.begin(key.origin, key.resource, request) };
    },
    chooseAccount: async (key: GrantKey) => {
      const chosen = await store.chooseAccount(key);
      if (chosen) await tellChange(ports, key);
      return { chosen };
    },
    renameAccount: async ({ name, ...key }: GrantKey & { name: string }) => {
      const grant = await store.readGrant(key);
      const renamed = grant && (await store.updateGrant(grant, { accountName: name }));
      ports.changed();
      return { renamed: typeof renamed === 'object' };
    },
  };
}

/** Pages know a resource by the address they asked for; the token that they hold is another account's now. */
export async function tellChange(ports: Ports, { origin, resource }: GrantKey): Promise<void> {
  const grant = await ports.store.findGrant(origin, resource);
  const scopes = grant?.token?.granted ?? [];
  for (const way of await ports.store.listWays(origin, resource)) {
    ports.tell(origin, { type: 'grantchange', resource: way, scopes });
  }
  ports.changed();
}

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
  if (!like) throw new BrokerError('aborted');
  const { server, registration } = like;
  const token = await signIn(ports, flow, { server, registration, resource }, [...like.requested]);
  // Disconnected, narrowed, paused or erased while the user was signing in: the later word counts.
  if (flow.signal.aborted || (await isTakenBack(ports.store, like))) {
    await revokeAlone(ports, { ...like, token });
    throw new BrokerError('aborted');
  }
  const next = { ...freshGrant(like, token), account: account.id, accountName: account.name };
  await ports.store.commitGrant(next, { asked: resource, flow: flow.record.id });
  reportGrant(ports, flow, undefined, next);
  await tellChange(ports, next);
}

/** The same permission without a past. */
function freshGrant(like: Grant, token: NonNullable<Grant['token']>): NewGrant {
  const {
    revision: _,
    narrowed: _n,
    refreshedFor: _r,
    renewedUntil: _u,
    trouble: _t,
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
