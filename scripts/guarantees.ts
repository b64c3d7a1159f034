/** The guarantees of SECURITY.md, by their numbers, and the planted faults that each of them has to notice. */

/** Names of faults (`of`, in the lists of breaks.ts); those that begin with `SECURITY <number>` come on their own. */
export const GUARANTEES: Readonly<Record<number, readonly string[]>> = {
  1: ['Z1 switch', 'Z21'],
  2: ['T-09 relay'],
  3: [],
  4: ['Z2', 'T-25 named'],
  5: ['architecture 1', 'T-25', 'T-33 memory'],
  6: ['R62', 'R63', 'R64', 'R92', 'T-43 memory'],
  7: ['R16', 'R86', 'R87'],
  8: ['R18', 'Z41 root'],
  9: ['T-29 written', 'Z43 names'],
  10: ['T-16', 'Z40'],
  11: [],
  12: ['Z39 resource', 'Z39 key', 'architecture 4 refusals', 'ADR 0009 embargo'],
  13: ['Z39 shown', 'Z39 sign-ins', 'Z39 strangers', 'Z44 admission', 'Z44 site calls'],
  14: ['K22', 'ADR 0003'],
  15: ['T-49 tries'],
  16: ['R48', 'T-34', 'T-46 aside'],
  17: ['T-31 worker'],
  18: [],
  19: ['Z26', 'Z28', 'Z29', 'Z33'],
  20: [
    'Z26 sealed',
    'Z26 lingers',
    'Z26 left',
    'Z37 sealed',
    'Z37 foreign',
    'Z37 address',
    'Z36 key',
    'Z36 page',
  ],
};

/** The faults that a guarantee has to notice. */
export function faultsAgainst<T extends { of: string }>(guarantee: number, all: readonly T[]): T[] {
  const own = new RegExp(`^SECURITY ${String(guarantee)}(?!\\d)`);
  const named = GUARANTEES[guarantee] ?? [];
  return all.filter(({ of }) => own.test(of) || named.includes(of));
}
