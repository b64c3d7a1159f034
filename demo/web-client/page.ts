/**
 * The demo page: the official MCP client with one option, `fetch: broker.fetch`. Everything about OAuth happens
 * elsewhere; the page only tells what it sees of it.
 */
import {
  Client,
  InsufficientScopeError,
  SdkHttpError,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { findBroker } from '../../src/client/index.ts';
import { countSent, findCredentials, readStores } from './credentials.ts';
import { startMore } from './more.ts';
import type { SiteConfig } from './site.ts';
import {
  element,
  showCredentials,
  showNotes,
  showScopes,
  showStatus,
  tell,
  type Happening,
} from './view.ts';

type Broker = NonNullable<Awaited<ReturnType<typeof findBroker>>>;

interface Note {
  id: number;
  text: string;
}

// First of all, so that nothing is sent uncounted.
const credentialsSent = countSent();
const config = (await (await fetch('/config.json')).json()) as SiteConfig;
const resource = config.mcpUrl;
let client: Client | undefined;
let others: Record<string, Client> = {};
let isReleasing = false;
let scopes: readonly string[] = [];
let notes: readonly Note[] = [];

document.title = config.name;
element('site').textContent = config.name;
element('server').textContent = resource;
element('retry').onclick = () => {
  location.reload();
};

const broker = await findBroker(
  config.extensionIds ? { extensionIds: [...config.extensionIds] } : {},
);
lookForCredentials();
if (broker) await start(broker);
else {
  element('no-broker').hidden = false;
  showStatus('no-broker');
}

async function start(found: Broker): Promise<void> {
  element('connect').onclick = () => attempt('connect', () => connect(found));
  element('read').onclick = () => attempt('read', () => call('read_notes'));
  element('compose').onsubmit = (event) => {
    event.preventDefault();
    const { value } = element<HTMLInputElement>('text');
    void attempt('write', () => call('add_note', { text: value }));
  };
  element('delete').onclick = () =>
    attempt('delete', () => call('delete_note', { id: notes.at(-1)?.id ?? 0 }));
  element('release').onclick = () => attempt('release', () => release(found));

  found.addEventListener('grantchange', (event) => {
    if (event.resource === resource) learnScopes(event.scopes);
  });
  found.addEventListener('revoked', (event) => {
    if (event.resource === resource && !isReleasing) beRevoked(event.scopes);
  });

  others = startMore(config, found.fetch, lookForCredentials);
  tell('found', 'Grantkeeper is here.');
  const held = await found.permission(resource);
  scopes = held.scopes;
  showScopes(scopes);
  showStatus('ready');
  if (held.granted) tell('found', `This site was allowed before: ${held.scopes.join(', ')}.`);
  enable(false);

  async function attempt(step: string, work: () => Promise<[Happening, string]>): Promise<void> {
    showStatus('waiting');
    enable(undefined);
    const started = performance.now();
    let outcome: [Happening, string];
    try {
      outcome = await work();
    } catch (error) {
      outcome = explain(step, error);
    }
    const took = performance.now() - started;
    learnScopes((await found.permission(resource)).scopes);
    tell(...outcome, took);
    lookForCredentials();
    const [kind] = outcome;
    showStatus(client ? 'connected' : kind === 'released' ? 'disconnected' : 'failed');
    enable(client !== undefined);
  }
}

/** Everything that this page holds, and what it has sent. */
function lookForCredentials(): void {
  const held = { broker, client, others, notes, config };
  showCredentials(findCredentials({ stored: readStores(), held, sent: credentialsSent() }));
}

async function connect(found: Broker): Promise<[Happening, string]> {
  const fresh = new Client({ name: config.name, version: '1.0.0' });
  await fresh.connect(new StreamableHTTPClientTransport(new URL(resource), { fetch: found.fetch }));
  client = fresh;
  const { tools } = await fresh.listTools();
  return ['connected', `Connected. Tools: ${tools.map((tool) => tool.name).join(', ')}.`];
}

async function call(
  name: string,
  args: Record<string, unknown> = {},
): Promise<[Happening, string]> {
  if (!client) throw new Error('not connected');
  const result = await client.callTool({ name, arguments: args });
  notes = (result.structuredContent as { notes?: Note[] } | undefined)?.notes ?? notes;
  showNotes(notes.map((note) => note.text));
  const text = name === 'read_notes' ? `${notes.length} notes read.` : textOf(result.content);
  return [result.isError === true ? 'failed' : 'called', `${name}: ${text}`];
}

async function release(found: Broker): Promise<[Happening, string]> {
  isReleasing = true;
  try {
    await client?.close();
    client = undefined;
    const { released } = await found.release(resource);
    return [
      'released',
      released ? 'This site gave its access back.' : 'There was nothing to give back.',
    ];
  } finally {
    isReleasing = false;
  }
}

/** Somebody took the grant back while the page was open. */
function beRevoked(left: readonly string[]): void {
  scopes = [...left];
  showScopes(scopes);
  client?.close().catch(() => {});
  client = undefined;
  tell('revoked', 'The broker says: this site’s access was taken back.');
  showStatus('disconnected');
  enable(false);
}

/** Shows what the site holds now, and says what changed since the last time. */
function learnScopes(now: readonly string[]): void {
  const added = now.filter((scope) => !scopes.includes(scope));
  const removed = scopes.filter((scope) => !now.includes(scope));
  if (added.length > 0) {
    if (scopes.length === 0) tell('changed', `This site was allowed ${added.join(', ')}.`);
    else tell('step-up', `Step-up: this site was also allowed ${added.join(', ')}.`);
  }
  if (removed.length > 0) tell('changed', `No longer allowed: ${removed.join(', ')}.`);
  scopes = [...now];
  showScopes(scopes);
}

function explain(step: string, error: unknown): [Happening, string] {
  if (error instanceof InsufficientScopeError) {
    const needed = error.requiredScope ?? 'more than this site has';
    return ['refused', `${step}: not allowed; the server wants ${needed}.`];
  }
  const status = error instanceof SdkHttpError ? error.status : undefined;
  if (error instanceof UnauthorizedError || status === 401) {
    return ['refused', `${step}: not allowed; the server lets nobody in without a token.`];
  }
  return ['failed', `${step}: ${error instanceof Error ? error.message : String(error)}`];
}

/** `undefined` while something is under way. */
function enable(connected: boolean | undefined): void {
  const set = (id: string, enabled: boolean) => {
    element<HTMLButtonElement>(id).disabled = !enabled;
  };
  set('connect', connected === false);
  for (const id of ['read', 'write', 'delete']) set(id, connected === true);
  set('release', connected === true || (connected === false && scopes.length > 0));
}

function textOf(content: unknown): string {
  const [first] = content as { text?: string }[];
  return first?.text ?? '';
}
