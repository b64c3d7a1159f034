/** A web site of the demo: two pages on an origin of their own, and what the demo tells them as it goes on. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { DemoStep } from '../check-list.ts';
import { bundle } from './bundle.ts';

/** How a site looks: its colours and its mark. */
export type Face = 'notebook' | 'scratchpad';

/** What a site is made from, and what `/config.json` tells its pages. */
export interface SiteConfig {
  /** Shown as the site's name. */
  name: string;
  /** The MCP server that the site is a client of. */
  mcpUrl: string;
  /** The authorization server, so that a page can tell which of its own requests went there. */
  issuer?: string;
  /** A server without CORS, and one that wants a key: what a page cannot use on its own. */
  closedUrl?: string;
  keyedUrl?: string;
  /** Both sites of the demo, this one included. */
  sites?: Record<'first' | 'second', { name: string; origin: string }>;
  /** Further extension ids for the SDK to look for. */
  extensionIds?: readonly string[];
}

/** What the demo's servers have counted so far, for both sites together. */
export interface Tally {
  /** OAuth requests that reached them, without those that a page's own script has sent. */
  grantkeeper: number;
  /** How many of these renewed an access token. */
  refreshes: number;
  /** Windows in which Grantkeeper has asked something; absent where nobody counts them. */
  questions?: number;
  /** Steps of the check list that are done. */
  done: readonly DemoStep[];
}

/** The running demo, as a site sees it. */
interface Live {
  tally(): Tally;
  /** A page has seen this step; false if there is no such step. */
  note(step: string): boolean;
}

/** How a site is served. */
export interface SiteOptions {
  /** Default: as the notebook. */
  face?: Face;
  /** Default: the pages show no counts and no check list. */
  live?: Live;
}

const CONTENT_TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** How the document itself says its face, so that it is never seen with another one. */
const FACE = 'data-face="notebook"';

/**
 * `/` is the demo, `/bare` the page for tests, `/config.json` the site's configuration, `/live.json` the counts, and
 * `/did/<step>` ticks a step.
 */
export function createSite(config: SiteConfig, { face, live }: SiteOptions = {}): RequestListener {
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site.invalid');
    if (pathname === '/config.json') {
      answerJson(response, config);
      return;
    }
    if (live && pathname === '/live.json') {
      answerJson(response, live.tally());
      return;
    }
    if (live && pathname.startsWith('/did/')) {
      response.writeHead(note(request, live, pathname.slice('/did/'.length))).end();
      return;
    }
    bundle().then(
      (files) => {
        const name =
          pathname === '/' ? 'index.html' : pathname === '/bare' ? 'bare.html' : pathname.slice(1);
        const content = files.get(name);
        response.statusCode = content === undefined ? 404 : 200;
        response.setHeader('Content-Type', contentType(content === undefined ? '' : name));
        response.setHeader('Cache-Control', 'no-store');
        response.setHeader('Content-Security-Policy', POLICY);
        const isFaced = typeof content === 'string' && name === 'index.html' && face;
        response.end(
          isFaced ? content.replace(FACE, `data-face="${face}"`) : (content ?? 'Not found'),
        );
      },
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  };
}

function answerJson(response: ServerResponse, content: unknown): void {
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Cache-Control', 'no-store');
  response.end(JSON.stringify(content));
}

/** Only the site's own pages tick their steps. Returns the status of the answer. */
function note({ method, headers }: IncomingMessage, live: Live, step: string): number {
  if (method !== 'POST') return 405;
  if (headers.origin?.replace(/^https?:\/\//, '') !== headers.host) return 403;
  return live.note(step) ? 204 : 404;
}

/** A page needs its own scripts, and connections to whatever MCP server it is told. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src *; base-uri 'none'; frame-ancestors 'none'";

function contentType(name: string): string {
  return CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'text/plain; charset=utf-8';
}
