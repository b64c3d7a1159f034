/** Finds out whether there is a broker for this page, and over which channel. */
import type { Broker } from './broker.ts';
import { CARRY_PORT } from '../shared/carry-contract.ts';
import { PAGE_PORT } from '../shared/page-contract.ts';
import type { Channel } from './channel.ts';
import { Connection } from './connection.ts';
import { GrantkeeperError } from './errors.ts';
import { EXTENSION_IDS } from './extension-ids.ts';
import type { PageGlobal } from './platform.ts';
import { openRelayChannel } from './relay-channel.ts';
import { findRuntime, openRuntimeChannel } from './runtime-channel.ts';

/** A relay answers at once; this leaves room for a busy page. Milliseconds. */
const TIMEOUT = 500;

/** Where to look, and for how long. */
export interface FindBrokerOptions {
  /** Chrome: ids of further extensions that speak this contract, tried before the known ones. */
  extensionIds?: readonly string[];
  /**
   * Milliseconds until somebody must have answered. Default: 500 where nothing shows that there is an extension, and
   * 5000 where one has taken the port but isn't heard yet: the browser is busy, or has just been started.
   */
  timeout?: number;
}

/**
 * Finds the broker. In a page that is prerendered it resolves once the page is shown: until then no user is there,
 * and the broker would refuse.
 * @returns undefined when none is installed, or none that may be reached from this page
 * @throws GrantkeeperError when there is a broker and it refuses this page, such as `insecure_context` in a frame
 * @throws TypeError when there is one, and the rest of the SDK cannot be loaded from the page's site
 */
export async function findBroker({ extensionIds = [], timeout }: FindBrokerOptions = {}): Promise<
  Broker | undefined
> {
  await isShown();
  for (const open of channelsTo([...extensionIds, ...EXTENSION_IDS], timeout ?? TIMEOUT)) {
    const connection = new Connection(() => open(PAGE_PORT));
    try {
      // Chromium closes a port to nobody at once, and a relay has answered by now: an open port leads to somebody.
      const patience = timeout !== undefined && { ackTimeout: timeout };
      const info = await connection.call('hello', {}, { ...patience, repeats: 0 });
      // Most visitors have no broker, and need no more of the SDK than this (docs/decisions/0048).
      // eslint-disable-next-line no-restricted-syntax -- stays within the room, so no wall is passed
      const { createBroker } = await import('./broker.ts');
      return createBroker(connection, info, () => open(CARRY_PORT));
    } catch (error) {
      connection.close();
      if (!isAbsence(error)) throw error;
    }
  }
  return undefined;
}

/** Chromium prerenders pages that the user may visit next; elsewhere `document.prerendering` is undefined. */
async function isShown(): Promise<void> {
  const { document } = globalThis as PageGlobal;
  if (!document?.prerendering) return;
  await new Promise((resolve) => {
    document.addEventListener('prerenderingchange', resolve, { once: true });
  });
}

function channelsTo(
  extensionIds: string[],
  timeout: number,
): ((door: string) => Promise<Channel | undefined>)[] {
  if (typeof window === 'undefined') return [];
  const runtime = findRuntime();
  if (!runtime) return [(door) => openRelayChannel(door, timeout)];
  return extensionIds.map((id) => async (door) => openRuntimeChannel(runtime, id, door));
}

/** What the channel finds out on its own, that nobody is there, has no row in a broker's log. */
function isAbsence(error: unknown): boolean {
  return error instanceof GrantkeeperError && !error.correlationId;
}
