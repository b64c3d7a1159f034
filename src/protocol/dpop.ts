/**
 * Access tokens that are bound to a key (RFC 9449): when they are wanted (Z36), and what an answer says of the proofs
 * that go with them. Pure functions.
 */
import type { AuthorizationServer } from 'oauth4webapi';

/** The one algorithm of our proofs: every server that knows any lists it, and browsers keep such keys to themselves. */
export const PROOF_ALGORITHM = 'ES256';

/** What the choice depends on. */
export interface BindingFacts {
  /** What the resource's metadata says (RFC 9728 §2). */
  metadata: 'required' | 'offered' | undefined;
  /** What its challenge says: that it takes such tokens, and whether it takes others (RFC 9449 §7.1). */
  challenge: 'only' | 'offered' | undefined;
  server: AuthorizationServer;
  /** Nobody but the broker is to hold the token. */
  isSealed: boolean;
  /** This resource has refused such a token, and known no better. */
  isRefused: boolean;
  /** Whether the broker can carry requests at all: a page can't use such a token. */
  canCarry: boolean;
}

/**
 * What kind of token to ask for. The provider's word alone is worth nothing: it lists what it can do, whether or not the
 * server behind it knows the scheme.
 * @returns `impossible` when the resource takes nothing else, and the provider or this browser can't
 */
export function planBinding(facts: BindingFacts): 'bound' | 'bearer' | 'impossible' {
  const { metadata, challenge, server, isSealed, isRefused, canCarry } = facts;
  const isListed = server.dpop_signing_alg_values_supported?.includes(PROOF_ALGORITHM) === true;
  const isPossible = canCarry && isListed;
  if (metadata === 'required') return isPossible ? 'bound' : 'impossible';
  if (!isPossible || isRefused) return 'bearer';
  if (challenge === 'only') return 'bound';
  return isSealed && (metadata ?? challenge) === 'offered' ? 'bound' : 'bearer';
}

/** What a server wants to find in the next proof. */
export interface ProofHints {
  /** The nonce that it named last (RFC 9449 §8, §9). */
  nonce?: string;
  /** By how much its clock is ahead of ours; seconds. */
  skew: number;
  /** It has taken a proof, so it knows the scheme whatever its challenges name. */
  isKnown?: true;
}

/** `NQCHAR` (RFC 6749 appendix A), of which a nonce is made. */
const NONCE = /^[\x21\x23-\x5b\x5d-\x7e]{1,1024}$/;
/** Clocks closer than this are the same; seconds. Servers take proofs that are minutes old. */
const SAME_CLOCK = 30;

/**
 * What an answer says about the next proof. Without a nonce of its own the last one stays good.
 * @param now milliseconds since the epoch
 */
export function readProofHints(
  headers: Iterable<readonly [name: string, value: string]>,
  former: ProofHints,
  now: number,
): ProofHints {
  let { nonce, skew } = former;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === 'dpop-nonce' && NONCE.test(value)) nonce = value;
    const ahead = lower === 'date' ? Math.round((Date.parse(value) - now) / 1000) : NaN;
    if (!Number.isNaN(ahead)) skew = Math.abs(ahead) > SAME_CLOCK ? ahead : 0;
  }
  return { ...former, ...(nonce !== undefined && { nonce }), skew };
}

/** True when an answer is about the proof and not about the token: the same request may go again with another one. */
export function isAboutProof(error: string | undefined): boolean {
  return error === 'use_dpop_nonce' || error === 'invalid_dpop_proof';
}
