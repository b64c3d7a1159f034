/**
 * Asking the user. A question is an immutable snapshot; a decision names its hash and its nonce, and is on
 * disk before anything acts on it. What counts as an answer is `acceptAnswer`'s judgement; when a question gets its
 * window is `PromptScreen`'s.
 */
import { acceptAnswer, type Accepted, type Allowed } from '../../shared/accept-answer.ts';
import { BrokerError } from '../../shared/errors.ts';
import { compact } from '../../shared/facts/compact.ts';
import type { Decision, PromptSnapshot } from '../../shared/prompt.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord } from '../ports/records.ts';
import { recordRefusal, standingOf, type RefusalKind } from '../site/refusals.ts';
import type { LiveFlow } from './live-flow.ts';
import { PromptScreen } from './prompt-screen.ts';
import { digestOf, Question, type Outcome } from './question.ts';
import { keepEntered } from './server-key.ts';
import { newIn } from './snapshot.ts';
import { comeBack } from './step-aside.ts';

/** How long a decision waits for its flow to be taken up after a restart; milliseconds. */
const RESUMING = 3000;

/** How long a question waits for its answer, behind the badge or on the screen; milliseconds. */
const QUESTION_LIFETIME = 3_600_000;

/** The questions of all flows, and the way from an answer to the flow that asked. */
export class ConsentQueue {
  /** Where the questions are shown. */
  readonly screen: PromptScreen;
  readonly #ports: Ports;
  /** The one question of each flow that asks, or is about to ask again. */
  readonly #questions = new Map<string, Question>();
  /** Answers that came before their question was asked again, by flow. */
  readonly #early = new Map<string, (question: Question) => void>();

  constructor(ports: Ports) {
    this.#ports = ports;
    this.screen = new PromptScreen(ports, this.#questions);
  }

  /** The flows that wait for the user. */
  pending(): LiveFlow[] {
    return [...this.#questions.values()]
      .filter(({ state }) => state === 'open')
      .map(({ flow }) => flow);
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
      this.#questions.delete(flow.record.id);
      return 'allow';
    }
    flow.requireAwaited();
    // The same question asked again after a restart keeps its nonce: the prompt on the screen stays valid.
    const nonce = prompt?.digest === digest ? prompt.nonce : crypto.randomUUID();
    await flow.advance('deciding', 'deciding', { prompt: { snapshot, nonce, digest } });
    await comeBack(this.#ports, flow);
    const outcome = await this.#wait(flow);
    this.#report(flow, snapshot, outcome);
    if (outcome === 'allow' || outcome === 'choose') return outcome;
    // A question that was seen, and that its page took back, comes back no sooner than one that the user closed.
    if (outcome === 'denied' || outcome === 'dismissed')
      await this.#remember(flow, snapshot, outcome);
    else if (outcome === 'aborted' && flow.shown === nonce && flow.takenBack)
      await this.#remember(flow, snapshot, 'dismissed');
    throw new BrokerError(outcome === 'aborted' ? 'aborted' : 'access_denied');
  }

  /**
   * Looks again at what the user has refused, now that the resource is known: a page may have come by another address.
   * @throws BrokerError `access_denied`
   */
  async refuseKnown(flow: LiveFlow, snapshot: PromptSnapshot): Promise<void> {
    const { resource } = snapshot;
    const { store, now } = this.#ports;
    const { origin } = flow.record;
    // What the user has begun is not what the site may not ask.
    if (flow.again) return;
    const held = (await store.findGrant(origin, resource))?.resource;
    const concern = { asked: resource, held };
    const { barred, refused } = standingOf(await store.findRefusals(origin), concern, now());
    if (barred || newIn(snapshot).some((one) => refused.includes(one)))
      throw new BrokerError('access_denied');
  }

  /**
   * Takes a decision, once.
   * @returns false, and does nothing, when it is not about the question that is open, or no answer to it
   * @throws BrokerError `invalid_request` when the client that it names cannot be one; what kept it from the disk
   */
  async decide(answer: Decision): Promise<boolean> {
    const question = this.#findOpen(answer.flow) ?? (await this.#whenAsked(answer.flow));
    const prompt = question?.flow.record.prompt;
    const accepted = prompt && acceptAnswer(prompt, answer);
    if (!question || !accepted) return false;
    // Where nothing was entered, the answer is taken in the turn in which it comes.
    if (accepted.decision === 'allow' && (accepted.client ?? accepted.key)) {
      await keepEntered(this.#ports, question.flow.record, accepted);
    }
    // Saving took a moment, in which the same decision may have come a second time, or the page have gone.
    if (!question.take()) return false;
    if (accepted.leadsOn) this.#questions.set(answer.flow, new Question(question.flow));
    try {
      await this.#write(question.flow, accepted);
    } catch (error) {
      question.fail(error);
      throw error;
    }
    if (accepted.decision !== 'deny')
      await this.screen.giveBack(question.flow.record.origin, answer);
    question.flow.answered = true;
    question.settle(accepted.decision === 'deny' ? 'denied' : accepted.decision);
    return true;
  }

  /** Brings one pending question before the user, because they asked for it. */
  async review(id: string): Promise<boolean> {
    const question = this.#findOpen(id);
    if (!question) return false;
    await this.screen.show(question.flow);
    return true;
  }

  /** Ends what nobody has answered in all its time, and gives its place to others (Z39). */
  endOverdue(): void {
    const now = this.#ports.now();
    for (const question of this.#questions.values()) {
      const age = now - question.since;
      if (question.state === 'open' && (age < 0 || age >= QUESTION_LIFETIME))
        question.flow.abandon();
    }
  }

  /** A flow has ended, well or badly: it asks nothing more. */
  ended({ record }: LiveFlow): void {
    this.#questions.delete(record.id);
    this.screen.showNext();
  }

  #findOpen(id: string): Question | undefined {
    const question = this.#questions.get(id);
    return question?.state === 'open' ? question : undefined;
  }

  /** Puts an answer on disk: only then may anything act on it (Z4). A no is remembered where it is heard. */
  async #write(flow: LiveFlow, accepted: Accepted): Promise<void> {
    if (accepted.decision === 'choose') {
      flow.step = 'discovering';
      await flow.note('way' in accepted ? { way: accepted.way } : { issuer: accepted.issuer });
    } else if (accepted.decision === 'allow') {
      await flow.advance('allowed', 'discovering', this.#allowedBy(accepted, flow.record));
    }
  }

  #allowedBy(
    { decision, contact, duration, sealed, scopes: ticked }: Allowed,
    { reached, prompt }: FlowRecord,
  ): Partial<FlowRecord> {
    return compact({
      reached: contact === undefined ? reached : [...reached, contact],
      prompt: prompt && compact({ ...prompt, decision, ticked }),
      sealed,
      lasting: duration && { duration, at: this.#ports.now(), session: this.#ports.session },
    });
  }

  #report(flow: LiveFlow, snapshot: PromptSnapshot, outcome: Outcome): void {
    const { stage, origin, resource, scopes } = snapshot;
    flow.trace({ kind: 'prompt', stage, decision: outcome });
    // Contacting a server, naming a client and turning to another provider decide nothing about scopes.
    if (outcome === 'aborted' || outcome === 'refused' || outcome === 'choose') return;
    if (outcome === 'allow' && (stage === 'reach' || stage === 'client')) return;
    const kind = outcome === 'allow' ? ('allowed' as const) : outcome;
    const { digest, ticked = scopes.added } =
      (kind === 'allowed' ? flow.record.prompt : undefined) ?? {};
    const row = { kind, origin, resource, scopes: ticked, flow: flow.record.id, digest };
    this.#ports.log.note(compact(row));
  }

  async #wait(flow: LiveFlow): Promise<Outcome> {
    const { signal } = flow;
    const { id } = flow.record;
    const question = this.#open(flow);
    const abort = () => {
      question.end('aborted');
    };
    try {
      signal.addEventListener('abort', abort);
      if (signal.aborted) abort();
      this.#update();
      return await question.outcome;
    } finally {
      signal.removeEventListener('abort', abort);
      // After an answer that leads on, the flow's next question stands here already.
      if (this.#questions.get(id) === question) this.#questions.delete(id);
      this.#update();
    }
  }

  #open(flow: LiveFlow): Question {
    const { id } = flow.record;
    const question = this.#questions.get(id) ?? new Question(flow);
    question.open(this.#ports.now());
    void this.#ports.pause(QUESTION_LIFETIME).then(() => {
      this.endOverdue();
    });
    this.#questions.set(id, question);
    this.#early.get(id)?.(question);
    return question;
  }

  /** A click may be what starts the worker again: the flow then needs a moment to come back to its question. */
  #whenAsked(id: string): Promise<Question | undefined> {
    const asked = new Promise<Question>((resolve) => this.#early.set(id, resolve));
    const tooLate = this.#ports.pause(RESUMING).then(() => undefined);
    return Promise.race([asked, tooLate]).finally(() => this.#early.delete(id));
  }

  /** A question has opened or ended. */
  #update(): void {
    this.#ports.showPending(this.pending().length);
    this.#ports.changed();
    this.screen.update();
  }

  async #remember(flow: LiveFlow, snapshot: PromptSnapshot, kind: RefusalKind): Promise<void> {
    const { store } = this.#ports;
    const { origin, asked } = flow.record;
    const held = await store.findGrant(origin, snapshot.resource);
    // Before the server may be contacted nothing is known of it but where it is. A no to what other sites have read is
    // as wide, or the site could tell the two apart by its next call (T-33).
    const isServer = (snapshot.stage === 'reach' || flow.isUnasked) && !held;
    const resource = isServer ? new URL(asked).origin : (held ?? snapshot).resource;
    // Without a grant it is the connection that was refused, whichever scopes it would have come with.
    const isAbout = snapshot.stage === 'allow' || snapshot.stage === 'hand';
    const scopes = held && isAbout ? newIn(snapshot) : [];
    const former = await store.findRefusals(origin);
    const records = recordRefusal(former, { origin, resource, scopes, kind }, this.#ports.now());
    for (const record of records) await store.saveRefusal(record);
    await this.#endRefused(origin);
  }

  /** One no for all who wait for the same, by whichever address they came (Z47). */
  async #endRefused(origin: string): Promise<void> {
    const others = [...this.#questions.values()].filter(
      ({ state, flow }) => state === 'open' && flow.record.origin === origin,
    );
    for (const other of others) {
      const { flow } = other;
      const snapshot = flow.record.prompt?.snapshot;
      if (!snapshot) continue;
      await this.refuseKnown(flow, snapshot).catch(() => {
        other.end('refused');
      });
    }
  }
}
