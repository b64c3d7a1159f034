/** Lists in groups. Pure. */

/** By a key, each group in the order of the list. It is `Map.groupBy`, which is younger than our oldest browser's library types. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
