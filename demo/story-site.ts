/** One of the demo's own web client pages, as its visitor sees it and uses it. */
import type { Page } from 'puppeteer-core';
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
  #token: string | undefined;

  constructor(page: Page) {
    this.page = page;
    page.on('request', (request) => {
      const bearer = /^Bearer (.+)$/.exec(request.headers()['authorization'] ?? '');
      if (bearer) this.#token = bearer[1];
    });
  }

  /** The access token that the page last sent; only ever compared and looked up, never printed. */
  get token(): string {
    if (this.#token === undefined) throw new Error('this page has sent no token yet');
    return this.#token;
  }

  /** Clicks a button as soon as it is enabled. */
  async press(button: 'connect' | 'read' | 'write' | 'delete' | 'release'): Promise<void> {
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

  /** What it says this site may do. */
  scopes(): Promise<string[]> {
    return this.#items('#scopes');
  }

  notes(): Promise<string[]> {
    return this.#items('#notes');
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

  #items(list: string): Promise<string[]> {
    return this.page.$$eval(`${list} li:not(.soft)`, (items) =>
      items.map((item) => item.textContent),
    );
  }
}
