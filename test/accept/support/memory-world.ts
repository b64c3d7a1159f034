/** The scripted world around servers in memory: what is counted there needs no network. */
import { World } from '../../flow/world.ts';
import { StrictProvider } from './strict-provider.ts';

/** The origin of the MCP servers. */
export const HUB = 'https://mcp.example';

/** Every address of the hub is a resource of its own, at this provider. */
const eachAddress = (issuer: string) => (url: URL) => ({
  resource: HUB + url.pathname.replace('/.well-known/oauth-protected-resource', '') + url.search,
  authorization_servers: [issuer],
});

/** What a memory world is made of. */
export interface MemoryServers {
  siteA: { origin: string };
  mcpServer: { url: string };
  provider: StrictProvider;
  close(): Promise<void>;
}

/** A world whose servers are in memory; its prompts are answered as in every other world. */
export async function openMemoryWorld(): Promise<World<MemoryServers>> {
  const issuer = 'https://as.example';
  const provider = new StrictProvider(issuer, eachAddress(issuer));
  const world = await World.beside<MemoryServers>({
    siteA: { origin: 'https://a.example' },
    mcpServer: { url: `${HUB}/mcp` },
    provider,
    close: () => Promise.resolve(),
  });
  world.ports.http = provider.http;
  let windows = 1000;
  world.ports.authWindow = {
    ...world.ports.authWindow,
    open: (url, opened) => {
      opened(windows++);
      const callback = new URL(provider.authorize(url));
      world.tamper(callback);
      return Promise.resolve(callback.href);
    },
  };
  return world;
}
