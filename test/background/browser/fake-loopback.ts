/** A browser with session rules, one sign-in window and tabs, as far as a sign-in that leads back to this computer sees it. */

type Listener<Args extends unknown[]> = (...args: Args) => unknown;

class FakeEvent<Args extends unknown[]> {
  readonly listeners = new Set<Listener<Args>>();
  readonly addListener = (listener: Listener<Args>) => void this.listeners.add(listener);
  readonly removeListener = (listener: Listener<Args>) => void this.listeners.delete(listener);
  emit(...args: Args): void {
    for (const listener of [...this.listeners]) listener(...args);
  }
}

interface Rule {
  id: number;
  condition: { regexFilter: string; tabIds?: number[]; resourceTypes: string[] };
  action: { type: string };
}

/** The number of the tab that the sign-in window opens with. */
export const OURS = 7;

export class FakeLoopback {
  readonly rules: Rule[] = [];
  hasAccess = true;
  /** What happened, in order. */
  readonly steps: string[] = [];
  /** Runs while the window is being opened. */
  whileOpening: () => void = () => undefined;
  readonly requested = new FakeEvent<[{ tabId: number; url: string }]>();
  readonly closed = new FakeEvent<[number]>();
  readonly removed = new FakeEvent<[object]>();

  /** Whether a request for this address would be blocked, in whichever tab. */
  blocks(url: string): boolean {
    return this.rules.some(
      ({ condition, action }) =>
        action.type === 'block' &&
        condition.tabIds === undefined &&
        condition.resourceTypes.includes('main_frame') &&
        new RegExp(condition.regexFilter).test(url),
    );
  }

  /** How many listeners a sign-in has left. */
  get listening(): number {
    return this.#listeners() - this.#always;
  }

  /** To be called when the worker has started: what listens by then does so as long as it lives. */
  started(): void {
    this.#always = this.#listeners();
  }

  #always = 0;

  #listeners(): number {
    const events = [this.requested, this.closed, this.removed];
    return events.reduce((sum, { listeners }) => sum + listeners.size, 0);
  }

  /** What `webextension-polyfill` exports. */
  readonly browser = {
    runtime: { getPlatformInfo: () => Promise.resolve({}) },
    declarativeNetRequest: {
      updateSessionRules: ({ removeRuleIds = [], addRules = [] }: Record<string, unknown[]>) => {
        const gone = this.rules.filter(({ id }) => removeRuleIds.includes(id));
        for (const rule of gone) this.rules.splice(this.rules.indexOf(rule), 1);
        if (gone.length > 0 && addRules.length === 0) this.steps.push('unblock');
        if (addRules.length > 0) this.steps.push('block');
        this.rules.push(...(addRules as Rule[]));
        return Promise.resolve();
      },
    },
    permissions: {
      contains: () => {
        this.steps.push('look');
        return Promise.resolve(this.hasAccess);
      },
      onAdded: new FakeEvent<[object]>(),
      onRemoved: this.removed,
    },
    webRequest: { onBeforeRequest: this.requested },
    tabs: {
      onRemoved: this.closed,
      remove: (tab: number) => {
        this.steps.push(`close ${String(tab)}`);
        return Promise.resolve();
      },
    },
    windows: {
      create: () => {
        this.steps.push('open');
        this.whileOpening();
        return Promise.resolve({ id: 70, tabs: [{ id: OURS }] });
      },
    },
  };
}
