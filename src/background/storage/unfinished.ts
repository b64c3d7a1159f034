/** What is left to be done about tokens that a server has given out, under seal like the tokens of a grant (Z4). */
import type { Grant } from '../ports/records.ts';
import type { Unfinished, UnfinishedStore } from '../ports/stores.ts';
import { writing, type Database, type GrantRow, type Schema } from './schema.ts';
import { open, seal, type SealingKey } from './sealing.ts';

type Row = Schema['unfinished']['value'];

const contextOf = (id: string) => JSON.stringify(['unfinished', id]);

/** Notes in a deletion's own transaction that the tokens of the grant are still to be revoked. */
export async function bury(
  tx: Pick<
    ReturnType<typeof writing<'unfinished' | 'grants' | 'aliases' | 'flows'>>,
    'objectStore'
  >,
  grant: GrantRow,
): Promise<void> {
  await tx.objectStore('unfinished').put({ id: grant.revision, tries: 0, grant });
}

/** @param openRow opens the row of a grant; undefined when it cannot be opened any more */
export function unfinished(
  db: Database,
  key: SealingKey,
  openRow: (row: GrantRow) => Promise<Grant | undefined>,
): UnfinishedStore {
  const read = async (row: Row): Promise<Unfinished | undefined> => {
    if ('grant' in row) {
      const grant = await openRow(row.grant);
      return grant && { todo: 'revoke', grant };
    }
    const work = (await open(key, row.sealed, contextOf(row.id))) as Unfinished;
    const { proofKey } = row;
    // A key is no text: it lies beside what is sealed.
    return proofKey ? ({ ...work, grant: { ...work.grant, proofKey } } as Unfinished) : work;
  };
  return {
    async listUnfinished() {
      const rows = await db.getAll('unfinished');
      const works = await Promise.all(rows.map((row) => read(row).catch(() => undefined)));
      return rows.flatMap(({ id, tries }, i) => {
        const work = works[i];
        return work ? [{ id, tries, work }] : [];
      });
    },
    async saveUnfinished(id, work, tries = 0) {
      const sealed = await seal(key, work, contextOf(id));
      const tx = writing(db, 'unfinished');
      const { proofKey } = work.grant as Partial<Grant>;
      const row = { id, tries, sealed, ...(proofKey && { proofKey }) };
      await Promise.all([tx.objectStore('unfinished').put(row), tx.done]);
    },
    async deleteUnfinished(id) {
      const tx = writing(db, 'unfinished');
      await Promise.all([tx.objectStore('unfinished').delete(id), tx.done]);
    },
  };
}
