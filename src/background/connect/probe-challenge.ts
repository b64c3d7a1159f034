/** Asking an MCP server itself for its challenge. */
import { parseBearerChallenge, type BearerChallenge } from '../../protocol/challenge.ts';
import type { Ports, RequestLimits } from '../ports/ports.ts';
import type { FlowRecord } from '../ports/records.ts';

const PROBE: RequestLimits = { bytes: 65_536, milliseconds: 10_000 };

/**
 * Asks the MCP server itself for its challenge, without a token: when the page could not read it (Q6), or
 * when the page's copy points to another host (Z16). Only after the user has allowed this host. The request
 * carries the site's origin, as the page's own would: services on this computer tell by it who asks (Z14).
 * @returns undefined when the server does not challenge, or cannot be read
 */
export async function probeChallenge(
  ports: Pick<Ports, 'http'>,
  { asked, origin }: Pick<FlowRecord, 'asked' | 'origin'>,
): Promise<BearerChallenge | undefined> {
  const init = {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      origin,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  };
  try {
    const response = await ports.http(asked, init, PROBE);
    const header = response.status === 401 ? response.headers.get('www-authenticate') : null;
    return header === null ? undefined : parseBearerChallenge(header);
  } catch {
    // A hint that can't be had is no failure: the well-known URLs remain.
    return undefined;
  }
}
