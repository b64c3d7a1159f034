/**
 * The gate of the MCP server: who holds a token for this very resource, and does it cover this operation?
 * A challenge names the scopes of the operation at hand only; adding them up is the client's duty (B7).
 */
import { getOAuthProtectedResourceMetadataUrl } from '@modelcontextprotocol/server';
import type { Request, RequestHandler, Response } from 'express';
import type { AccessToken } from './authorization-server.ts';
import { noteRequest } from './ledger.ts';

/**
 * Which scopes an operation needs, space-separated. The key is `tools/call:<tool>`, else the JSON-RPC method, else
 * the HTTP method, else `*`; the first that is there counts, and no rule means that any valid token will do.
 */
export type ScopeRules = Readonly<Record<string, string>>;

/** What the gate of one resource is made from. */
export interface Gate {
  resource: string;
  rules: () => ScopeRules;
  findAccessToken: (value: string) => Promise<AccessToken | undefined>;
}

/** Middleware that lets a request pass, or answers it with a challenge (RFC 6750 §3). */
export function gate({ resource, rules, findAccessToken }: Gate): RequestHandler {
  const metadata = getOAuthProtectedResourceMetadataUrl(new URL(resource));
  return async (request, response, next) => {
    const operations = operationsOf(request);
    noteRequest(request, { rpc: operations.map(([name]) => name).join(' ') });
    const needed = unique(operations.flatMap((names) => words(ruleFor(rules(), names))));

    const value = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (value === undefined) {
      challenge(response, 401, { scope: needed.join(' '), resource_metadata: metadata });
      return;
    }
    const token = await findAccessToken(value);
    if (token?.resource !== resource) {
      challenge(response, 401, {
        error: 'invalid_token',
        error_description: 'The access token is expired, revoked, or not for this resource',
        scope: needed.join(' '),
        resource_metadata: metadata,
      });
      return;
    }
    if (!needed.every((scope) => token.scopes.includes(scope))) {
      challenge(response, 403, {
        error: 'insufficient_scope',
        error_description: `This operation needs ${needed.join(' ')}`,
        scope: needed.join(' '),
        resource_metadata: metadata,
      });
      return;
    }
    next();
  };
}

/** Every scope that a set of rules can ask for. */
export function scopesIn(rules: ScopeRules): string[] {
  return unique(Object.values(rules).flatMap(words));
}

function challenge(response: Response, status: number, parameters: Record<string, string>): void {
  const listed = Object.entries(parameters)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}="${value}"`);
  response.status(status).set('WWW-Authenticate', `Bearer ${listed.join(', ')}`);
  response.json({ error: parameters['error'] ?? 'unauthorized' });
}

/** For each JSON-RPC message its rule keys, the most telling first. */
function operationsOf(request: Request): [string, ...string[]][] {
  if (request.method !== 'POST') return [[request.method]];
  const messages: unknown[] = [request.body ?? {}].flat();
  return messages.map((message) => {
    const { method, params } = message as { method?: unknown; params?: { name?: unknown } };
    if (typeof method !== 'string') return ['response', request.method];
    return method === 'tools/call'
      ? [`${method}:${String(params?.name)}`, method, request.method]
      : [method, request.method];
  });
}

function ruleFor(rules: ScopeRules, names: readonly string[]): string {
  const name = names.find((candidate) => Object.hasOwn(rules, candidate));
  return rules[name ?? '*'] ?? '';
}

function unique(scopes: string[]): string[] {
  return [...new Set(scopes)];
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
