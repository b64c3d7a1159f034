/** What the rows of the popup have in common: all grants there are, and where a change is reported. */
import { createContext } from 'preact';
import type { GrantView } from '../../shared/grant-view.ts';
import type { Ended } from './grouping.ts';

export interface BoardState {
  grants: readonly GrantView[];
  /** False while there may be more grants than those. */
  isWhole: boolean;
  /** True while the rows are what a search has found: what isn't on screen must not be ended then. */
  isSearched: boolean;
  /** Origins of the sites that the user has paused. */
  paused: readonly string[];
  /** Keeps ended grants on the board, with what came of them. */
  end: (ended: Ended[]) => void;
  /** Asks the background for everything again. */
  changed: () => void;
}

/** Without a provider nothing is on the board. */
export const Board = createContext<BoardState>({
  grants: [],
  isWhole: true,
  isSearched: false,
  paused: [],
  end: () => undefined,
  changed: () => undefined,
});
