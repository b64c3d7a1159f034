/**
 * One MCP server with its authorization server, faithful to the specification. A row of the table changes one thing
 * about it: a document, a member of an answer, or what it does at one place. It keeps its own clock and counts what it
 * was asked.
 */
import { createHash, randomUUID } from 'node:crypto';
import { html, json, type Members } from './answers.ts';
import { ZONE, type Answer, type Respond, type Seen, type Wire } from './wire.ts';

/** A client that the person has registered by hand, known to every server. */
export const BY_HAND = { clientId: 'by-hand', clientSecret: 'secret-by-hand' };

/** One request on the wire, for printing: what it was, and the status that it got. */
export interface Exchange {
  what: string;
  status: number;
  request: Seen;
  answer: Answer;
}

interface Code {
  scope: string;
  challenge: string;
  client: string;
  redirect: string;
}

/** What is known of one client: where it may be sent back to, and its secret, if it has one. */
interface Client {
  redirects: readonly string[] | 'any';
  secret?: string;
  scope?: string;
}

const HOUR = 3600;

/** The server of one row, for one of the two clients. */
export class WildServer {
  /** Origins of the MCP server and of its authorization server. */
  readonly mcp: string;
  readonly login: string;
  /** The MCP endpoint. */
  url: string;
  /** Where its documents are; a row may `remove` one or put it elsewhere. */
  resourceUrl: string;
  metadataUrl: string;
  /** The protected resource metadata (RFC 9728). */
  resource: Members;
  /** The authorization server metadata (RFC 8414). */
  metadata: Members;
  /** `WWW-Authenticate` of the 401; several are several header lines; none is no header. */
  challenge: string | string[] | undefined;
  /** Headers of the MCP endpoint's answers, for pages of other origins. */
  cors: Record<string, string> = {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'www-authenticate',
  };
  /** What it hands out as an access token. */
  tokenShape: (token: string) => string = (token) => token;
  /** Members of the registration answer, changed. */
  registered: (answer: Members, form: Members) => Members | Answer = (answer) => answer;
  /** Refuses an authorization request, with an error code for the callback or a page of its own. */
  refuseAuthorization: (request: URLSearchParams, client: Client) => string | Answer | undefined =
    () => undefined;
  /** The authorization response, changed. */
  callback: (callback: URL) => void = () => undefined;
  /** Members of the answer to the code, changed. */
  exchanged: (answer: Members, form: URLSearchParams) => Members | Answer = (answer) => answer;
  /** The same of the answer to a refresh; a refusal comes in place of the tokens. */
  refreshed: (answer: Members, form: URLSearchParams) => Members | Answer = (answer) => answer;
  /** Tells what the MCP endpoint says to a request with a good token, when it is not 200. */
  served: (request: Seen, scope: string) => Answer | undefined = () => undefined;
  /** Somebody in between who answers instead: a proxy, a captive portal. */
  between: (request: Seen) => Answer | undefined = () => undefined;
  /** Whether a refresh token is spent by the next one (OAuth 2.1 §4.3.1). */
  isRotating = true;
  /** Added to the clock; milliseconds. */
  elapsed = 0;
  /** Everything that was asked, in order. */
  readonly wire: Exchange[] = [];
  private readonly routes = new Map<string, Respond>();
  private readonly clients = new Map<string, Client>();
  private readonly codes = new Map<string, Code>();
  private readonly access = new Map<string, { scope: string; until: number }>();
  private readonly refresh = new Map<string, string>();

  /** Both are on this computer. */
  readonly isLocal: boolean;

  /**
   * @param name tells the rows, and the two clients, apart
   * @param port on this computer, under both its names, where it is there
   */
  constructor(wire: Wire, name: string, port?: number) {
    this.isLocal = port !== undefined;
    this.mcp = port ? `http://localhost:${port}` : `https://mcp-${name}${ZONE}`;
    this.login = port ? `http://127.0.0.1:${port}` : `https://login-${name}${ZONE}`;
    this.url = `${this.mcp}/mcp`;
    this.resourceUrl = `${this.mcp}/.well-known/oauth-protected-resource/mcp`;
    this.metadataUrl = `${this.login}/.well-known/oauth-authorization-server`;
    this.challenge = `Bearer resource_metadata="${this.resourceUrl}"`;
    this.resource = {
      resource: this.url,
      authorization_servers: [this.login],
      scopes_supported: ['read'],
      bearer_methods_supported: ['header'],
    };
    this.metadata = metadataOf(this.login);
    this.clients.set(BY_HAND.clientId, { redirects: 'any' });
    for (const origin of [this.mcp, this.login]) {
      wire.serve(origin, (request) => this.respond(request));
    }
    this.install();
  }

  /** Answers at one address, whatever was there before. */
  at(url: string, respond: Respond | Answer): void {
    this.routes.set(url, typeof respond === 'function' ? respond : () => respond);
  }

  /** Puts the MCP endpoint at another path, and its documents with it. */
  moveTo(path: string): void {
    this.remove(this.url);
    this.remove(this.resourceUrl);
    this.url = this.mcp + path;
    this.resourceUrl = `${this.mcp}/.well-known/oauth-protected-resource${path === '/' ? '' : path}`;
    this.resource['resource'] = this.url;
    this.challenge = `Bearer resource_metadata="${this.resourceUrl}"`;
    this.at(this.url, (request) => this.serve(request));
    this.at(this.resourceUrl, () => json(this.resource));
  }

  /** Names another issuer, and puts its metadata where it is looked for first (RFC 8414 §3.1). */
  moveIssuer(issuer: string): void {
    const { origin, pathname } = new URL(issuer);
    this.remove(this.metadataUrl);
    this.metadataUrl = `${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname.replace(/\/$/, '')}`;
    this.resource['authorization_servers'] = [issuer];
    this.metadata['issuer'] = issuer;
    this.at(this.metadataUrl, () => json(this.metadata));
  }

  /** Has no protected resource metadata, and says so in no challenge. */
  forgetResource(): void {
    this.remove(this.resourceUrl);
    this.challenge = 'Bearer';
  }

  /** Is its own authorization server, with the metadata at its own origin, as servers of 2025-03-26 are. */
  beItsOwnIssuer(): void {
    this.remove(this.metadataUrl);
    this.metadataUrl = `${this.mcp}/.well-known/oauth-authorization-server`;
    this.metadata['issuer'] = this.mcp;
    this.at(this.metadataUrl, () => json(this.metadata));
  }

  /** Takes an address away. */
  remove(url: string): void {
    this.routes.delete(url);
  }

  /** Ends every access token that is out. */
  kill(): void {
    this.access.clear();
  }

  /** Ends every token that is out, those for refreshing too. */
  killAll(): void {
    this.access.clear();
    this.refresh.clear();
  }

  /** How often something was asked for, such as `refresh`. */
  count(what: string): number {
    return this.wire.filter((one) => one.what === what).length;
  }

  private get now(): number {
    return Date.now() + this.elapsed;
  }

  private install(): void {
    this.at(this.resourceUrl, () => json(this.resource));
    this.at(this.metadataUrl, () => json(this.metadata));
    this.at(this.url, (request) => this.serve(request));
    this.at(`${this.login}/authorize`, ({ url }) => this.authorize(url.searchParams));
    this.at(`${this.login}/register`, (request) => this.register(request));
    this.at(`${this.login}/token`, (request) => this.token(request));
    this.at(`${this.login}/revoke`, (request) => this.revoke(request));
  }

  private async respond(request: Seen): Promise<Answer> {
    const { origin, pathname, search } = request.url;
    const route = this.routes.get(origin + pathname + search) ?? this.routes.get(origin + pathname);
    const answer =
      this.between(request) ??
      (await (route ?? (() => json({ error: 'not_found' }, 404)))(request));
    this.wire.push({ what: this.nameOf(request), status: answer.status, request, answer });
    return answer;
  }

  private nameOf({ url, body, method }: Seen): string {
    if (url.pathname.includes('.well-known')) return 'metadata';
    if (url.origin + url.pathname === this.url) return method === 'GET' ? 'get' : 'mcp';
    const last = url.pathname.split('/').at(-1) ?? '';
    if (last !== 'token') return last;
    return body.includes('grant_type=refresh_token') ? 'refresh' : 'exchange';
  }

  /** The MCP endpoint. */
  serve(request: Seen): Answer {
    const [, token = ''] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const held = this.access.get(token);
    if (!held || held.until <= this.now) return this.unauthorized();
    const said = this.served(request, held.scope) ?? mcpAnswer(request);
    return { ...said, headers: { ...this.cors, ...said.headers } };
  }

  private unauthorized(): Answer {
    const challenge = this.challenge !== undefined && { 'www-authenticate': this.challenge };
    return { status: 401, headers: { ...this.cors, ...challenge }, body: 'Unauthorized' };
  }

  /** The registration endpoint. */
  register({ body }: Seen): Answer {
    const form = JSON.parse(body) as Members;
    const needsSecret = form['token_endpoint_auth_method'] !== 'none';
    const secret = needsSecret && { client_secret: randomUUID(), client_secret_expires_at: 0 };
    const said = this.registered({ ...form, client_id: randomUUID(), ...secret }, form);
    const refused = wholeOf(said);
    if (refused) return refused;
    const answer = said as Members;
    const { client_secret: given, token_endpoint_auth_method: method } = answer;
    const { redirect_uris: redirects, scope } = form;
    this.clients.set(String(answer['client_id']), {
      redirects: redirects as string[],
      ...(typeof scope === 'string' && { scope }),
      ...(typeof given === 'string' && given !== '' && method !== 'none' && { secret: given }),
    });
    return json(answer, 201);
  }

  /** The authorization endpoint: the user is known and says yes. */
  authorize(request: URLSearchParams): Answer {
    const [id, redirect] = [request.get('client_id') ?? '', request.get('redirect_uri') ?? ''];
    const client = this.clients.get(id);
    if (!client || !(client.redirects === 'any' || client.redirects.includes(redirect))) {
      return html('<h1>Unknown client or redirect_uri</h1>', 400);
    }
    const callback = new URL(redirect);
    const state = request.get('state');
    if (state !== null) callback.searchParams.set('state', state);
    const refused = this.refuseAuthorization(request, client);
    if (typeof refused === 'object') return refused;
    if (refused !== undefined) {
      callback.searchParams.set('error', refused);
    } else {
      const code = randomUUID();
      const challenge = request.get('code_challenge') ?? '';
      this.codes.set(code, {
        scope: request.get('scope') ?? 'read',
        challenge,
        client: id,
        redirect,
      });
      callback.searchParams.set('code', code);
    }
    this.callback(callback);
    return { status: 302, headers: { location: callback.href } };
  }

  /** The token endpoint. */
  token({ body, headers }: Seen): Answer {
    const form = new URLSearchParams(body);
    const client = clientIn(form, headers.authorization);
    const known = this.clients.get(client.id);
    if (!known || (known.secret !== undefined && known.secret !== client.secret)) {
      return json({ error: 'invalid_client' }, 401);
    }
    if (form.get('grant_type') === 'refresh_token') return this.renew(form);
    const code = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const verified = code && code.challenge === challengeOf(form.get('code_verifier') ?? '');
    if (!verified || code.client !== client.id || code.redirect !== form.get('redirect_uri')) {
      return json({ error: 'invalid_grant' }, 400);
    }
    return this.issue(code.scope, (answer) => this.exchanged(answer, form));
  }

  private renew(form: URLSearchParams): Answer {
    const presented = form.get('refresh_token') ?? '';
    const scope = this.refresh.get(presented);
    if (scope === undefined) return json({ error: 'invalid_grant' }, 400);
    const before = this.refresh.size;
    const issued = this.issue(form.get('scope') ?? scope, (answer) => this.refreshed(answer, form));
    if (this.isRotating && this.refresh.size > before) this.refresh.delete(presented);
    return issued;
  }

  /** Issues tokens as the row says; they are good however they are written. */
  private issue(scope: string, change: (answer: Members) => Members | Answer): Answer {
    const plain = {
      access_token: this.tokenShape(randomUUID()),
      token_type: 'Bearer',
      expires_in: HOUR,
      refresh_token: randomUUID(),
      scope,
    };
    const answer = change(plain);
    const whole = wholeOf(answer);
    const members = whole ? whole.issues : (answer as Members);
    if (members) {
      const { access_token: access, refresh_token: refresh, expires_in: life } = members;
      const lasts = Number(life) > 0 ? Number(life) : (this.lasts ?? HOUR);
      this.access.set(String(access), { scope, until: this.now + lasts * 1000 });
      if (typeof refresh === 'string') this.refresh.set(refresh, scope);
    }
    return whole ?? json(answer);
  }

  /** Seconds that a token lasts whose answer does not say so. */
  lasts: number | undefined;

  private revoke({ body }: Seen): Answer {
    const token = new URLSearchParams(body).get('token') ?? '';
    this.access.delete(token);
    this.refresh.delete(token);
    return { status: 200 };
  }
}

/** The metadata of an authorization server at this issuer. */
export function metadataOf(issuer: string, base = issuer): Members {
  return {
    issuer,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
    registration_endpoint: `${base}/register`,
    revocation_endpoint: `${base}/revoke`,
    scopes_supported: ['read'],
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
  };
}

/** An answer of its own, and the tokens that are issued with it all the same. */
interface Whole extends Answer {
  issues?: Members;
}

/** Tells a whole answer from the members of one. */
function wholeOf(answer: Members | Whole): Whole | undefined {
  const { status } = answer as { status?: unknown };
  const isWhole = typeof status === 'number' && ('headers' in answer || 'body' in answer);
  return isWhole ? (answer as Whole) : undefined;
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function clientIn(form: URLSearchParams, authorization = ''): { id: string; secret?: string } {
  const [, basic] = /^Basic (.+)$/i.exec(authorization) ?? [];
  if (basic === undefined) {
    const secret = form.get('client_secret');
    return { id: form.get('client_id') ?? '', ...(secret !== null && { secret }) };
  }
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':');
  return { id: decodeURIComponent(id), secret: decodeURIComponent(secret) };
}

function mcpAnswer({ method, body }: Seen): Answer {
  if (method !== 'POST') return { status: 405 };
  const message = JSON.parse(body) as { id?: unknown };
  if (message.id === undefined) return { status: 202 };
  return json({ jsonrpc: '2.0', id: message.id, result: {} });
}
