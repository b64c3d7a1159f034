/**
 * The carried requests under way, and what ends them. A page's copy of a token cannot be called back; a request that
 * the broker carries can, so it ends as soon as the grant does (Z33).
 */
import { scopesBeyond } from '../../protocol/scope.ts';
import { hostPattern } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { PageEvent } from '../../shared/page-contract.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant } from '../ports/records.ts';
import { readSite } from '../site/policy.ts';

/** One request under way. */
export interface Running {
  /** Origin of the site. */
  readonly origin: string;
  readonly url: string;
  readonly abort: AbortController;
  /** What it goes with, once that is known. */
  grant?: Grant;
  /** Something of the site's has changed before that. */
  isDisturbed?: true;
}

export class RunningRequests {
  readonly #ports: Pick<Ports, 'store' | 'hasHostAccess'>;
  readonly #running = new Set<Running>();

  constructor(ports: Pick<Ports, 'store' | 'hasHostAccess'>) {
    this.#ports = ports;
  }

  add(running: Running): void {
    this.#running.add(running);
  }

  delete(running: Running): void {
    this.#running.delete(running);
  }

  /** Says what a request goes with. What happened between the reading of it and now counts as well. */
  async bind(running: Running, grant: Grant): Promise<void> {
    running.grant = grant;
    if (running.isDisturbed) await this.#look(running);
  }

  /** Binds it to what is found. Nothing goes on meanwhile, so what changes for its own sake does not end it. */
  async rebind(running: Running, find: () => Promise<Grant>): Promise<Grant> {
    const former = running.grant;
    delete running.grant;
    try {
      const grant = await find();
      await this.bind(running, grant);
      return grant;
    } catch (error) {
      running.isDisturbed = true;
      if (former) await this.bind(running, former);
      throw error;
    }
  }

  /** What the pages of a site are told is what has become of a grant, whatever changed it: the one place for all of it. */
  heed(origin: string, { type, resource }: PageEvent): void {
    for (const running of this.#running) {
      if (running.origin !== origin) continue;
      if (!running.grant) running.isDisturbed = true;
      else if (running.grant.resource !== resource) continue;
      else if (type === 'revoked') end(running);
      else void this.#look(running);
    }
  }

  /** Access to some hosts was withdrawn. The browser lets what runs there run on. */
  async heedHostAccess(): Promise<void> {
    for (const running of this.#running) {
      const { url } = running;
      // What a page calls an address need not be one. Nothing goes there, and its own end comes.
      const isReached = !URL.canParse(url) || this.#ports.hasHostAccess([hostPattern(url)]);
      if (!(await isReached)) end(running);
    }
  }

  /** Ends a request whose grant has gone or given way to another account's, allows less, or has another key. */
  async #look(running: Running): Promise<void> {
    const { grant, origin } = running;
    if (!grant) return;
    const { paused } = await readSite(this.#ports, origin);
    const { resource, account } = grant;
    const latest = paused ? undefined : await this.#ports.store.findGrant(origin, resource);
    const isSame = latest?.resource === resource && latest.account === account;
    const isOtherKey = grant.credential === 'key' && latest?.signedInAt !== grant.signedInAt;
    // It may have been given another one meanwhile.
    if (running.grant !== grant) return;
    if (!isSame || isOtherKey || scopesBeyond(grant.ceiling, latest.ceiling).length > 0)
      end(running);
  }
}

function end({ abort }: Running): void {
  abort.abort(new BrokerError('access_denied'));
}
