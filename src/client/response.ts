/** What the constructor of a `Response` cannot be given, and readers of a response expect. */

/** Gives a response its address and type, which its clones keep. */
export function dress(
  response: Response,
  url: string,
  type: ResponseType,
  redirected: boolean,
): Response {
  return Object.defineProperties(response, {
    url: { value: url },
    type: { value: type },
    redirected: { value: redirected },
    clone: {
      value: () => dress(Response.prototype.clone.call(response), url, type, redirected),
    },
  });
}
