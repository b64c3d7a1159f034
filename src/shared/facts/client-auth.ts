/** How clients authenticate at the token endpoint, and what their credentials may consist of. */

/** The methods that the broker has (RFC 6749 §2.3.1, OpenID Connect Core §9). */
export const CLIENT_AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post'] as const;

/** One of {@link CLIENT_AUTH_METHODS}. */
export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

/** True for a method that the broker has. */
export function isClientAuthMethod(method: unknown): method is ClientAuthMethod {
  return (CLIENT_AUTH_METHODS as readonly unknown[]).includes(method);
}

/** `VSCHAR`, which client ids and client secrets consist of (RFC 6749 appendix A.1, A.2). */
const CREDENTIAL = /^[\x20-\x7e]+$/;

/** True when a text can be a client id or a client secret. */
export function isCredential(text: string): boolean {
  return CREDENTIAL.test(text);
}
