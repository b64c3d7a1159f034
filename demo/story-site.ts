/** One of the demo's own web client pages, as its visitor sees it and uses it. */
import type { Page } from 'puppeteer-core';
import type { DemoStep } from './check-list.ts';
import { PATIENCE_MS, until } from './story-check.ts';
import type { Happening, Status } from './web-client/view.ts';

/** A line under “What happened”. */
export interface LogLine {
  kind: Happening;
  text: string;
}

/** A tab with the demo page in it. */
export class SitePage {
  readonly page: Page;
  readonly #findToken: () => string | undefined;

  /** @param findToken what the server was last sent for this site; the page itself has none to show */
  constructor(page: Page, findToken: () => string | undefined) {
    this.page = page;
    this.#findToken = findToken;
  }

  /** The access token that was last sent for this site; only ever compared and looked up, never printed. */
  get token(): string {
    const token = this.#findToken();
    if (token === undefined) throw new Error('no token was sent for this site yet');
    return token;
  }

  /** Clicks a button as soon as it is enabled. */
  async press(
    button: 'connect' | 'read' | 'write' | 'delete' | 'release' | 'closed-read' | 'keyed-read',
  ): Promise<void> {
    await this.page.waitForSelector(`#${button}:enabled`, { timeout: PATIENCE_MS });
    await this.page.click(`#${button}`);
  }

  /** Waits until nothing is under way; resolves where the page stands then. */
  async settled(): Promise<Status> {
    let status: Status = 'waiting';
    await until('the page is done with what it was asked to do', async () => {
      status = await this.page.$eval('#status', (box) => box.getAttribute('data-state') as Status);
      return status !== 'waiting' && status !== 'starting';
    });
    return status;
  }

  /** What its strip says, after it has looked. */
  credentials(): Promise<string> {
    return this.page.$eval('#credentials', (strip) => strip.textContent);
  }

  /** What its strip says of OAuth requests and questions. */
  counts(): Promise<string> {
    return this.page.$eval('#counts', (strip) => strip.textContent);
  }

  /** Waits until its check list has this step ticked. */
  async ticked(step: DemoStep): Promise<void> {
    await this.page.waitForSelector(`[data-step="${step}"][data-done="true"]`, {
      timeout: PATIENCE_MS,
    });
  }

  /** Its beginning in view: a click further down has left it scrolled. */
  async toTop(): Promise<void> {
    await this.page.evaluate(() => scrollTo(0, 0));
  }

  /** How far its check list is. */
  progress(): Promise<string> {
    return this.page.$eval('#progress', (line) => line.textContent);
  }

  /** What came of the server without CORS, or of the one that wants a key. */
  async outcome(of: 'closed' | 'keyed'): Promise<string> {
    const line = `#${of}-state:is([data-state="read"], [data-state="failed"])`;
    const shown = await this.page.waitForSelector(line, { timeout: PATIENCE_MS });
    return shown!.evaluate((box) => box.textContent);
  }

  /** What it says this site may do. */
  scopes(): Promise<string[]> {
    return this.#texts('#scopes code');
  }

  notes(): Promise<string[]> {
    return this.#texts('#notes li:not(.soft)');
  }

  /** “What happened”, the newest line first. */
  log(): Promise<LogLine[]> {
    return this.page.$$eval('#log li', (lines) =>
      lines.map((line) => ({
        kind: line.getAttribute('data-kind') as LogLine['kind'],
        text: line.querySelector('span')?.textContent ?? '',
      })),
    );
  }

  #texts(selector: string): Promise<string[]> {
    return this.page.$$eval(selector, (items) => items.map((item) => item.textContent));
  }
}
