/**
 * Proofs of possession (RFC 9449), made by oauth4webapi with the key of one grant, which nothing can export. Which nonce
 * they name, and by which clock, is what their server said last.
 */
import * as oauth from 'oauth4webapi';
import type { Credential } from '../../protocol/credential.ts';
import { isAboutProof, PROOF_ALGORITHM, type ProofHints } from '../../protocol/dpop.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant } from '../ports/records.ts';

/** Times that one request goes again for the sake of its proof. Servers may change nonces in between. */
const MAX_PROOFS = 3;

/** What it takes to make proofs. */
type Proving = Pick<Ports, 'proofs' | 'now'>;

/** Whose proofs they are. */
interface Prover extends Pick<Grant, 'origin'> {
  proofKey?: CryptoKeyPair | undefined;
}

/** Makes the key of a new grant. */
export function createProofKey(): Promise<CryptoKeyPair> {
  return oauth.generateKeyPair(PROOF_ALGORITHM, { extractable: false });
}

/** What names a key in an authorization request (RFC 9449 §10). */
export function thumbprintOf(key: CryptoKeyPair): Promise<string> {
  return oauth.DPoP({}, key).calculateThumbprint();
}

/** Proofs of one request and its repetitions. */
class Proofs {
  readonly handle: oauth.DPoPHandle;
  /** What the last one was made by. */
  #made: ProofHints | undefined;
  readonly #parts: Proving;
  readonly #site: string;

  constructor(parts: Proving, site: string, key: CryptoKeyPair) {
    this.#parts = parts;
    this.#site = site;
    const modify: oauth.ModifyAssertionFunction = (_header, payload) => {
      const hints = (this.#made = parts.proofs.recall(site, String(payload['htu'])));
      payload['nonce'] = hints.nonce;
      payload['iat'] = Math.floor(parts.now() / 1000) + hints.skew;
    };
    this.handle = oauth.DPoP({}, key, { [oauth.modifyAssertion]: modify });
  }

  /** Takes in what an answer says of the next proof; whether that is news to the last one. */
  heed(url: string, headers: Iterable<readonly [string, string]>, isTaken = false): boolean {
    this.#parts.proofs.learn(this.#site, url, headers, isTaken);
    const { nonce, skew } = this.#parts.proofs.recall(this.#site, url);
    // Rounded seconds differ by one for nothing.
    return nonce !== this.#made?.nonce || Math.abs(skew - (this.#made?.skew ?? 0)) > 1;
  }
}

/** A token that is bound to the key of its grant, ready to be sent. */
export function boundCredential(
  token: string,
  parts: Proving,
  { origin, key }: { origin: string; key: CryptoKeyPair },
): Credential {
  const proofs = new Proofs(parts, origin, key);
  const prove = async (method: string, url: string) => {
    let proof = '';
    // The library makes a proof for what it sends; this takes it, and the request goes its own way.
    const take = (_url: string, { headers }: oauth.CustomFetchOptions<string, unknown>) => {
      proof = headers['dpop'] ?? '';
      return Promise.resolve(new Response(null));
    };
    await oauth.protectedResourceRequest(token, method, new URL(url), new Headers(), null, {
      DPoP: proofs.handle,
      [oauth.allowInsecureRequests]: true,
      [oauth.customFetch]: take,
    });
    return proof;
  };
  return { is: 'dpop', token, prove, heed: (...heard) => proofs.heed(...heard) };
}

/** What a request to an authorization server is sent with. */
export interface Attempt {
  /** Absent where nothing has to be proven. */
  DPoP?: oauth.DPoPHandle;
  /** To be told what came back. */
  heed: (url: string, headers: Headers) => void;
}

/**
 * Sends a request to an authorization server with a proof, and again with a better one when it says that it wants one:
 * the code or refresh token was not looked at then (RFC 9449 §8). Without a key it is sent as it is.
 */
export async function withProof<T>(
  parts: Proving,
  { origin, proofKey }: Prover,
  send: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  if (!proofKey) return send({ heed: () => undefined });
  const proofs = new Proofs(parts, origin, proofKey);
  for (let tries = 0; ; tries += 1) {
    const heard = { isNews: false };
    const heed = (url: string, headers: Headers) => {
      heard.isNews = proofs.heed(url, headers);
    };
    try {
      return await send({ DPoP: proofs.handle, heed });
    } catch (error) {
      const said = error instanceof oauth.ResponseBodyError ? error.error : undefined;
      if (!heard.isNews || !isAboutProof(said) || tries >= MAX_PROOFS) throw error;
    }
  }
}
