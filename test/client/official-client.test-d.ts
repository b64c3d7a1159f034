/** The official client takes the broker's `fetch` and its `authProvider` as they are; checked at each type check. */
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { AuthProvider, Broker } from '../../src/client/index.ts';

/** Both ways to connect. */
export function connects(broker: Broker, url: URL): StreamableHTTPClientTransport[] {
  const authProvider: AuthProvider = broker.authProvider(url.href);
  return [
    new StreamableHTTPClientTransport(url, { fetch: broker.fetch }),
    new StreamableHTTPClientTransport(url, { authProvider }),
  ];
}
