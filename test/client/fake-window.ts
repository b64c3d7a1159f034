/** A window with the few things that the page's half of either channel and the relay touch. */
export class FakeWindow {
  readonly listeners: ((event: unknown) => void)[] = [];
  /** What waits for the document to be left, and for it to come back. */
  readonly leaving = new Set<() => void>();
  readonly returning = new Set<(event: { persisted: boolean }) => void>();
  /** Target origins that messages were addressed to. */
  readonly targets: string[] = [];
  readonly top: unknown = this;
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  addEventListener(type: string, listener: (event: unknown) => void, capture?: unknown): void {
    if (type === 'message' && capture === true) this.listeners.push(listener);
    if (type === 'pagehide') this.leaving.add(listener as () => void);
    if (type === 'pageshow') this.returning.add(listener);
  }

  removeEventListener(_type: string, listener: () => void): void {
    this.leaving.delete(listener);
    this.returning.delete(listener);
  }

  /** Leaves the document, which the browser may keep for the way back. */
  leave(): void {
    for (const listener of this.leaving) listener();
  }

  /** Shows the document: for the first time, or as the browser has kept it. */
  show(persisted: boolean): void {
    for (const listener of this.returning) listener({ persisted });
  }

  postMessage(data: unknown, targetOrigin: string, ports: MessagePort[]): void {
    this.targets.push(targetOrigin);
    if (targetOrigin === this.#origin) setImmediate(() => this.dispatch({ data, ports }));
  }

  /** Delivers a message event; what is not overridden is what a browser says of this window's own message. */
  dispatch(event: Record<string, unknown>): void {
    const own = { isTrusted: true, source: this, origin: this.#origin, ports: [] };
    const stopImmediatePropagation = (): void => {};
    for (const listener of this.listeners) listener({ ...own, stopImmediatePropagation, ...event });
  }
}
