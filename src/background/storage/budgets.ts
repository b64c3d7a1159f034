/** What sites have used of their budgets (Z39), one row for each. No secret, and nothing that a page has written. */
import type { BudgetStore } from '../ports/stores.ts';
import { writing, type Database } from './schema.ts';

/** The store of the budgets. */
export function budgets(db: Database): BudgetStore {
  return {
    findBudget: (site) => db.get('budgets', site),
    async saveBudget(budget) {
      const tx = writing(db, 'budgets');
      await Promise.all([tx.objectStore('budgets').put(budget), tx.done]);
    },
    async pruneBudgets(now) {
      const tx = writing(db, 'budgets');
      const over = tx.objectStore('budgets').index('until').iterate(IDBKeyRange.upperBound(now));
      for await (const cursor of over) await cursor.delete();
      await tx.done;
    },
  };
}
