/** Which of the new permissions the user allows: only those that read, all, or the ones they have ticked. Pure. */
import { hintScope, isReadingScope } from '../kit/scope-hints.ts';

/** How the user chooses. */
export type TickMode = 'reading' | 'all' | 'choose';

/** The choice so far. `off` is what was unticked by hand, and counts in `choose` only. */
export interface Ticks {
  mode: TickMode;
  off: readonly string[];
}

/** A choice, and the permissions among which it was made. */
export interface MadeTicks {
  among: readonly string[];
  ticks: Ticks;
}

/** What holds until the user chooses. */
export const ALL_TICKED: Ticks = { mode: 'all', off: [] };

/** The ways to choose among these; none where there is nothing to choose. */
export function modesFor(added: readonly string[]): TickMode[] {
  if (added.length < 2) return [];
  const isMixed =
    added.some((scope) => hintScope(scope) === 'hintRead' && isReadingScope(scope)) &&
    !added.every(isReadingScope);
  return isMixed ? ['reading', 'all', 'choose'] : ['all', 'choose'];
}

/**
 * What of a choice holds for these permissions, as when a sign-in has failed and is tried again, maybe for fewer. With a
 * new one among them none of it does: it was made without knowing that one.
 */
export function ticksFor(added: readonly string[], made: MadeTicks | undefined): Ticks {
  const modes = modesFor(added);
  const isKnown = made && added.every((scope) => made.among.includes(scope));
  if (!isKnown || modes.length === 0) return ALL_TICKED;
  if (modes.includes(made.ticks.mode)) return made.ticks;
  const ticked = tickedOf(added, made.ticks);
  return { mode: 'choose', off: added.filter((scope) => !ticked.includes(scope)) };
}

/** The permissions that are ticked, in the order in which they were asked for. */
export function tickedOf(added: readonly string[], { mode, off }: Ticks): string[] {
  if (mode === 'reading') return added.filter(isReadingScope);
  return mode === 'all' ? [...added] : added.filter((scope) => !off.includes(scope));
}

/** Ticks or unticks some by hand. */
export function tick({ off }: Ticks, scopes: readonly string[], isOn: boolean): Ticks {
  const others = off.filter((scope) => !scopes.includes(scope));
  return { mode: 'choose', off: isOn ? others : [...others, ...scopes] };
}
