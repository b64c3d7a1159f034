/** The card of servers that a page cannot use on its own: one button for each, and what came of it. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { SiteConfig } from './site.ts';
import { element } from './view.ts';

/** Its buttons, by the member of the configuration that names the server. */
const CARDS = { closedUrl: 'closed', keyedUrl: 'keyed' } as const;

/**
 * Shows the card where there are such servers.
 * @param asked called when one is about to be used, and after it
 * @returns the clients that are connected, by server
 */
export function startMore(
  config: SiteConfig,
  fetch: typeof globalThis.fetch,
  asked: () => void,
): Record<string, Client> {
  const clients: Record<string, Client> = {};
  for (const [member, id] of Object.entries(CARDS) as [keyof typeof CARDS, string][]) {
    const url = config[member];
    if (url === undefined) continue;
    element('more').hidden = false;
    element(`${id}-server`).textContent = url;
    if (id === 'keyed') element<HTMLAnchorElement>('key-page').href = new URL('/key', url).href;
    const button = element<HTMLButtonElement>(`${id}-read`);
    button.disabled = false;
    button.onclick = async () => {
      button.disabled = true;
      show(id, 'waiting', 'Waiting …');
      try {
        clients[id] ??= await connect(config.name, url, fetch);
        const { structuredContent } = await clients[id].callTool({ name: 'read_notes' });
        const { notes } = structuredContent as { notes: unknown[] };
        show(id, 'read', `${notes.length} notes read.`);
      } catch (error) {
        show(id, 'failed', error instanceof Error ? error.message : String(error));
      }
      button.disabled = false;
      asked();
    };
  }
  return clients;
}

async function connect(name: string, url: string, fetch: typeof globalThis.fetch): Promise<Client> {
  const client = new Client({ name, version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch }));
  return client;
}

function show(id: string, state: string, text: string): void {
  const line = element(`${id}-state`);
  line.dataset['state'] = state;
  line.textContent = text;
}
