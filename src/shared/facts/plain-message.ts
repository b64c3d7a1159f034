/**
 * How much a message may be, judged before anything is copied, written or sent on (Z44). A browser may pass structured
 * clones: written as JSON, a typed array of 20 MB takes 20 s and 1 GB. So a message is walked member by member, and the
 * walk ends where its budget does.
 */
import { MAX_MESSAGE_LENGTH } from './limits.ts';

/** What a walk may spend. */
export interface Bounds {
  /** Objects and lists inside one another, the message itself among them. */
  depth: number;
  /** Values of any kind that are looked at. */
  nodes: number;
  /** Characters of all texts and names together. */
  characters: number;
}

/** For a page. The largest message that means anything has some 110 values in three levels. */
const OF_A_PAGE: Bounds = { depth: 8, nodes: 500, characters: MAX_MESSAGE_LENGTH };

const BEYOND = new Error('beyond the bounds of a message');

/**
 * Copies what JSON can say, and reads each member once: what is checked afterwards is what is used.
 * @throws Error when there is more of it than the bounds allow, or anything but plain objects, lists and simple values
 */
export function copyPlain(message: unknown, { depth, nodes, characters }: Bounds): unknown {
  let nodesLeft = nodes;
  let charactersLeft = characters;
  const spend = (text: string): string => {
    charactersLeft -= text.length;
    if (charactersLeft < 0) throw BEYOND;
    return text;
  };
  const copy = (value: unknown, levels: number): unknown => {
    nodesLeft -= 1;
    if (nodesLeft < 0) throw BEYOND;
    if (typeof value === 'string') return spend(value);
    if (!isContainer(value)) return value;
    if (levels === 0) throw BEYOND;
    if (Array.isArray(value)) {
      if (value.length > nodesLeft) throw BEYOND;
      return Array.from({ length: value.length }, (_, index) => copy(value[index], levels - 1));
    }
    const members: [string, unknown][] = [];
    // Not `Object.keys`: that would list a million names before the first is counted.
    for (const name in value) {
      if (Object.hasOwn(value, name)) members.push([spend(name), copy(value[name], levels - 1)]);
    }
    return Object.fromEntries(members);
  };
  return copy(message, depth);
}

/** True for what has members. Maps, views, dates, boxes and all else that is neither plain nor simple is refused. */
function isContainer(value: unknown): value is Record<string, unknown> {
  if (['bigint', 'function', 'symbol'].includes(typeof value)) throw BEYOND;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  // The prototype of a plain object has none itself, in whichever realm it was made.
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw BEYOND;
  return true;
}

/**
 * A copy of a page's message.
 * @throws Error as {@link copyPlain}
 */
export function copyOfPage(message: unknown): unknown {
  return copyPlain(message, OF_A_PAGE);
}

/** What of a page's message is worth keeping or sending on: a copy, or its number alone when it is beyond the bounds. */
export function boundPage(message: unknown): unknown {
  try {
    return copyOfPage(message);
  } catch {
    return { id: idOf(message) };
  }
}

/** The id of a message that may be malformed otherwise, so that its sender hears of it. */
export function idOf(message: unknown): number | undefined {
  try {
    const { id } = message as { id?: unknown };
    return typeof id === 'number' ? id : undefined;
  } catch {
    return undefined;
  }
}
