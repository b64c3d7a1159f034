/** What is known of servers and proofs: the nonce that each named last, how far its clock is from ours, and who took one. */
import { readProofHints, type ProofHints } from '../../protocol/dpop.ts';
import type { Ports, ProofMemory } from '../ports/ports.ts';

/** Sites and servers that are remembered at a time; those used longest ago make room. */
const MOST = 500;

const UNKNOWN: ProofHints = { skew: 0 };

/** Makes the memory of one worker. */
export function proofMemory({ now }: Pick<Ports, 'now'>): ProofMemory {
  const held = new Map<string, ProofHints>();
  const nameOf = (site: string, url: string) => `${site} ${new URL(url).origin}`;
  const recall = (site: string, url: string) => held.get(nameOf(site, url)) ?? UNKNOWN;
  return {
    recall,
    learn(site, url, headers, isTaken = false) {
      const name = nameOf(site, url);
      const read = readProofHints(headers, recall(site, url), now());
      const hints = isTaken ? { ...read, isKnown: true as const } : read;
      held.delete(name);
      held.set(name, hints);
      const [oldest] = held.keys();
      if (held.size > MOST && oldest !== undefined) held.delete(oldest);
    },
  };
}
