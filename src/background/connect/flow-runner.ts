/** Runs a flow to its end, and sees to what its end means: for the prompt, the log, and the next call. */
import { BrokerError } from '../../shared/errors.ts';
import { raceAbort } from '../concurrency/single-flight.ts';
import { recording } from '../history/recorded-ports.ts';
import type { Http, Ports } from '../ports/ports.ts';
import { connectAccount } from './connect-account.ts';
import type { ConsentQueue } from './consent-queue.ts';
import type { FailedFlows } from './failed-flows.ts';
import { rememberClosing, reportFailure } from './flow-report.ts';
import { LentAccess } from './lent-access.ts';
import type { LiveFlow } from './live-flow.ts';
import { ReadDocuments } from './read-documents.ts';
import { loopbackOffer } from './redirects.ts';
import { comeBack } from './step-aside.ts';
import { runFlow } from './run-flow.ts';

export class FlowRunner {
  readonly #ports: Ports;
  readonly #consent: ConsentQueue;
  readonly #failures: FailedFlows;
  readonly #read = new ReadDocuments();
  readonly #lent: LentAccess;

  constructor(ports: Ports, consent: ConsentQueue, failures: FailedFlows) {
    this.#ports = ports;
    this.#consent = consent;
    this.#failures = failures;
    this.#lent = new LentAccess(ports);
  }

  /** @throws what ended the flow, for all who wait for it */
  async run(flow: LiveFlow): Promise<void> {
    flow.read = this.#read;
    this.#lent.begin(flow);
    try {
      const recorded = recording(this.#ports, (step) => {
        flow.trace(step);
      });
      const ports = { ...recorded, http: whileAwaited(recorded.http, flow) };
      const { account } = flow.record.request;
      if (account) await connectAccount(ports, flow, account);
      else await runFlow({ ports, consent: this.#consent }, flow);
      await this.#closePrompt(flow);
      this.#ports.traces.end(flow.record.id, 'done');
    } catch (cause) {
      // Whatever a withdrawal looks like where it was met.
      const isLeft = flow.signal.aborted && !flow.isAgreed;
      const error = isLeft ? new BrokerError('aborted', { cause }) : cause;
      reportFailure(this.#ports, flow, error);
      await flow.endWriting();
      await this.#ports.store.deleteFlow(flow.record.id);
      await rememberClosing(this.#ports, flow, error);
      await this.#showFailure(flow, error);
      throw error;
    } finally {
      await this.#lent.end(flow).catch(() => undefined);
      this.#ports.changed();
      this.#consent.ended(flow);
    }
  }

  /** The user is told why it went no further, unless it was their own doing. */
  async #showFailure(flow: LiveFlow, error: unknown): Promise<void> {
    // A server that names other schemes and has no metadata is none of ours, and nobody asked for it.
    if (isOwnDoing(error) || flow.record.request.quiet) return this.#closePrompt(flow);
    this.#failures.add(flow, error, await loopbackOffer(this.#ports, flow.record, error));
    await comeBack(this.#ports, flow);
  }

  async #closePrompt({ record }: LiveFlow): Promise<void> {
    if (record.promptWindow !== undefined)
      await this.#ports.promptWindow.close(record.promptWindow);
  }
}

/** Until the user has allowed what a flow is about, its requests are made for a page that waits, and end with that (Z40). */
function whileAwaited(http: Http, flow: LiveFlow): Http {
  return async (url, init, limits) => {
    if (flow.isAgreed) return http(url, init, limits);
    flow.requireAwaited();
    return raceAbort(http(url, { ...init, signal: flow.signal }, limits), flow.signal);
  };
}

/** The user has said no, or the page has gone. A refusal by the provider is news to the user. */
function isOwnDoing(error: unknown): boolean {
  if (!(error instanceof BrokerError)) return false;
  const { code, detail } = error;
  if (code === 'access_denied') {
    return detail.reason !== 'provider_refused' && detail.reason !== 'sign_in_closed';
  }
  return code === 'aborted';
}
