/** Which of the new scopes a user may allow of a question: some of them, and never none where that would mean all. */

/** Says for how long, and names no permission (OpenID Connect Core §11). */
const ONLY_HOW_LONG = 'offline_access';

/**
 * Whether these are a choice among what a question asks for. To ask a server for no scope is to let it decide (RFC 6749
 * §3.3), so a first choice has to name one.
 */
export function isChoice(
  { added, held }: { added: readonly string[]; held: readonly string[] },
  ticked: readonly string[],
): boolean {
  const isAsked =
    new Set(ticked).size === ticked.length && ticked.every((one) => added.includes(one));
  if (!isAsked) return false;
  if (ticked.some(isNamed) || added.length === 0) return true;
  return ticked.length > 0 && (held.some(isNamed) || !added.some(isNamed));
}

function isNamed(scope: string): boolean {
  return scope !== ONLY_HOW_LONG;
}
