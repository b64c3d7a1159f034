/** Which names of headers a person may choose for a server: the rest speak for somebody else. */

/** Names that nobody can allow: they speak for the browser, the connection, the site or the credential. */
const NEVER =
  /^(?:origin|cookie2?|host|referer|authorization|forwarded|connection|keep-alive|te|trailer|transfer-encoding|upgrade|via|expect|date|dnt|user-agent|content-length|content-encoding|access-control-.*|sec-.*|proxy-.*|x-forwarded-.*|x-real-ip|x-http-method.*|x-method-override)$/;
/** Beside those, what a key's header cannot be called: it would be mistaken for the message. */
const NEVER_A_KEY = /^(?:content-.*|mcp-.*|accept.*|last-event-id)$/;
/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** True for a name that a person may allow for a server. */
export function mayBeAllowed(name: string): boolean {
  return TOKEN.test(name) && !NEVER.test(name.toLowerCase());
}

/** True for a name under which a key can be sent; `Authorization` is the usual one. */
export function mayCarryKey(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === 'authorization' || (mayBeAllowed(name) && !NEVER_A_KEY.test(lower));
}
