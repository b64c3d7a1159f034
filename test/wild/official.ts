/**
 * The yardstick: the official client before the same server, with a provider that keeps everything in memory and does
 * all that the interface offers, as a careful host would.
 */
import {
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type OAuthClientProvider,
} from '@modelcontextprotocol/client';
import { BY_HAND, type WildServer } from './server.ts';
import type { Wire } from './wire.ts';
import { keeping } from '../support/official-provider.ts';

const REDIRECT = 'https://client.wild.example/callback';

/** The official client and its person, who signs in wherever they are sent. */
export class Official {
  /** Sign-in pages that it opened. */
  windows = 0;
  private readonly wire: Wire;
  private readonly server: WildServer;
  private readonly provider: OAuthClientProvider;
  private readonly opened: URL[] = [];

  /** @param byHand the person has registered a client, and entered it where hosts have a field for that */
  constructor(wire: Wire, server: WildServer, byHand: boolean) {
    this.wire = wire;
    this.server = server;
    this.provider = providerIn(new Map(), this.opened, byHand);
  }

  /** One call to the MCP server, signing in where it is wanted; true when the server has served it. */
  async call(): Promise<boolean> {
    try {
      await this.send();
      return true;
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) return false;
    }
    try {
      const callback = await this.signIn();
      await this.open().finishAuth(callback.searchParams);
      await this.send();
      return true;
    } catch {
      return false;
    }
  }

  private open(): StreamableHTTPClientTransport {
    const { provider: authProvider, wire, server } = this;
    return new StreamableHTTPClientTransport(new URL(server.url), {
      authProvider,
      fetch: wire.fetch,
    });
  }

  private async send(): Promise<void> {
    const transport = this.open();
    await transport.start();
    try {
      await transport.send({ jsonrpc: '2.0', id: 1, method: 'ping' });
    } finally {
      await transport.close();
    }
  }

  private async signIn(): Promise<URL> {
    this.windows += 1;
    const url = this.opened.pop() ?? new URL('about:blank');
    const response = await this.wire.fetch(url, { redirect: 'manual' });
    return new URL(response.headers.get('location') ?? '', url);
  }
}

function providerIn(
  kept: Map<string, unknown>,
  opened: URL[],
  byHand: boolean,
): OAuthClientProvider {
  const client = { client_id: BY_HAND.clientId, client_secret: BY_HAND.clientSecret };
  if (byHand) kept.set('client', client);
  return {
    redirectUrl: REDIRECT,
    clientMetadata: {
      client_name: 'Yardstick',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    ...keeping(kept),
    redirectToAuthorization: (url) => void opened.push(url),
    invalidateCredentials: (scope) => {
      for (const name of ['client', 'tokens', 'verifier', 'discovery']) {
        if (scope === 'all' || scope === name) kept.delete(name);
      }
      if (byHand) kept.set('client', client);
    },
  };
}
