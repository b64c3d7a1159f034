/**
 * What a server is that publishes no metadata at all (Z38), by its answer to one `initialize`: public, in want of a key,
 * or nothing that can be told. Pure functions.
 */

/** How a server without metadata answered. */
export interface Contact {
  status: number;
  contentType: string;
}

/** What such a server wants. */
export type Wants = 'none' | 'key';

/**
 * What the server wants of somebody who brings nothing.
 * @returns undefined when the answer doesn't say
 */
export function judgeContact({ status, contentType }: Contact): Wants | undefined {
  if (status === 401 || status === 403) return 'key';
  // A web page for people is sent with 200 as well: only what MCP speaks is a yes.
  const speaks = /^(?:application\/json|text\/event-stream)\s*(?:;|$)/i.test(contentType);
  return status >= 200 && status < 300 && speaks ? 'none' : undefined;
}

/**
 * Whether a sign-in page of the 2025-03-26 rules is there, by the status of a bare GET: it answers something about the
 * request that isn't one, leads elsewhere, or falls over what is missing in it (500).
 */
export function isSignInThere(status: number): boolean {
  return status >= 200 && status <= 500 && ![404, 405, 410].includes(status);
}
