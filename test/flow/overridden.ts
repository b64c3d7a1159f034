/** Servers that break a rule, played on the wire of test/wild, and what a person does about them (Z53). */
import { afterEach, beforeEach } from 'vitest';
import { serveDocument } from '../../src/background/doors/document-door.ts';
import type { Override, OverrideEntry, OverrideKey } from '../../src/shared/facts/override.ts';
import type { PromptSnapshot } from '../../src/shared/prompt.ts';
import { Ours } from '../wild/ours.ts';
import { fetchOf } from '../wild/run.ts';
import { BY_HAND, WildServer, type Exchange } from '../wild/server.ts';
import { openWire, type Wire } from '../wild/wire.ts';
import type { Answer } from './world.ts';

/** A person who ticks every control that a question has, and allows. */
export const ticking = ({ stage, missing = [] }: PromptSnapshot): Answer =>
  stage === 'client'
    ? { decision: 'allow', client: { ...BY_HAND, authMethod: 'client_secret_post' } }
    : { decision: 'allow', overrides: missing };

let wire: Wire;
let names = 0;
const native = globalThis.fetch;

/** Opens the wire for each test of a file, and closes it after. */
export function onTheWire(): void {
  beforeEach(async () => {
    wire = await openWire();
    globalThis.fetch = fetchOf(wire, native);
  });
  afterEach(async () => {
    globalThis.fetch = native;
    await wire.close();
  });
}

/** One more server, faithful but for what `change` does to it. */
export function startServer(
  change: (server: WildServer) => void = () => undefined,
  port?: number,
): WildServer {
  names += 1;
  const server = new WildServer(wire, `o${names}`, port);
  change(server);
  return server;
}

/** Grantkeeper in front of a server. */
export function openOurs(server: WildServer): Promise<Ours> {
  return Ours.open(wire, server);
}

/** Both. */
export async function open(change?: (server: WildServer) => void, port?: number) {
  const server = startServer(change, port);
  return { server, ours: await openOurs(server) };
}

/** The calls of our settings, through the extension door. */
export function settingsOf(ours: Ours) {
  const call = async (name: string, params: object) => {
    const message = { door: 'extension', call: name, params };
    const reply = await serveDocument(ours.world.own, message);
    return reply.ok ? (reply.result as unknown) : reply.error.code;
  };
  return {
    call,
    list: () => call('overrides', {}) as Promise<Override[]>,
    save: (entry: OverrideEntry) => call('saveOverride', entry),
    remove: ({ kind, issuer, resource }: OverrideKey) =>
      call('removeOverride', { kind, issuer, resource }),
    enterClient: (issuer: string) =>
      call('saveClient', { issuer, ...BY_HAND, authMethod: 'client_secret_post' }),
  };
}

/** What a request said, in its query and its form. */
export function saidIn({ request: { url, body } }: Exchange): URLSearchParams {
  return new URLSearchParams([...url.searchParams, ...new URLSearchParams(body)]);
}

/** The requests of one kind that a server has got, such as `authorize`. */
export function sentTo(server: WildServer, what: string): URLSearchParams[] {
  return server.wire.filter((one) => one.what === what).map(saidIn);
}
