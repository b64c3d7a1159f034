/**
 * A resource server that checks proofs (RFC 9449 §4.3, §7), written from the RFC and not with the library that makes
 * them: whatever a thief could send is refused.
 */
import { createHash, createPublicKey, verify, type JsonWebKey } from 'node:crypto';

/** What a proof is checked against. */
export interface Checked {
  proof: string | undefined;
  method: string;
  /** Without query and fragment. */
  url: string;
  token: string;
  /** Thumbprint of the key that the token is bound to. */
  jkt: string | undefined;
  /** The nonce that has to be named; absent: none. */
  nonce?: string | undefined;
  /** The server's own clock; seconds. */
  now: number;
}

/** A proof, as read. */
export interface Proof {
  header: { typ?: string; alg?: string; jwk?: JsonWebKey };
  payload: Record<string, unknown>;
}

/** Seconds by which a proof may be off. */
const TOLERANCE = 60;

/** Checks proofs, each good once. */
export class ProofGate {
  readonly #seen = new Set<string>();

  /** @returns the error of the challenge, or undefined when the proof is good */
  judge(checked: Checked): 'invalid_dpop_proof' | 'use_dpop_nonce' | 'invalid_token' | undefined {
    const { proof: text = '', method, url, token, jkt, nonce, now } = checked;
    const proof = readProof(text);
    if (!proof) return 'invalid_dpop_proof';
    const { payload, header } = proof;
    const isAbout = payload['htm'] === method && payload['htu'] === url;
    const isRecent = Math.abs(now - Number(payload['iat'])) <= TOLERANCE;
    const isForToken = payload['ath'] === digest(token);
    const id = payload['jti'];
    if (!isAbout || !isRecent || !isForToken || typeof id !== 'string' || this.#seen.has(id)) {
      return 'invalid_dpop_proof';
    }
    if (jkt === undefined || thumbprint(header.jwk!) !== jkt) return 'invalid_token';
    if (nonce !== undefined && payload['nonce'] !== nonce) return 'use_dpop_nonce';
    this.#seen.add(id);
    return undefined;
  }
}

/** Reads a proof whose signature is its own key's; undefined for anything else. */
export function readProof(text: string): Proof | undefined {
  try {
    const [head = '', body = '', signature = ''] = text.split('.');
    const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
    const header = parse(head) as Proof['header'];
    const { typ, alg, jwk } = header;
    if (typ !== 'dpop+jwt' || alg !== 'ES256' || !jwk || 'd' in jwk) return undefined;
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const signed = { key, dsaEncoding: 'ieee-p1363' as const };
    const isOwn = verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      signed,
      Buffer.from(signature, 'base64url'),
    );
    return isOwn ? { header, payload: parse(body) as Proof['payload'] } : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 7638. */
export function thumbprint({ crv, kty, x, y }: JsonWebKey): string {
  return digest(JSON.stringify({ crv, kty, x, y }));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
