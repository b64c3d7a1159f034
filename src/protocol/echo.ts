/**
 * Finds the credential in a body that a server sends back (Z29). It stops servers that repeat a request in an error
 * page, and none that wants to hide what it repeats: to them the credential is known anyway. A pure state machine.
 */

/** Shorter secrets are found in texts that mean nothing by them. */
const SHORTEST = 16;

/** Types whose bodies are text that a server composes. */
const TEXTUAL = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml)\b|application\/javascript\b)/i;

/** Watches one body. */
export interface EchoWatch {
  /** True once the secret has been seen, also across the border of two chunks. */
  sees(chunk: Uint8Array): boolean;
}

/**
 * Makes a watch for a body of this type.
 * @param former what was sent before it with the same request
 * @returns undefined where there is nothing to look for: a short secret, or a body that is no text
 */
export function watchForEcho(
  secret: string | undefined,
  contentType: string | null,
  former: readonly string[] = [],
): EchoWatch | undefined {
  const all = [secret ?? '', ...former].filter(({ length }) => length >= SHORTEST);
  if (all.length === 0) return undefined;
  if (!TEXTUAL.test(contentType ?? '')) return undefined;
  // One byte, one character: the search is for visible ASCII, and no decoder has to know where a character ends.
  const decoder = new TextDecoder('latin1');
  const longest = Math.max(...all.map(({ length }) => length));
  let rest = '';
  return {
    sees(chunk) {
      const text = rest + decoder.decode(chunk);
      rest = text.slice(1 - longest);
      return all.some((one) => text.includes(one));
    },
  };
}
