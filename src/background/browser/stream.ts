/**
 * A carried request on the wire. As in http.ts nothing of the browser's is inherited: no cookies, cache, referrer, and
 * no redirect is followed. The answer's body isn't read here. Its reader may stop, and Chromium then stops the server
 * (Firefox goes on loading).
 */
import { BrokerError } from '../../shared/errors.ts';
import type { Streaming } from '../ports/ports.ts';
import { isRedirect } from './http.ts';
import { withOrigin } from './origin-rule.ts';

/** Servers whose protocol is remembered. */
const MOST_SERVERS = 200;
/** What each server spoke last. A request is listed once its body has ended, so this is what was before. */
const protocols = new Map<string, string>();

new PerformanceObserver((list) => {
  for (const { name, nextHopProtocol } of list.getEntries() as PerformanceResourceTiming[]) {
    const { origin } = new URL(name);
    // Firefox hides it from an extension.
    if (nextHopProtocol) protocols.set(origin, nextHopProtocol);
    const [oldest] = protocols.keys();
    if (oldest !== undefined && protocols.size > MOST_SERVERS) protocols.delete(oldest);
  }
}).observe({ type: 'resource' });

/** What a server has spoken; empty where nothing is known of it. */
export function protocolOf(server: string): string {
  return protocols.get(server) ?? '';
}

/** Sends it in the name of the site, whose origin the server sees. */
export const stream: Streaming = async (url, init, signal) => {
  const { method, headers: sent, body, origin } = init;
  const failed = (reason: 'unreachable' | 'redirected', cause?: unknown) =>
    new BrokerError('network_error', { detail: { host: new URL(url).host, reason }, cause });
  let response: Response;
  try {
    response = await fetch(await withOrigin(url, origin), {
      method,
      headers: sent.map(([name, value]): [string, string] => [name, value]),
      // Bytes have a length, which some servers insist on; a Blob would have one too, and be written elsewhere first.
      ...(body && { body }),
      credentials: 'omit',
      cache: 'no-store',
      // Not followed either: so it can be told from a server that is down.
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
      signal,
    });
  } catch (cause) {
    if (signal.aborted) throw new BrokerError('aborted', { cause });
    throw failed('unreachable', cause);
  }
  if (isRedirect(response)) {
    await response.body?.cancel();
    throw failed('redirected');
  }
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    body: response.body,
    protocol: protocolOf(new URL(url).origin),
  };
};
