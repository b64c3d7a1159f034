/** What the constructor of a `Response` cannot be given, and readers of a response expect. */

/** Gives a response the address and type of the one that it stands for, which was not redirected; its clones keep them. */
export function dress(response: Response, from: Pick<Response, 'url' | 'type'>): Response {
  const { url, type } = from;
  return Object.defineProperties(response, {
    url: { value: url },
    type: { value: type },
    clone: { value: () => dress(Response.prototype.clone.call(response), from) },
  });
}
