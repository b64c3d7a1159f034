/**
 * The same cryptography, done at once: elsewhere other threads do it, and which is the faster would decide what comes
 * first.
 */
import { createCipheriv, createDecipheriv, createHash, KeyObject } from 'node:crypto';

/** Length of the tag that Web Crypto appends; bytes. */
const TAG = 16;

/** Replaces what the core uses of `crypto.subtle`; the returned function takes it back. */
export function steadyCryptography(): () => void {
  const { subtle } = crypto;
  const steady = { digest, encrypt, decrypt };
  for (const [name, value] of Object.entries(steady)) {
    Object.defineProperty(subtle, name, { value, configurable: true });
  }
  return () => {
    for (const name of Object.keys(steady)) Reflect.deleteProperty(subtle, name);
  };
}

type Sealing = AesGcmParams & { iv: Uint8Array; additionalData: Uint8Array };

function digest(_algorithm: string, data: Uint8Array): Promise<ArrayBuffer> {
  return Promise.resolve(bytesOf(createHash('sha256').update(data).digest()));
}

function encrypt(algorithm: Sealing, key: CryptoKey, data: Uint8Array): Promise<ArrayBuffer> {
  const cipher = createCipheriv('aes-256-gcm', KeyObject.from(key), algorithm.iv);
  cipher.setAAD(algorithm.additionalData);
  const sealed = [cipher.update(data), cipher.final(), cipher.getAuthTag()];
  return Promise.resolve(bytesOf(Buffer.concat(sealed)));
}

function decrypt(algorithm: Sealing, key: CryptoKey, data: ArrayBuffer): Promise<ArrayBuffer> {
  const decipher = createDecipheriv('aes-256-gcm', KeyObject.from(key), algorithm.iv);
  decipher.setAAD(algorithm.additionalData);
  const sealed = Buffer.from(data);
  decipher.setAuthTag(sealed.subarray(-TAG));
  const opened = [decipher.update(sealed.subarray(0, -TAG)), decipher.final()];
  return Promise.resolve(bytesOf(Buffer.concat(opened)));
}

function bytesOf(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
