/** A web site of the demo: two pages on an origin of their own, and nothing behind them. */
import type { RequestListener } from 'node:http';
import { bundle } from './bundle.ts';

/** What a site is made from, and what `/config.json` tells its pages. */
export interface SiteConfig {
  /** Shown as the site's name. */
  name: string;
  /** The MCP server that the site is a client of. */
  mcpUrl: string;
  /** A server without CORS, and one that wants a key: what a page cannot use on its own. */
  closedUrl?: string;
  keyedUrl?: string;
  /** Further extension ids for the SDK to look for. */
  extensionIds?: readonly string[];
}

const CONTENT_TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** `/` is the demo, `/bare` the page for tests, `/config.json` the site's configuration. */
export function createSite(config: SiteConfig): RequestListener {
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site.invalid');
    if (pathname === '/config.json') {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(config));
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
        response.end(content ?? 'Not found');
      },
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  };
}

/** A page needs its own scripts, and connections to whatever MCP server it is told. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src *; base-uri 'none'; frame-ancestors 'none'";

function contentType(name: string): string {
  return CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'text/plain; charset=utf-8';
}
