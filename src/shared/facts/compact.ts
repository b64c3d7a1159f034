/** Objects without the members that are undefined, as `exactOptionalPropertyTypes` asks for. */

/** `T` where every member that may be undefined may be missing instead. */
export type Compact<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** A copy of the object that leaves out the members that are undefined; `null`, `0`, `false` and `''` stay. */
export function compact<T extends object>(object: T): Compact<T> {
  const present = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Compact<T>;
}
