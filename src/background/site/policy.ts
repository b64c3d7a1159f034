/** What applies to a site now: whether it is served, and which addresses it may name. The one reader of both. */
import { isLoopbackOrigin } from '../../shared/facts/host-kind.ts';
import { type UrlPolicy } from '../../shared/facts/allowed-url.ts';
import type { Ports } from '../ports/ports.ts';

/** How a site is treated. */
export interface SitePolicy {
  /** The user does not want it served for now. */
  paused: boolean;
  /** Which addresses it may name. */
  urls: UrlPolicy;
}

/**
 * Reads how a site is treated. http to loopback is for sites that are there themselves, and for developers (Z3). Into
 * the own network it may name hosts, and in developer mode addresses: nothing is sent there before the user is asked.
 */
export async function readSite(
  { store }: Pick<Ports, 'store'>,
  origin: string,
): Promise<SitePolicy> {
  const { pausedSites, developerMode } = await store.readSettings();
  return {
    paused: pausedSites.includes(origin),
    urls: {
      loopback: developerMode || isLoopbackOrigin(origin),
      inward: developerMode ? 'all' : 'names',
    },
  };
}
