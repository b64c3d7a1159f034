/**
 * Secrets at rest: AES-GCM under a key that JavaScript cannot export, kept in the same profile. This keeps
 * tokens out of a grep, a backup or a synced copy of the profile; it does not keep them from somebody who
 * controls the profile (SECURITY.md).
 */

/** An encrypted JSON value. */
export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

/** The key in use; replaced as a whole when everything that it sealed is erased. */
export interface SealingKey {
  current: CryptoKey;
}

/** Makes the key of a new profile; it lives in IndexedDB, which stores it without ever showing its bytes. */
export async function createKey(): Promise<SealingKey> {
  const algorithm = { name: 'AES-GCM', length: 256 };
  return { current: await crypto.subtle.generateKey(algorithm, false, ['encrypt', 'decrypt']) };
}

/** Encrypts; `context` is bound in, so that a sealed value moved to another record does not open there. */
export async function seal(key: SealingKey, value: unknown, context: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  return { iv, data: await crypto.subtle.encrypt(algorithm(iv, context), key.current, plain) };
}

/**
 * Decrypts.
 * @throws OperationError when the record was changed, or the key is another one
 */
export async function open(key: SealingKey, sealed: Sealed, context: string): Promise<unknown> {
  const plain = await crypto.subtle.decrypt(
    algorithm(sealed.iv, context),
    key.current,
    sealed.data,
  );
  return JSON.parse(new TextDecoder().decode(plain));
}

function algorithm(iv: Uint8Array<ArrayBuffer>, context: string) {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(context) };
}
