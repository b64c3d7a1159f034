/** Taking a grant back: here first, then at the server, so that nobody can use it whatever the server answers (T-49). */
import type { Disconnection } from '../../shared/grant-view.ts';
import type { FlowTable } from '../connect/flow-table.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant, GrantKey } from '../ports/records.ts';
import { changeGrant } from '../site/pages.ts';
import { findSharers } from '../oauth/shared-client.ts';
import { revokeAlone, revokeNoted } from '../oauth/revocation.ts';

/**
 * Removes a grant and revokes its tokens, unless other sites use the same client there.
 * @param everySharer removes and revokes the grants of those sites too (Z21)
 */
export async function disconnect(
  ports: Ports,
  flows: FlowTable,
  key: GrantKey,
  everySharer: boolean,
): Promise<Disconnection> {
  const grant = await remove(ports, flows, key);
  if (!grant) return { revocation: 'unconfirmed' };
  if (!everySharer) return revokeAlone(ports, grant);
  const sharers = await findSharers(ports, grant);
  const removed = await Promise.all(sharers.map((sharer) => remove(ports, flows, sharer)));
  const answers: Disconnection[] = [];
  for (const one of [grant, ...removed]) {
    if (one) answers.push(await revokeNoted(ports, one));
  }
  return { ...worst(answers), ...latestEnd(answers) };
}

/** One that the server did not confirm is the answer for all: the user has to know. */
function worst(answers: readonly Disconnection[]): Pick<Disconnection, 'revocation'> {
  const { revocation } =
    answers.find((answer) => answer.revocation === 'unconfirmed') ?? answers[0]!;
  return { revocation };
}

/** When the last access of theirs ends that could not be revoked. */
function latestEnd(answers: readonly Disconnection[]): Pick<Disconnection, 'accessEndsAt'> {
  const ends = answers.flatMap(({ accessEndsAt }) => accessEndsAt ?? []);
  return ends.length === 0 ? {} : { accessEndsAt: Math.max(...ends) };
}

async function remove(ports: Ports, flows: FlowTable, key: GrantKey): Promise<Grant | undefined> {
  const { origin, resource, account } = key;
  await flows.abandon(key);
  const grant = await changeGrant(ports, key, () => ports.store.deleteGrant(key));
  const scopes = grant?.token?.granted ?? [];
  ports.log.note({ kind: 'disconnected', origin, resource, account, scopes });
  return grant;
}

/** Ends every site's access to one server; each answer says what became of its tokens. */
export async function disconnectServer(
  ports: Ports,
  flows: FlowTable,
  resource: string,
): Promise<(GrantKey & Disconnection)[]> {
  const answers: (GrantKey & Disconnection)[] = [];
  for (const { origin, account } of await ports.store.listGrants({ resource })) {
    const key = { origin, resource, account };
    answers.push({ ...key, ...(await disconnect(ports, flows, key, false)) });
  }
  return answers;
}
