/**
 * Asking the user. A question is an immutable snapshot; a decision names its hash and its nonce, and is on
 * disk before anything acts on it. One prompt is on the screen at a time, for all sites together.
 */
import { BrokerError } from '../../shared/errors.ts';
import type { Duration } from '../../shared/facts/duration.ts';
import type { Decision, PromptSnapshot } from '../../shared/prompt.ts';
import { saveClient } from './preregistered-client.ts';
import type { LiveFlow } from './live-flow.ts';
import type { Ports } from '../ports/ports.ts';
import { recordRefusal, type RefusalKind } from '../site/refusals.ts';
import { sha256Hex } from '../../shared/facts/sha256.ts';

/** How long a decision waits for its flow to be taken up after a restart; milliseconds. */
const RESUMING = 3000;

type Outcome = 'allow' | 'choose' | RefusalKind | 'aborted';

/** One open question. */
interface Question {
  flow: LiveFlow;
  settle(outcome: Outcome): void;
}

export class ConsentQueue {
  readonly #questions = new Map<string, Question>();
  /** Flows whose next question is about to come, in the window that is open. */
  readonly #betweenQuestions = new Set<string>();
  readonly #expected = new Map<string, (question: Question) => void>();
  readonly #ports: Ports;
  #turn: Promise<void> = Promise.resolve();
  /** Ends the watch for tabs coming to the front; listening always would wake the worker at every tab switch. */
  #watching: (() => void) | undefined;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** The flows that wait for the user. */
  pending(): LiveFlow[] {
    return [...this.#questions.values()].map(({ flow }) => flow);
  }

  /**
   * Asks, unless this very question was allowed before a restart.
   * @returns `choose` when the user turned to another authorization server, which the flow's record now names
   * @throws BrokerError `access_denied` when the user denies or closes the prompt, `aborted` when the page
   *   has gone meanwhile
   */
  async ask(flow: LiveFlow, snapshot: PromptSnapshot): Promise<'allow' | 'choose'> {
    const digest = await digestOf(snapshot);
    const { prompt } = flow.record;
    // A client that was entered is stored; if it is gone, the answer of then is worth nothing.
    if (prompt?.digest === digest && prompt.decision && snapshot.stage !== 'client') {
      this.#betweenQuestions.delete(flow.record.id);
      return 'allow';
    }
    // The same question asked again after a restart keeps its nonce: the prompt on the screen stays valid.
    const nonce = prompt?.digest === digest ? prompt.nonce : crypto.randomUUID();
    await flow.advance('deciding', 'deciding', { prompt: { snapshot, nonce, digest } });
    const decision = await this.#wait(flow);
    this.#report(flow, snapshot, decision);
    if (decision === 'aborted') throw new BrokerError('aborted');
    if (decision === 'allow' || decision === 'choose') return decision;
    await this.#remember(flow, snapshot, decision);
    throw new BrokerError('access_denied');
  }

  /**
   * Takes a decision, once.
   * @returns false, and does nothing, when it is not about the question that is open, or no answer to it
   * @throws BrokerError `invalid_request` when the client that it names cannot be one
   */
  async decide(answer: Decision): Promise<boolean> {
    const { flow: id, nonce, digest, decision } = answer;
    const question = this.#questions.get(id) ?? (await this.#whenAsked(id));
    const prompt = question?.flow.record.prompt;
    if (!question || prompt?.nonce !== nonce || prompt.digest !== digest) return false;
    if (decision === 'choose' && !offers(prompt.snapshot, answer.issuer)) return false;
    if (decision === 'allow' && prompt.snapshot.stage === 'client') {
      if (!answer.client) return false;
      await saveClient(this.#ports.store, {
        issuer: prompt.snapshot.issuer ?? '',
        ...answer.client,
      });
    }
    // Saving took a moment, in which the same decision may have come a second time, or the page have gone.
    if (!this.#questions.delete(id)) return false;
    if (leadsOn(prompt.snapshot, decision)) this.#betweenQuestions.add(id);
    if (decision === 'choose' && answer.issuer !== undefined) {
      question.flow.step = 'discovering';
      await question.flow.note({ issuer: answer.issuer });
    }
    if (decision === 'allow') {
      const { contact } = prompt.snapshot;
      const { reached: former } = question.flow.record;
      const reached = contact === undefined ? former : [...former, contact];
      const lasting = this.#lasting(prompt.snapshot, answer.duration);
      const allowed = { reached, prompt: { ...prompt, decision }, ...lasting };
      await question.flow.advance('allowed', 'discovering', allowed);
    }
    question.settle(decision === 'deny' ? 'denied' : decision);
    return true;
  }

  /** The user closed a window: if it was a prompt with an open question, that is a dismissal. */
  windowClosed(window: number): void {
    for (const [id, { flow, settle }] of this.#questions) {
      if (flow.record.promptWindow !== window) continue;
      this.#questions.delete(id);
      settle('dismissed');
    }
    this.showNext();
  }

  /** Brings one pending question before the user, because they asked for it. */
  async review(id: string): Promise<boolean> {
    const question = this.#questions.get(id);
    if (!question) return false;
    await this.#show(question.flow);
    return true;
  }

  /** A flow has ended, whichever way: it asks nothing more. */
  ended({ record }: LiveFlow): void {
    this.#betweenQuestions.delete(record.id);
    this.showNext();
  }

  /** Shows the next question, if none is on the screen and the one who asks may (Z24). */
  showNext(): void {
    this.#turn = this.#turn.then(async () => {
      const flows = this.pending();
      const open = await Promise.all(flows.map((flow) => this.#isOnScreen(flow)));
      if (open.includes(true) || this.#betweenQuestions.size > 0) return;
      for (const flow of flows) {
        if (!(await this.#mayOpen(flow))) continue;
        await this.#show(flow);
        return;
      }
    });
    // A window that could not be opened leaves the badge; the next event tries again.
    this.#turn = this.#turn.catch(() => undefined);
  }

  /** How long the user said that a grant may last; every other question is about less than a grant. */
  #lasting({ stage, ...snapshot }: PromptSnapshot, chosen: Duration | undefined) {
    if (stage !== 'allow') return {};
    const duration = chosen ?? snapshot.duration ?? 'always';
    return { lasting: { duration, at: this.#ports.now(), session: this.#ports.session } };
  }

  #report(flow: LiveFlow, snapshot: PromptSnapshot, decision: Outcome): void {
    const { stage, origin, resource, scopes } = snapshot;
    flow.trace({ kind: 'prompt', stage, decision });
    // Contacting a server, naming a client and turning to another provider decide nothing about scopes.
    if (decision === 'aborted' || decision === 'choose') return;
    if (decision === 'allow' && (stage === 'reach' || stage === 'client')) return;
    const kind = decision === 'allow' ? ('allowed' as const) : decision;
    const row = { kind, origin, resource, scopes: scopes.added, flow: flow.record.id };
    this.#ports.log.note(row);
  }

  async #wait(flow: LiveFlow): Promise<Outcome> {
    const { signal } = flow;
    const { id } = flow.record;
    const abort = () => this.#questions.get(id)?.settle('aborted');
    try {
      return await new Promise<Outcome>((settle) => {
        const question = { flow, settle };
        this.#questions.set(id, question);
        this.#betweenQuestions.delete(id);
        this.#expected.get(id)?.(question);
        if (signal.aborted) settle('aborted');
        signal.addEventListener('abort', abort);
        this.#watching ??= this.#ports.watchFront(() => {
          this.showNext();
        });
        this.#countPending();
        this.showNext();
      });
    } finally {
      signal.removeEventListener('abort', abort);
      this.#questions.delete(id);
      if (this.#questions.size === 0) {
        this.#watching?.();
        this.#watching = undefined;
      }
      this.#countPending();
      this.showNext();
    }
  }

  /** A click may be what starts the worker again: the flow then needs a moment to come back to its question. */
  #whenAsked(id: string): Promise<Question | undefined> {
    const asked = new Promise<Question>((resolve) => this.#expected.set(id, resolve));
    const tooLate = this.#ports.pause(RESUMING).then(() => undefined);
    return Promise.race([asked, tooLate]).finally(() => this.#expected.delete(id));
  }

  #countPending(): void {
    this.#ports.showPending(this.#questions.size);
    this.#ports.changed();
  }

  async #isOnScreen({ record }: LiveFlow): Promise<boolean> {
    const window = record.promptWindow;
    return window !== undefined && (await this.#ports.promptWindow.isOpen(window));
  }

  async #mayOpen({ record, tabId }: LiveFlow): Promise<boolean> {
    if (await this.#ports.store.hasAnyGrant(record.origin)) return true;
    return tabId !== undefined && (await this.#ports.isInFront(tabId));
  }

  async #show(flow: LiveFlow): Promise<void> {
    if (await this.#isOnScreen(flow)) {
      await this.#ports.promptWindow.focus(flow.record.promptWindow!);
      return;
    }
    const window = await this.#ports.promptWindow.open(flow.record.id);
    await flow.note({ promptWindow: window });
    // Closed before its number was known here: the event has passed unrecognised.
    if (!(await this.#ports.promptWindow.isOpen(window))) this.windowClosed(window);
  }

  async #remember(flow: LiveFlow, snapshot: PromptSnapshot, kind: RefusalKind): Promise<void> {
    const { store } = this.#ports;
    const { origin, asked: resource } = flow.record;
    // Without a grant it is the connection that was refused, whichever scopes it would have come with.
    const connected = snapshot.stage === 'allow' && (await store.findGrant(origin, resource));
    const scopes = connected ? snapshot.scopes.added : [];
    const former = await store.findRefusals(origin);
    const records = recordRefusal(former, { origin, resource, scopes, kind }, this.#ports.now());
    for (const record of records) await store.saveRefusal(record);
  }
}

/** True when the user may turn to this authorization server from this question. */
function offers({ issuer, issuers = [] }: PromptSnapshot, chosen: string | undefined): boolean {
  return chosen !== undefined && chosen !== issuer && issuers.includes(chosen);
}

/** Whether the next question follows from this answer: only the last one says what the site may do. */
function leadsOn({ stage }: PromptSnapshot, decision: Decision['decision']): boolean {
  return (
    decision === 'choose' || (decision === 'allow' && (stage === 'reach' || stage === 'client'))
  );
}

/**
 * SHA-256 of what the user decides about. Which hosts the browser still has to be asked for is its own
 * question and changes with its answer, so it is no part of it.
 */
function digestOf(snapshot: PromptSnapshot): Promise<string> {
  return sha256Hex(JSON.stringify({ ...snapshot, hostAccess: [] }));
}
