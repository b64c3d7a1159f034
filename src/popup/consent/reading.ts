/**
 * What of a question has been in view. Pure. Allow waits for all of it: the parties, what is new, and every warning (T-15).
 * What counts is the piece as a whole, while the window was looked at; a group that is folded counts by its head.
 */

/** One piece that is to be read, as it is on the screen now. */
export interface Piece {
  id: string;
  /** The share of it that is not cut off by the window, its footer or a box around it. */
  share: number;
  /** Height of what can be seen of it, and of the room above the footer; CSS pixels. */
  height: number;
  room: number;
}

/** What has been in view so far of the question of that name. */
export interface Reading {
  question: string;
  seen: ReadonlySet<string>;
}

/** A line whose last pixel is cut off has been read: browsers round. */
const WHOLE = 0.95;

/** Nothing seen yet. */
export function startReading(question: string): Reading {
  return { question, seen: new Set() };
}

/**
 * The next state after a look at the window.
 * @param isLookedAt whether the window was visible and had the focus; else nothing was seen
 */
export function stepReading(
  state: Reading,
  question: string,
  pieces: readonly Piece[],
  isLookedAt: boolean,
): Reading {
  const before = state.question === question ? state : startReading(question);
  if (!isLookedAt) return before;
  const fresh = pieces.filter((piece) => isInView(piece) && !before.seen.has(piece.id));
  if (fresh.length === 0) return before;
  return { question, seen: new Set([...before.seen, ...fresh.map(({ id }) => id)]) };
}

/** The pieces that are still to be read. */
export function unreadOf<P extends Piece>({ seen }: Reading, pieces: readonly P[]): P[] {
  return pieces.filter(({ id }) => !seen.has(id));
}

/** Whole, or as much of it as there is room for. */
function isInView({ share, height, room }: Piece): boolean {
  return share >= WHOLE || (room > 0 && height >= room * WHOLE);
}
