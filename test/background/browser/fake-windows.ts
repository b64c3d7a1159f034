/** A browser's windows, as an extension without the `tabs` permission sees them. */

/** A tab as it is; {@link FakeWindows.browser} hides what the extension may not see. */
export interface FakeTab {
  url?: string;
  pendingUrl?: string;
  status?: 'loading' | 'complete';
  openerTabId?: number;
}

interface FakeWindow {
  type: string;
  tabs: FakeTab[];
}

type Created = (window: { id: number; type: string }) => void;

/** The root of the extension's own documents. */
export const ROOT = 'chrome-extension://ours/';

/** Something that doesn't happen here. */
const unheard = { addListener: () => undefined };

export class FakeWindows {
  /** Firefox shows the blank page until the document has come, and no `pendingUrl`. */
  isFirefox = false;
  /** What the sign-in window does: the test decides. */
  launch: (url: string) => Promise<string> = () => new Promise(() => undefined);
  readonly #windows = new Map<number, FakeWindow>();
  readonly #listeners = new Set<Created>();
  #lastId = 0;

  /** The ids of the windows that are open. */
  get open(): number[] {
    return [...this.#windows.keys()];
  }

  /** Opens a window, and tells. */
  add(tab: FakeTab = {}, type = 'popup'): number {
    const id = ++this.#lastId;
    this.#windows.set(id, { type, tabs: [tab] });
    for (const listener of this.#listeners) listener({ id, type });
    return id;
  }

  /** The tab of a window. */
  tab(window: number): FakeTab {
    return this.#windows.get(window)!.tabs[0]!;
  }

  /** How many listen for new windows. */
  get listening(): number {
    return this.#listeners.size;
  }

  /** What `webextension-polyfill` exports. */
  readonly browser = {
    runtime: { getURL: (path: string) => ROOT + path },
    permissions: { onAdded: unheard, onRemoved: unheard },
    identity: {
      getRedirectURL: (path: string) => `https://ours.example/${path}`,
      launchWebAuthFlow: ({ url }: { url: string }) => this.launch(url),
    },
    tabs: {
      query: ({ windowId }: { windowId: number }) => {
        const window = this.#windows.get(windowId);
        return Promise.resolve((window?.tabs ?? []).map((tab) => visible(tab)));
      },
    },
    windows: {
      create: async ({ url, type }: { url: string; type: string }) => {
        await moment();
        const coming = this.isFirefox ? {} : { pendingUrl: url };
        const id = this.add({ ...coming, status: 'loading' }, type);
        // The event comes first: whoever opens the window does not know its number yet.
        await moment();
        return { id };
      },
      get: (id: number) => {
        const window = this.#windows.get(id);
        return window ? Promise.resolve({ id, type: window.type }) : this.#missing();
      },
      update: () => Promise.resolve({}),
      remove: (id: number) => (this.#windows.delete(id) ? Promise.resolve() : this.#missing()),
      onCreated: {
        addListener: (listener: Created) => this.#listeners.add(listener),
        removeListener: (listener: Created) => this.#listeners.delete(listener),
      },
      onRemoved: { addListener: () => undefined },
    },
  };

  #missing(): Promise<never> {
    return Promise.reject(new Error('No window with id'));
  }
}

const moment = () => new Promise((resolve) => setTimeout(resolve, 10));

function visible({ url, pendingUrl, ...tab }: FakeTab): FakeTab {
  return {
    ...tab,
    ...(url?.startsWith(ROOT) && { url }),
    ...(pendingUrl?.startsWith(ROOT) && { pendingUrl }),
  };
}
