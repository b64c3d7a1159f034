/** Asking an MCP server itself what it wants. */
import { parseBearerChallenge, type BearerChallenge } from '../../protocol/challenge.ts';
import { isSignInThere, type Contact } from '../../protocol/no-metadata.ts';
import type { Ports, RequestLimits } from '../ports/ports.ts';
import type { FlowRecord } from '../ports/records.ts';

/** Only the head is of interest: an answer may be a stream that doesn't end. */
const PROBE: RequestLimits = { bytes: 0, milliseconds: 10_000 };

/** The revision that every server of today knows or answers with its own. */
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'Grantkeeper', version: '1' },
  },
};

/** What a server answered to somebody who brings nothing. */
export interface Probed extends Contact {
  challenge: BearerChallenge | undefined;
}

/**
 * Sends the MCP server one `initialize` without any credential: for its challenge, when the page could not read it (Q6)
 * or the page's copy points to another host (Z16), and for what it wants where nothing says so (Z38). Only after the
 * user has allowed this host. The request carries the site's origin, as the page's own would: services on this computer
 * tell by it who asks (Z14).
 * @returns undefined when there is no answer
 */
export async function probeServer(
  ports: Pick<Ports, 'http'>,
  { asked, origin }: Pick<FlowRecord, 'asked' | 'origin'>,
): Promise<Probed | undefined> {
  const init = {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      origin,
    },
    body: JSON.stringify(INITIALIZE),
  };
  const answer = await ports.http(asked, init, PROBE).catch(() => undefined);
  if (!answer) return undefined;
  const { status, headers } = answer;
  const header = status === 401 ? headers.get('www-authenticate') : null;
  return {
    status,
    contentType: headers.get('content-type') ?? '',
    challenge: readChallenge(header),
  };
}

/** A hint that can't be read is no failure: the well-known URLs remain. */
function readChallenge(header: string | null): BearerChallenge | undefined {
  try {
    return header === null ? undefined : parseBearerChallenge(header);
  } catch {
    return undefined;
  }
}

/** Whether there is a sign-in page at the place that the 2025-03-26 rules name. */
export async function probeSignIn(ports: Pick<Ports, 'http'>, page: string): Promise<boolean> {
  const answer = await ports.http(page, { method: 'GET' }, PROBE).catch(() => undefined);
  return answer !== undefined && isSignInThere(answer.status);
}
