/**
 * What a server accepts, and the one place that says how it is attached to a request (Z36, Z37, Z38). A pure union.
 */

/** A credential, ready to be attached. */
export type Credential =
  /** An OAuth access token (RFC 6750 §2.1). */
  | { is: 'oauth'; token: string }
  /** An access token bound to a key (RFC 9449 §7.1): each request needs a proof of its own. */
  | { is: 'dpop'; token: string; prove: Prove; heed: Heed }
  /** A static value in a header of its server's choosing. */
  | { is: 'key'; header: string; value: string }
  /** A public server. */
  | { is: 'none' };

/**
 * Makes the `DPoP` header of one request (RFC 9449 §4.2), with the nonce that its server named last.
 * @param url without query and fragment
 */
type Prove = (method: string, url: string) => Promise<string>;

/**
 * Takes in what an answer says about the next proof.
 * @param isTaken the server has let the proof pass
 * @returns whether that is news to the proof that was sent: without any, another one would be no better
 */
type Heed = (
  url: string,
  headers: Iterable<readonly [name: string, value: string]>,
  isTaken: boolean,
) => boolean;

/** The headers that carry it on one request. */
export async function headersOf(
  credential: Credential,
  { method, url }: { method: string; url: string },
): Promise<[name: string, value: string][]> {
  switch (credential.is) {
    case 'oauth':
      return [['authorization', `Bearer ${credential.token}`]];
    case 'dpop':
      return [
        ['authorization', `DPoP ${credential.token}`],
        ['dpop', await credential.prove(method, url)],
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
