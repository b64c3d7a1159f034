/** The user's screen: one prompt at a time for all sites together, and none over a page that they don't look at. */
import type { Ports } from '../ports/ports.ts';
import type { PageCaller } from '../ports/records.ts';
import type { LiveFlow } from './live-flow.ts';
import { STRANGERS } from '../site/budgets.ts';
import type { Question } from './question.ts';

/** Whether the user has one of these pages before their eyes. */
export async function isAnyInFront(
  { isInFront }: Pick<Ports, 'isInFront'>,
  pages: readonly PageCaller[],
): Promise<boolean> {
  const seen = await Promise.all(pages.map(isInFront));
  return seen.includes(true);
}

/** Opens the window of one question after the other. */
export class PromptScreen {
  readonly #ports: Ports;
  readonly #questions: ReadonlyMap<string, Question>;
  /** The looks at the screen, one after the other: two at once could each open a window. */
  #turn: Promise<void> = Promise.resolve();
  /** Ends the watch for tabs coming to the front; listening always would wake the worker at every tab switch. */
  #watching: (() => void) | undefined;

  /** @param questions the queue's own, which it goes on changing */
  constructor(ports: Ports, questions: ReadonlyMap<string, Question>) {
    this.#ports = ports;
    this.#questions = questions;
  }

  /** To be called when a question has opened or ended. */
  update(): void {
    if (this.#inState('open').length > 0) {
      this.#watching ??= this.#ports.watchFront(() => {
        this.showNext();
      });
    } else {
      this.#watching?.();
      this.#watching = undefined;
    }
    this.showNext();
  }

  /** Shows the next question, if none is on the screen and the one who asks may (Z24). */
  showNext(): void {
    // A window that could not be opened leaves the badge; the next event tries again.
    this.#turn = this.#turn.then(() => this.#openNext()).catch(() => undefined);
  }

  /** Shows the question of this flow, in its own window. */
  async show(flow: LiveFlow): Promise<void> {
    if (await this.#isOnScreen(flow)) {
      await this.#ports.promptWindow.focus(flow.record.promptWindow!);
      return;
    }
    if (!this.#isAsking(flow)) return;
    await this.#count(flow);
    if (!this.#isAsking(flow)) return;
    const window = await this.#ports.promptWindow.open(flow.record.id, flow.pages[0]?.tabId);
    // A browser takes its time to open a window. The page may have left meanwhile: then nobody is to see it (Z40). An
    // answer that led on is no reason to close it: the next question of the flow comes there.
    if (!this.#isAsking(flow) && !this.#leadsOn(flow)) {
      await this.#ports.promptWindow.close(window);
      return;
    }
    await flow.note({ promptWindow: window });
    // Closed before its number was known here: the event has passed unrecognised.
    if (!(await this.#ports.promptWindow.isOpen(window))) this.windowClosed(window);
  }

  /** The user closed a window: if it was a prompt with an open question, that is a dismissal. */
  windowClosed(window: number): void {
    for (const question of this.#questions.values()) {
      if (question.flow.record.promptWindow === window) question.end('dismissed');
    }
    this.showNext();
  }

  async #openNext(): Promise<void> {
    const flows = this.#inState('open').map(({ flow }) => flow);
    const shown = await Promise.all(flows.map((flow) => this.#isOnScreen(flow)));
    await Promise.all(flows.filter((_, i) => shown[i]).map((flow) => this.#count(flow)));
    // The next question of a flow comes in the window that is open: no other site gets between the two.
    if (shown.includes(true) || this.#inState('coming').length > 0) return;
    for (const flow of flows) {
      if (!(await this.#mayOpen(flow))) continue;
      await this.show(flow);
      return;
    }
  }

  #inState(state: Question['state']): Question[] {
    return [...this.#questions.values()].filter((question) => question.state === state);
  }

  async #isOnScreen({ record }: LiveFlow): Promise<boolean> {
    const window = record.promptWindow;
    return window !== undefined && (await this.#ports.promptWindow.isOpen(window));
  }

  /** Whether the question of a flow waits for the user still. */
  #isAsking(flow: LiveFlow): boolean {
    const question = this.#questions.get(flow.record.id);
    return question?.flow === flow && question.state === 'open';
  }

  /** Whether the next question of a flow is certain to come, and somebody waits for it still. */
  #leadsOn(flow: LiveFlow): boolean {
    const question = this.#questions.get(flow.record.id);
    return question?.flow === flow && question.state === 'coming' && !flow.signal.aborted;
  }

  /** Whatever may not open waits behind the badge. */
  async #mayOpen({ record: { origin, prompt }, pages }: LiveFlow): Promise<boolean> {
    const { budgets, store } = this.#ports;
    const nonce = prompt?.nonce;
    if (!(await budgets.of(origin)).admits('question', nonce)) return false;
    if (pages.length > 0 && (await store.hasAnyGrant(origin))) return true;
    if (!(await budgets.of(STRANGERS)).admits('window', nonce)) return false;
    return isAnyInFront(this.#ports, pages);
  }

  /** Counts the question that comes on the screen, before it does; once, in however many lives of the worker. */
  async #count(flow: LiveFlow): Promise<void> {
    const { origin } = flow.record;
    const [own, all] = await this.#budgetsFor(origin);
    const isStranger = !(await this.#ports.store.hasAnyGrant(origin));
    const nonce = flow.record.prompt?.nonce;
    // It may have had its answer meanwhile.
    if (nonce === undefined || flow.shown === nonce) return;
    if (!this.#isAsking(flow)) return;
    flow.shown = nonce;
    own.note('question', nonce);
    if (isStranger) all.note('window', nonce);
    await Promise.all([own.kept(), all.kept()]);
  }

  /** The user has answered a question, and not with a no: it counts no more (Z39). */
  async giveBack(origin: string, { nonce }: { nonce: string }): Promise<void> {
    const [own, all] = await this.#budgetsFor(origin);
    own.giveBack('question', [nonce]);
    all.giveBack('window', [nonce]);
  }

  #budgetsFor(origin: string) {
    const { budgets } = this.#ports;
    return Promise.all([budgets.of(origin), budgets.of(STRANGERS)]);
  }
}
