/** The pages that have been let in and are still there. */
import type { BrokerMessage, PageEvent } from '../../shared/page-contract.ts';
import type { PageCaller } from '../ports/records.ts';

/** A page as far as the others have to do with it. */
interface OpenPage {
  readonly caller: PageCaller;
  post(message: BrokerMessage): void;
}

export class OpenPages {
  readonly #pages = new Set<OpenPage>();

  add(page: OpenPage): void {
    this.#pages.add(page);
  }

  delete(page: OpenPage): void {
    this.#pages.delete(page);
  }

  /** The site in a tab, if its page has been let in. */
  originIn(tabId: number): string | undefined {
    return [...this.#pages].findLast(({ caller }) => caller.tabId === tabId)?.caller.origin;
  }

  /** Whether a tab shows this very document still: a port of it is open. One that the browser keeps has none (Z40). */
  has({ origin, tabId, documentId }: PageCaller): boolean {
    return [...this.#pages].some(
      ({ caller }) =>
        caller.tabId === tabId && caller.origin === origin && caller.documentId === documentId,
    );
  }

  /** The sites whose pages are there. */
  get origins(): string[] {
    return [...new Set([...this.#pages].map(({ caller }) => caller.origin))];
  }

  /** Tells every open page of an origin. */
  tell(origin: string, event: PageEvent): void {
    for (const page of this.#pages) {
      if (page.caller.origin === origin) page.post({ v: 1, event });
    }
  }
}
