/**
 * What was carried for a site to a server: one trace for both, whatever the worker's life, so that a busy page pushes
 * out neither the traces of its sign-ins nor anything of another site's.
 */
import { sha256Hex } from '../../shared/facts/sha256.ts';
import { shownAddress } from '../../shared/facts/shown-address.ts';
import type { Ports, Step } from '../ports/ports.ts';
import { plainUrl } from './url-redaction.ts';

/** Names of headers, and sites, that are noted, and how much of each header's: the page has written them. */
const MAX_NAMES = 16;
const MAX_NAME = 64;

type Carried = Extract<Step, { kind: 'carried' }>;

/** A request as its step says it. */
export interface CarriedStep extends Omit<Carried, 'kind' | 'held'> {
  /** Streams that are open at the server, by site. */
  held?: ReadonlyMap<string, number>;
}

/**
 * Notes one request.
 * @returns id of the trace
 */
export async function traceCarried(
  { traces }: Pick<Ports, 'traces'>,
  { origin, resource }: { origin: string; resource: string },
  { dropped = [], held = new Map(), ...step }: CarriedStep,
): Promise<string> {
  const id = await sha256Hex(`carried ${origin} ${shownAddress(resource)}`);
  // Of a query not even the names: the page writes them for its server, and nobody else.
  const url = shownAddress(plainUrl(step.url.split(/[?#]/)[0] ?? ''));
  const names = dropped.slice(0, MAX_NAMES).map((name) => name.slice(0, MAX_NAME));
  const left = names.length > 0 && { dropped: names };
  const holders = held.size > 0 && { held: [...held].slice(0, MAX_NAMES) };
  traces.step(
    { id, origin, resource, keepsLatest: true },
    { kind: 'carried', ...step, url, ...left, ...holders },
  );
  traces.end(id, step.code === undefined ? 'done' : 'failed');
  return id;
}
