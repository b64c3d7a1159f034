/**
 * Freezes what every object inherits from, before anything else runs: whatever a message, a server or a stored row is
 * made of, it cannot add a member to all objects (T-31). Every entry imports this file first. `Error.prototype` is left
 * alone, because oauth4webapi gives its errors a `name` by assignment, which a frozen prototype would refuse.
 */
for (const { prototype } of [Object, Array, Function, Promise, Map, Set, String, Number, RegExp]) {
  Object.freeze(prototype);
}
