/**
 * The demo page: the official MCP client with one option, `fetch: broker.fetch`. Everything about OAuth happens
 * elsewhere; the page tells what it sees of it, and what it cost.
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
import { Live } from './live.ts';
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
import { describeRefusal, describeSpent, spentBetween, stepsSeen, type Attempt } from './words.ts';

type Step = Attempt['step'];
type Broker = NonNullable<Awaited<ReturnType<typeof findBroker>>>;

interface Note {
  id: number;
  text: string;
}

/** A browser that has only just started may need longer than the SDK waits by itself; milliseconds. */
const PATIENCE_MS = 3000;

/** What an attempt is called in a sentence. */
const DOING: Readonly<Record<Step, string>> = {
  connect: 'Connecting',
  read: 'Reading',
  write: 'Adding a note',
  delete: 'Deleting a note',
  release: 'Disconnecting',
};

// First of all, so that nothing is sent uncounted.
const credentialsSent = countSent();
const config = (await (await fetch('/config.json')).json()) as SiteConfig;
const resource = config.mcpUrl;
let client: Client | undefined;
let others: Record<string, Client> = {};
let isReleasing = false;
let scopes: readonly string[] = [];
let notes: readonly Note[] = [];
/** How often this site was allowed more than it had. */
let stepUps = 0;
/** When an attempt was last refused after a question. */
const denials = new Map<Step, string>();

introduce();
const live = new Live(config);

const broker = await findBroker({
  timeout: PATIENCE_MS,
  ...(config.extensionIds && { extensionIds: [...config.extensionIds] }),
});
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

  async function attempt(step: Step, work: () => Promise<[Happening, string]>): Promise<void> {
    showStatus('waiting');
    enable(undefined);
    const before = await live.look();
    const formerStepUps = stepUps;
    const outcome = await work().catch((error: unknown) => error);
    learnScopes((await found.permission(resource)).scopes);
    const spent = spentBetween(before, await live.look());
    const wasDenied = denials.has(step);
    const [kind, words] = Array.isArray(outcome)
      ? (outcome as [Happening, string])
      : explain(step, outcome, spent?.asked);
    tell(kind, words, spent && describeSpent(spent));
    lookForCredentials();
    showStatus(client ? 'connected' : kind === 'released' ? 'disconnected' : 'failed');
    enable(client !== undefined);
    await live.did(stepsSeen({ step, kind, spent, steppedUp: stepUps > formerStepUps, wasDenied }));
  }
}

/** Says whose page this is, and what it needs Grantkeeper for. */
function introduce(): void {
  document.title = config.name;
  element('site').textContent = config.name;
  element('server').textContent = new URL(resource).host;
  const { first, second } = config.sites ?? {};
  for (const place of document.querySelectorAll('[data-site]')) {
    const site = place.getAttribute('data-site') === 'second' ? second : first;
    if (site === undefined) continue;
    place.textContent = site.name;
    if (place instanceof HTMLAnchorElement) place.href = site.origin;
  }
  element('retry').onclick = () => {
    location.reload();
  };
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
  await call('read_notes');
  return ['connected', `Connected: ${tools.length} tools, and ${notes.length} notes read at once.`];
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
  return [result.isError === true ? 'failed' : 'called', text];
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
  tell('revoked', 'You disconnected this site in Grantkeeper. Its access has ended.');
  showStatus('disconnected');
  enable(false);
  void live.did(['revoke']);
}

/** Shows what the site holds now, and says what changed since the last time. */
function learnScopes(now: readonly string[]): void {
  const added = now.filter((scope) => !scopes.includes(scope));
  const removed = scopes.filter((scope) => !now.includes(scope));
  if (added.length > 0) {
    if (scopes.length === 0) tell('changed', `You allowed this site ${added.join(', ')}.`);
    else {
      stepUps += 1;
      tell('step-up', `Step-up: you also allowed this site ${added.join(', ')}.`);
    }
  }
  if (removed.length > 0) tell('changed', `No longer allowed: ${removed.join(', ')}.`);
  scopes = [...now];
  showScopes(scopes);
}

/** What an error means for the visitor; a refusal after a question is remembered. */
function explain(step: Step, error: unknown, asked: number | undefined): [Happening, string] {
  const isScope = error instanceof InsufficientScopeError;
  const status = error instanceof SdkHttpError ? error.status : undefined;
  if (!isScope && !(error instanceof UnauthorizedError) && status !== 401) {
    return ['failed', `${DOING[step]}: ${error instanceof Error ? error.message : String(error)}`];
  }
  const needed = isScope ? error.requiredScope : undefined;
  const deniedAt = denials.get(step);
  if (asked !== undefined && asked > 0) denials.set(step, timeOfDay());
  return ['refused', describeRefusal({ what: DOING[step], needed, asked, deniedAt })];
}

function timeOfDay(): string {
  return new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
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
