/** What discovery starts from, and where metadata may lead it (Z2, Z43). */
import { hostPattern } from '../../protocol/url-policy.ts';
import type { UrlPolicy } from '../../shared/facts/allowed-url.ts';
import type { Override } from '../../shared/facts/override.ts';
import { hostKind } from '../../shared/facts/host-kind.ts';
import type { Unreadable } from './metadata-document.ts';
import type { Recall } from './read-documents.ts';

/** What discovery starts from. */
export interface DiscoveryQuery {
  asked: string;
  /** From a challenge that may be believed (Z16). */
  resourceMetadata?: string | undefined;
  /** Issuers in the order in which they are preferred, where the resource names them; else its first that is there. */
  preferred: readonly string[];
  /** Match patterns of the hosts that the user has allowed to be contacted, and been asked for access to. */
  reached: readonly string[];
  /** The same of the hosts that the user has been asked about before, and whose grant stands. */
  granted?: readonly string[];
  /** Read again what is remembered. */
  fresh: boolean;
  /** What of the remembered documents may be used; absent: all. */
  recall?: Recall;
  policy: UrlPolicy;
  /** What the user lets pass (Z53); absent: nothing. */
  overrides?: readonly Override[];
}

/** The first of these that lies in the own network, where nobody has been asked about its host (Z43). */
export function unasked(
  { reached, granted = [] }: DiscoveryQuery,
  urls: readonly string[],
): Unreadable | undefined {
  const patterns = urls
    .filter((url) => hostKind(new URL(url).hostname) === 'private')
    .map(hostPattern);
  const unreadable = patterns.find((one) => !reached.includes(one) && !granted.includes(one));
  return unreadable === undefined ? undefined : { unreadable };
}

/**
 * Only a server on this computer can send the broker to this computer (Z2), and a public one to no bare address. Names
 * of the own network may stand in metadata, for {@link unasked} to find.
 */
export function policyTowards({ asked, policy }: DiscoveryQuery): UrlPolicy {
  const kind = hostKind(new URL(asked).hostname);
  const loopback = policy.loopback && kind === 'loopback';
  return { loopback, inward: kind === 'public' ? 'names' : policy.inward };
}
