/**
 * Plays a scenario through the worker's core in Node: the official client, with a fetch that first makes the page's own
 * request, and has it carried once the server has refused that.
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { carry } from '../flow/bound-servers.ts';
import { World, type Servers } from '../flow/world.ts';
import type { Assignment, Play } from './driver.ts';

/** Plays it, for a page at the server's own origin. */
export async function playInCore(
  { url, version }: Assignment,
  decision: 'allow' | 'deny',
): Promise<Play> {
  const { origin } = new URL(url);
  const close = () => Promise.resolve();
  const world = await World.beside({ siteA: { origin }, mcpServer: { url }, close });
  world.answer = () => decision;
  let error: string | null = null;
  try {
    const client = new Client(
      { name: 'grantkeeper-conformance', version: '1.0.0' },
      version === '2026-07-28' ? { versionNegotiation: { mode: 'auto' } } : {},
    );
    const transport = new StreamableHTTPClientTransport(new URL(url), { fetch: fetchIn(world) });
    await client.connect(transport);
    await client.listTools();
    await client.callTool({ name: 'test-tool', arguments: {} });
    await client.close();
  } catch (cause) {
    error = String(cause);
  }
  await world.close();
  return { error, clicks: world.prompts.length, told: null, faults: [] };
}

function fetchIn(world: World<Servers>) {
  return async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const own = await world.ports.store.findGrant(new URL(world.resource).origin, world.resource);
    const refused = own ? undefined : await fetch(request.clone());
    if (refused && refused.status !== 401) return refused;
    const challenge = refused?.headers.get('www-authenticate');
    const { method, url } = request;
    return carry(world, {
      ...{ method, url },
      headers: [...request.headers],
      body: new Uint8Array(await request.arrayBuffer()),
      ...(challenge && { challenge }),
    });
  };
}
