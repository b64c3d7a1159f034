/** What the constructor of a `Response` cannot be given, and readers of a response expect. */

/** Gives a response the address and type of the one that it stands for; its clones keep them. */
export function dress(
  response: Response,
  from: Pick<Response, 'url' | 'type' | 'redirected'>,
): Response {
  const { url, type, redirected } = from;
  return Object.defineProperties(response, {
    url: { value: url },
    type: { value: type },
    redirected: { value: redirected },
    clone: { value: () => dress(Response.prototype.clone.call(response), from) },
  });
}
