/** Whether a request may ask the broker, and what is remembered of the answer (ADR 0028). */
import type { Token } from '../shared/page-contract.ts';
import type { GrantkeeperError } from './errors.ts';
import type { PageGlobal } from './platform.ts';
import type { Refusal } from './refusal.ts';
import type { ReplayableRequest } from './replayable-request.ts';
import type { Memory, Restraint } from './restraint.ts';

/** Of one request. */
export class Manners {
  /** What the broker is asked about. */
  declare resource: string;
  readonly #restraint: Restraint;
  readonly #request: ReplayableRequest;
  readonly #isInteractive: boolean;
  /** A click or a key brought it about: then the user is there, and only endless step-ups are remembered. */
  readonly #byPerson = isPersonActive();

  constructor(restraint: Restraint, request: ReplayableRequest, isInteractive: boolean) {
    this.#restraint = restraint;
    this.#request = request;
    this.#isInteractive = isInteractive;
    this.resource = request.href;
  }

  /** Whether asking would be in vain, or is none of the broker's business. */
  isHopeless({ status, bearer }: Refusal, sent: Token | undefined): boolean {
    const recalls = (what: Memory): boolean => this.#restraint.recalls(what, this.resource);
    // What is no request of MCP stays with the page, unless its server says what it is (RFC 9728 §5.1).
    if (!sent && !this.#request.isMcp && !bearer?.has('resource_metadata')) return true;
    if (status === 403) return recalls('endless');
    return !this.#byPerson && (recalls('nothing') || (status === undefined && recalls('fault')));
  }

  /**
   * Whether a window may open.
   * @param isVague a token was sent, and nothing can be read of the answer: most such errors are the network's
   */
  mayAsk(isVague: boolean): boolean {
    const isCalm = !isVague && !this.#restraint.recalls('revoked', this.resource);
    // Ending a session is no reason to sign in.
    return (this.#byPerson || isCalm) && this.#isInteractive && this.#request.method !== 'DELETE';
  }

  /** Remembers how asking the user has ended. */
  noteFailure({ code }: GrantkeeperError, { header, bearer }: Refusal): void {
    if (!this.mayAsk(false)) return;
    // Where another scheme is asked for, the broker looks, and asks nobody if it finds nothing.
    const isForeign = code === 'interaction_required' && header !== undefined && !bearer;
    if (isForeign || code === 'connect_failed') this.#restraint.note('nothing', this.resource);
  }

  /** Remembers that the broker was asked, if that was for want of an answer. */
  noteFault({ status }: Refusal): void {
    if (status === undefined) this.#restraint.note('fault', this.resource);
  }

  /** Remembers what the answer to a token with more scope was. */
  noteStepUp({ status, scope }: Refusal, { access_token }: Token): void {
    if (scope === 'missing') this.#restraint.note('useless', this.resource, access_token);
    if (Number(status) < 300) this.#restraint.forget(/useless/, this.resource);
  }
}

function isPersonActive(): boolean {
  const { navigator } = globalThis as PageGlobal;
  return navigator?.userActivation?.isActive === true;
}
