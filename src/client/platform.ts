/**
 * What a page knows of its browser and of the relay, and TypeScript doesn't. The members that are declared here keep their
 * names in the built package; those of the other files of this room need not (scripts/client-members.ts).
 */

interface RuntimeEvent<L> {
  addListener(listener: L): void;
}

interface RuntimePort {
  postMessage(message: unknown): void;
  disconnect(): void;
  onMessage: RuntimeEvent<(message: unknown) => void>;
  onDisconnect: RuntimeEvent<() => void>;
}

/** The part of `chrome.runtime` that a page sees when some extension may be connected from it. */
export interface PageRuntime {
  connect(extensionId: string, options: { name: string }): RuntimePort;
  lastError?: unknown;
}

/** What may be missing: in another browser, or where there is no page. */
export interface PageGlobal {
  chrome?: { runtime?: Partial<PageRuntime> };
  document?: Document & { prerendering?: boolean };
  location?: Location;
  navigator?: Partial<Navigator>;
}

/** What the relay says of itself; everything else on its port is the broker's. */
export interface RelayMessage {
  relay?: unknown;
  closed?: unknown;
}
