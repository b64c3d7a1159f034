/**
 * Twelve ways in which real servers keep web pages out, each as a front before a server that is sound otherwise. A front
 * changes the one thing that it is named after.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a front does to one request; true when it has answered and the server behind hears nothing. */
type Front = (
  request: IncomingMessage,
  response: ServerResponse,
  place: { elsewhere: string },
) => boolean;

/** One broken server. */
export interface Breakage {
  id: string;
  /** For the table: what is wrong with it. */
  what: string;
  /** Which of the official client's transports the page uses. Default Streamable HTTP. */
  transport?: 'sse';
  /** The revision that the page's client speaks, if it is not left to the client. */
  pin?: '2026-07-28';
  front: Front;
}

/** The twelve, in the order of their report. */
export const BREAKAGES = [
  { id: 'no-cors', what: 'no CORS at all', front: changing(withoutCors) },
  {
    id: 'unexposed',
    what: 'CORS, but the challenge is not exposed',
    front: changing((response) => response.removeHeader('Access-Control-Expose-Headers')),
  },
  { id: 'preflight-401', what: 'preflight answered 401', front: preflight(401) },
  { id: 'preflight-403', what: 'preflight answered 403', front: preflight(403) },
  { id: 'preflight-405', what: 'preflight answered 405', front: preflight(405) },
  {
    id: 'star-credentials',
    what: 'Access-Control-Allow-Origin: * with credentials',
    front: changing((response) => {
      for (const name of ['Origin', 'Headers', 'Methods']) {
        response.setHeader(`Access-Control-Allow-${name}`, '*');
      }
      response.setHeader('Access-Control-Expose-Headers', '*');
      response.setHeader('Access-Control-Allow-Credentials', 'true');
    }),
  },
  {
    id: 'no-cors-on-refusals',
    what: 'CORS on success, none on 401 and 403',
    front: changing((response, status) => {
      if (status === 401 || status === 403) withoutCors(response);
    }),
  },
  {
    id: 'no-mcp-headers',
    what: 'no Mcp-* among the allowed headers',
    front: allowing('Authorization, Content-Type, Accept'),
  },
  { id: 'extension-origin', what: 'Origin of extensions refused with 403', front: noExtensions },
  { id: 'redirect', what: 'a redirect on the endpoint', front: redirect },
  {
    id: 'sse',
    what: 'the old event-stream transport without CORS',
    transport: 'sse',
    front: changing(withoutCors),
  },
  {
    id: 'headers-2026',
    what: 'headers of 2026-07-28 not allowed',
    pin: '2026-07-28',
    front: allowing(
      'Authorization, Content-Type, Accept, Last-Event-ID, Mcp-Protocol-Version, Mcp-Session-Id',
    ),
  },
] as const satisfies readonly Breakage[];

export type BreakageId = (typeof BREAKAGES)[number]['id'];

/** Takes away whatever lets a page read an answer. */
function withoutCors(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) {
    if (name.startsWith('access-control-')) response.removeHeader(name);
  }
}

/** Changes the head of every answer, just before it leaves. */
function changing(change: (response: ServerResponse, status: number) => unknown): Front {
  return (_request, response) => {
    const { writeHead } = response;
    response.writeHead = function (this: ServerResponse, ...head: Parameters<typeof writeHead>) {
      change(this, head[0]);
      return writeHead.apply(this, head);
    } as typeof writeHead;
    return false;
  };
}

/** Some middleware wants a token, or knows only the methods that it was written for, before CORS has its turn. */
function preflight(status: number): Front {
  return ({ method }, response) => {
    if (method !== 'OPTIONS') return false;
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.writeHead(status).end();
    return true;
  };
}

function allowing(headers: string): Front {
  const allow = changing((response) => response.setHeader('Access-Control-Allow-Headers', headers));
  return (request, response, place) =>
    request.method === 'OPTIONS' && allow(request, response, place);
}

function noExtensions({ headers }: IncomingMessage, response: ServerResponse): boolean {
  if (!/^(?:chrome|moz)-extension:/.test(headers.origin ?? '')) return false;
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.writeHead(403, { 'Content-Type': 'application/json' });
  response.end('{"error":"origin not allowed"}');
  return true;
}

/** The endpoint has moved to another host, as after a change of hosting. Everything else is where it was. */
function redirect(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  { elsewhere }: { elsewhere: string },
): boolean {
  if (method === 'OPTIONS' || url !== '/mcp') return false;
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.writeHead(307, { Location: elsewhere }).end();
  return true;
}
