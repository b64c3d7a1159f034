/** Asking an MCP server itself what it wants. */
import { parseBearerChallenge, type BearerChallenge } from '../../protocol/challenge.ts';
import { isSignInThere, type Contact } from '../../protocol/no-metadata.ts';
import { hostPattern } from '../../protocol/url-policy.ts';
import type { Ports, RequestLimits } from '../ports/ports.ts';
import type { FlowRecord } from '../ports/records.ts';

/** Only the head is of interest: an answer may be a stream that doesn't end. */
const PROBE: RequestLimits = { bytes: 0, milliseconds: 10_000 };

/** The first words of a client, by revision: the one that servers of old know, and the one that has no `initialize`. */
const [OLDER, NEWER] = [
  { method: 'initialize', revision: '2025-06-18' },
  { method: 'server/discover', revision: '2026-07-28' },
] as const;

const COMMON = {
  accept: 'application/json, text/event-stream',
  'content-type': 'application/json',
};

/** What a server answered to somebody who brings nothing. */
export interface Probed extends Contact {
  challenge: BearerChallenge | undefined;
}

/**
 * Sends the MCP server one `initialize` without any credential: for its challenge, when the page could not read it (Q6)
 * or the page's copy points to another host (Z16), and for what it wants where nothing says so (Z38). A server of
 * revision 2026-07-28 alone knows no such message and is sent `server/discover` after it. Only after the user has
 * allowed this host. The request carries the site's origin, as the page's own would: services on this computer tell by
 * it who asks (Z14).
 * @returns undefined when there is no answer
 */
export async function probeServer(
  ports: Pick<Ports, 'http' | 'hasHostAccess'>,
  { asked, origin }: Pick<FlowRecord, 'asked' | 'origin'>,
): Promise<Probed | undefined> {
  // Elsewhere the browser asks the server first whether it allows each of these names, and many don't.
  const isOurs = await ports.hasHostAccess([hostPattern(asked)]);
  const send = (first: FirstWords) => {
    const named = isOurs && { 'mcp-method': first.method, 'mcp-protocol-version': first.revision };
    const headers = { ...COMMON, ...named, origin };
    const init = { method: 'POST', headers, body: JSON.stringify(greeting(first)) };
    return ports.http(asked, init, PROBE).catch(() => undefined);
  };
  let answer = await send(OLDER);
  if (answer?.status === 400 || answer?.status === 404) answer = await send(NEWER);
  if (!answer) return undefined;
  const { status, headers } = answer;
  const header = status === 401 ? headers.get('www-authenticate') : null;
  return {
    status,
    contentType: headers.get('content-type') ?? '',
    challenge: readChallenge(header),
  };
}

type FirstWords = typeof OLDER | typeof NEWER;

/** What a client says first; what later revisions want said in every message, earlier ones let be. */
function greeting({ method, revision }: FirstWords): object {
  const clientInfo = { name: 'Grantkeeper', version: '1' };
  const capabilities = {};
  const said = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
  const opening = { protocolVersion: revision, capabilities, clientInfo };
  const params = { ...(method === 'initialize' && opening), _meta: said };
  return { jsonrpc: '2.0', id: 1, method, params };
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
