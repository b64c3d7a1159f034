/** What a person chooses beside the yes. */
import type { Duration } from '../../shared/facts/duration.ts';
import type { MadeTicks, Ticks } from './scope-ticks.ts';

/** What the user has chosen in this window; it outlives the question, which may be asked again. */
export interface Chosen {
  duration?: Duration;
  sealed?: boolean;
  ticks?: MadeTicks;
  /** The provider that was picked, until the question about it is on the screen. */
  picked?: string | undefined;
}

/** What holds beside the yes: chosen, or preset. */
export interface Wishes {
  duration: Duration;
  sealed: boolean;
  ticks: Ticks;
}
