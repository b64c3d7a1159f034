/**
 * Grants. Every write waits for the disk: a refresh token that the server has rotated and we have lost is a user who
 * must sign in again. Encryption happens before a transaction is opened, since a transaction ends itself as soon as
 * it has nothing to do.
 */
import { coversScopes } from '../../protocol/scope.ts';
import { BrokerError } from '../../shared/errors.ts';
import { DEFAULT_ACCOUNT } from '../../shared/facts/grant-key.ts';
import { shownAddress } from '../../shared/facts/shown-address.ts';
import { isAlias, isGrant } from '../../shared/stored-rows.ts';
import type { Grant, GrantChange, GrantKey, NewGrant, GrantSummary } from '../ports/records.ts';
import type { GrantOrigin, GrantStore } from '../ports/stores.ts';
import { addressed, choose, closeGap } from './aliases.ts';
import { writing, type Database, type GrantId, type GrantRow } from './schema.ts';
import { open, seal, type SealingKey } from './sealing.ts';
import { setAside } from './set-aside.ts';
import { bury } from './unfinished.ts';

/** Writes begun anew because somebody else was faster; each of them has changed the grant. */
const MAX_TRIES = 10;

const idOf = ({ origin, resource, account }: GrantKey): GrantId => [origin, resource, account];
const grantContext = (key: GrantKey) => JSON.stringify(['grant', ...idOf(key)]);

/** All that is done with one grant. */
export function grants(db: Database, key: SealingKey) {
  return { ...reads(db, key), ...committing(db, key), ...updating(db, key), ...removal(db, key) };
}

async function toRow(key: SealingKey, grant: NewGrant): Promise<GrantRow> {
  const { token, registration, ...rest } = grant;
  const revision = crypto.randomUUID();
  const sealed = await seal(key, { token, registration }, grantContext(grant));
  if (!token) return { ...rest, revision, sealed };
  const { granted, expiresAt, refreshToken } = token;
  const listed = { granted, expiresAt, renewable: refreshToken !== undefined };
  return { ...rest, revision, token: listed, sealed };
}

/** Opens the row of a grant; undefined when it cannot be opened any more. */
export async function fromRow(key: SealingKey, row: GrantRow): Promise<Grant | undefined> {
  const { sealed, token: _, ...rest } = row;
  // Without its key it is good for nothing.
  if (row.credential === 'dpop' && !isProofKey(row.proofKey)) return undefined;
  try {
    const secrets = await open(key, sealed, grantContext(row));
    return { ...rest, ...(secrets as Pick<Grant, 'registration' | 'token'>) };
  } catch {
    // Damaged, or sealed under a key that is gone.
    return undefined;
  }
}

function isProofKey(key: unknown): boolean {
  const { privateKey, publicKey } = (key ?? {}) as Partial<CryptoKeyPair>;
  return privateKey instanceof CryptoKey && publicKey instanceof CryptoKey;
}

function reads(db: Database, key: SealingKey) {
  const read = async (row: GrantRow | undefined): Promise<Grant | undefined> => {
    if (!row) return undefined;
    const grant = isGrant(row) ? await fromRow(key, row) : undefined;
    // As good as no grant: the site may ask again, and the user is told (T-46).
    if (!grant) await setAside(db, row);
    return grant;
  };
  return {
    async findGrant(origin: string, asked: string) {
      const tx = db.transaction(['grants', 'aliases']);
      const [direct, alias] = await Promise.all([
        tx.objectStore('grants').get([origin, asked, DEFAULT_ACCOUNT]),
        tx.objectStore('aliases').get([origin, asked]),
      ]);
      const isDirect = alias?.resource === asked && alias.account === DEFAULT_ACCOUNT;
      if (!isAlias(alias) || isDirect) return read(direct);
      const id: GrantId = [origin, alias.resource, alias.account];
      return read(await tx.objectStore('grants').get(id));
    },
    readGrant: async (name: GrantKey) => read(await db.get('grants', idOf(name))),
    async hasAnyGrant(origin: string) {
      return (await db.getKey('grants', IDBKeyRange.bound([origin], [origin, []]))) !== undefined;
    },
  };
}

function committing(db: Database, key: SealingKey): Pick<GrantStore, 'commitGrant'> {
  return {
    async commitGrant(grant: NewGrant, from: GrantOrigin) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const seen = from.merge && (await db.get('grants', idOf(grant)));
        const latest = isGrant(seen) ? await fromRow(key, seen) : undefined;
        const next = from.merge ? { ...from.merge(latest), account: grant.account } : grant;
        const outcome = await commitRow(db, await toRow(key, next), { ...from, seen });
        if (outcome !== 'changed') return outcome === 'stored';
      }
      throw new BrokerError('interrupted');
    },
  };
}

/** Writes the row if what it was made of is still what is stored (T-37). */
async function commitRow(
  db: Database,
  row: GrantRow,
  { asked, flow, began, isWithdrawn, merge, seen }: GrantOrigin & { seen: GrantRow | undefined },
): Promise<'stored' | 'changed' | 'withdrawn'> {
  const tx = writing(db, 'grants', 'aliases', 'flows', 'activity', 'unfinished');
  const [held, latest] = await Promise.all([
    tx.objectStore('grants').get(idOf(row)),
    began && tx.objectStore('grants').get(idOf(began)),
  ]);
  // Disconnected, narrowed, paused or erased while the user was signing in: the later word counts.
  const isTakenBack = began && !(latest && coversScopes(latest.ceiling, began.ceiling));
  const isChanged = merge !== undefined && held?.revision !== seen?.revision;
  if (isWithdrawn?.() || isTakenBack || isChanged) {
    await tx.done;
    return isWithdrawn?.() || isTakenBack ? 'withdrawn' : 'changed';
  }
  // Tokens of a provider that the server no longer names.
  if (held?.token && held.server?.issuer !== row.server?.issuer) await bury(tx, held);
  // Uses were counted during the sign-in too.
  const { uses, lastUsedAt } = held ?? row;
  await Promise.all([
    tx.objectStore('grants').put({ ...row, uses, lastUsedAt }),
    tx.objectStore('flows').delete(flow),
    tx.objectStore('unfinished').delete(flow),
    noteDecision(tx.objectStore('activity'), row, { held, flow }),
  ]);
  // A new account is what the site uses from now on; of one that was there before the user may have chosen another.
  await (held ? addressed(tx, row, asked) : choose(tx, row, asked));
  await tx.done;
  return 'stored';
}

/** Every grant refers to a decision in the log, whatever became of the row that was collected for it (T-50). */
async function noteDecision(
  activity: ReturnType<typeof activityStore>,
  { origin, resource, account, decision, ceiling: scopes }: GrantRow,
  { held, flow }: { held: GrantRow | undefined; flow: string },
): Promise<void> {
  const { digest, at } = decision;
  if (digest === '' || held?.decision.digest === digest) return;
  if (await activity.index('digest').getKey(digest)) return;
  // The log is read by people, and the address may be a key as well (T-32).
  const shown = { resource: shownAddress(resource), account, scopes, digest, flow };
  const row = { kind: 'allowed' as const, at, origin, ...shown };
  await activity.add(row as never);
}

const activityStore = (db: Database) => writing(db, 'activity').objectStore('activity');

function updating(db: Database, key: SealingKey): Pick<GrantStore, 'updateGrant'> {
  return {
    async updateGrant(grant: Grant, change: GrantChange, finishes?: string) {
      const next = { ...grant, ...change } as Grant;
      const row = await toRow(key, next);
      const tx = writing(db, 'grants', 'unfinished');
      const held = await tx.objectStore('grants').get(idOf(grant));
      const current = held?.revision === grant.revision;
      // Uses are counted at the same time, and are no change that matters.
      if (current) {
        const { uses, lastUsedAt } = held;
        await tx.objectStore('grants').put({ ...row, uses, lastUsedAt });
        if (finishes !== undefined) await tx.objectStore('unfinished').delete(finishes);
      }
      await tx.done;
      if (!held) return 'gone';
      return current ? { ...next, revision: row.revision } : 'changed';
    },
  };
}

function removal(db: Database, key: SealingKey) {
  return {
    async deleteGrant(grant: GrantKey, isMeant: (held: GrantSummary) => boolean = () => true) {
      const tx = writing(db, 'grants', 'aliases', 'flows', 'unfinished');
      const held = await tx.objectStore('grants').get(idOf(grant));
      if (held && !isMeant(held)) {
        await tx.done;
        return undefined;
      }
      await tx.objectStore('grants').delete(idOf(grant));
      // Whatever becomes of this worker, the server is to hear of it (T-49).
      if (held?.token) await bury(tx, held);
      await closeGap(tx, grant);
      await tx.done;
      return held && fromRow(key, held);
    },
  };
}
