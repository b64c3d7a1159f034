/**
 * What a server accepts, and the one place that says how it is attached to a request (Z36, Z37, Z38). A pure union:
 * who holds which credential is the store's to know.
 */

/** A credential, ready to be attached. */
export type Credential =
  /** An OAuth access token (RFC 6750 §2.1). */
  | { is: 'oauth'; token: string }
  /** An access token bound to a key (RFC 9449 §7.1), and the proof for this one request. */
  | { is: 'dpop'; token: string; proof: string }
  /** A static value in a header of its server's choosing. */
  | { is: 'key'; header: string; value: string }
  /** A public server. */
  | { is: 'none' };

/** The headers that carry it. */
export function headersOf(credential: Credential): [name: string, value: string][] {
  switch (credential.is) {
    case 'oauth':
      return [['authorization', `Bearer ${credential.token}`]];
    case 'dpop':
      return [
        ['authorization', `DPoP ${credential.token}`],
        ['dpop', credential.proof],
      ];
    case 'key':
      return [[credential.header.toLowerCase(), credential.value]];
    case 'none':
      return [];
  }
}

/** What must not come back in an answer; a scheme such as `Bearer` before a key is no part of the secret. */
export function secretOf(credential: Credential): string | undefined {
  if (credential.is === 'none') return undefined;
  if (credential.is !== 'key') return credential.token;
  return credential.value.split(' ').at(-1);
}
