/**
 * Flows that ended badly, for as long as somebody may want to know why. A failure opens no window of its own: a
 * site could fail on purpose. It is said in the prompt that is open, else it waits in the toolbar popup (Z24).
 */
import { findRecipe } from '../../protocol/provider-recipe.ts';
import { parseResource } from '../../protocol/resource.ts';
import { asBrokerError } from '../../shared/errors.ts';
import { compact } from '../../shared/facts/compact.ts';
import type { LoopbackOffer, PromptView } from '../../shared/prompt.ts';
import { readSite } from '../site/policy.ts';
import { LiveFlow } from './live-flow.ts';
import { refusedBy } from './redirects.ts';
import { continued } from './resume.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord } from '../ports/records.ts';

/** How long a failure that nobody has seen can be looked up; milliseconds. */
const LIFETIME = 600_000;
/** Failures kept at one time, of all sites. */
const MOST = 20;
/** Of one site: a page that names one bad address after the other pushes out its own failures only. */
const MOST_OF_SITE = 3;

export class FailedFlows {
  readonly #flows = new Map<string, { flow: LiveFlow; at: number }>();
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Keeps a flow that has failed; the latest of a site and server takes the place of those not on a screen. */
  add(flow: LiveFlow, error: unknown, loopback?: LoopbackOffer): void {
    const { code, detail } = asBrokerError(error);
    flow.step = 'failed';
    const recipe = detail.issuer === undefined ? undefined : findRecipe(detail.issuer)?.name;
    flow.failure = compact({ code, ...detail, recipe, loopback });
    this.forget(flow.record);
    this.#flows.set(flow.record.id, { flow, at: this.#ports.now() });
    this.#dropOldest(({ origin }) => origin === flow.record.origin, MOST_OF_SITE);
    this.#dropOldest(() => true, MOST);
  }

  /** A new attempt has begun, or the site is connected: what went wrong before is of no interest any more. */
  forget({ origin, asked }: { origin: string; asked: string }): void {
    for (const [id, { flow }] of this.#flows) {
      const { record } = flow;
      const same = record.origin === origin && record.asked === asked;
      if (same && record.promptWindow === undefined) this.#flows.delete(id);
    }
  }

  /** Everything is erased. */
  clear(): void {
    this.#flows.clear();
  }

  /** Those on a screen stay: their window shows them. */
  #dropOldest(concerns: (record: LiveFlow['record']) => boolean, most: number): void {
    const ids = [...this.#flows]
      .filter(([, { flow }]) => flow.record.promptWindow === undefined && concerns(flow.record))
      .map(([id]) => id);
    for (const id of ids.slice(0, Math.max(0, ids.length - most))) this.#flows.delete(id);
  }

  find(id: string): LiveFlow | undefined {
    return this.#flows.get(id)?.flow;
  }

  /** What can be looked up now. */
  views(): PromptView[] {
    const now = this.#ports.now();
    for (const [id, { flow, at }] of this.#flows) {
      if (flow.record.promptWindow === undefined && now - at > LIFETIME) this.#flows.delete(id);
    }
    return [...this.#flows.values()].map(({ flow }) => flow.view());
  }

  /** Shows a failure in a window, because the user asked for it. */
  async show(id: string): Promise<boolean> {
    const flow = this.find(id);
    if (!flow) return false;
    const { promptWindow } = this.#ports;
    const { promptWindow: shown } = flow.record;
    if (shown !== undefined && (await promptWindow.isOpen(shown))) await promptWindow.focus(shown);
    else flow.record = { ...flow.record, promptWindow: await promptWindow.open(id) };
    return true;
  }

  /**
   * Makes a failed flow anew, to be run again in its window; undefined when that is closed.
   * @param returnTo where the user wants the sign-in to lead back to; absent: as before
   */
  async takeAgain(id: string, returnTo?: string): Promise<LiveFlow | undefined> {
    const failed = this.find(id);
    const window = failed?.record.promptWindow;
    if (!failed || window === undefined) return undefined;
    const asked = await this.#readAsked(failed.record);
    const open = await this.#ports.promptWindow.isOpen(window);
    // The moment that took may have been another click's.
    if (asked === undefined || !open || !this.#flows.delete(id)) return undefined;
    const { record } = failed;
    const { prompt, issuer, request } = record;
    const createdAt = this.#ports.now();
    const next: FlowRecord = {
      ...continued(record, request),
      asked,
      createdAt,
      promptWindow: window,
      ...(returnTo !== undefined && wished(failed, returnTo)),
    };
    // Its owner may have allowed meanwhile what was refused.
    if (returnTo === undefined) delete next.refused;
    // A provider that was chosen and not allowed may be the one that failed: the choice is open again.
    const settled = prompt?.decision !== undefined && prompt.snapshot.issuer === issuer;
    if (!settled) delete next.issuer;
    // A nonce answers once; the same question asked again is another one.
    if (!prompt?.decision) delete next.prompt;
    const flow = new LiveFlow(this.#ports, next);
    flow.again = true;
    flow.answered = true;
    return flow;
  }

  /** What a site named may be out of bounds still, or be so no more: developer mode is a click away. */
  async #readAsked({ origin, asked }: FlowRecord): Promise<string | undefined> {
    const { urls } = await readSite(this.#ports, origin);
    try {
      return parseResource(asked, urls);
    } catch {
      return undefined;
    }
  }

  /** The user closed a window: what it said has been read. */
  windowClosed(window: number): void {
    for (const [id, { flow }] of this.#flows) {
      if (flow.record.promptWindow === window) this.#flows.delete(id);
    }
  }
}

/** What changes of a flow when the user wants its sign-in to lead elsewhere (Z35). */
function wished({ record, failure }: LiveFlow, returnTo: string): Partial<FlowRecord> {
  const { code, redirectUri, loopback } = failure ?? {};
  // Without access it was not tried.
  const refused = refusedBy(record, code === 'host_access_required' ? undefined : redirectUri);
  const lent = [...new Set([...(record.lent ?? []), ...(loopback?.missing ?? [])])];
  return { returnTo, refused: refused.filter((uri) => uri !== returnTo), lent };
}

/** A flow that never began, since what the site named may not be contacted. */
export function neverBegun(
  ports: Ports,
  { origin, asked }: { origin: string; asked: string },
): LiveFlow {
  const request = { scopes: [], demanded: [], challenged: false, rediscover: false };
  const record = { origin, asked, request, stage: 'started' as const, reached: [] };
  const id = crypto.randomUUID();
  return new LiveFlow(ports, { ...record, id, createdAt: ports.now() });
}
