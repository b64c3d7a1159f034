/** What a test does with `broker.fetch` on a page: requests and streams whose fate can be looked at. */
import type { Page } from 'puppeteer-core';
import type { BarePage } from '../../demo/web-client/bare.ts';

/** What a page got for one request. */
export interface Got {
  status?: number;
  body?: string;
  /** Name of what was thrown, and the code of its cause. */
  threw?: string;
  code?: string;
}

/** What a page holds of a stream that it reads. */
export interface Reading {
  status: number;
  text: string;
  /** `open`, `ended`, or the name of the error that its reader got. */
  state: string;
}

/** What {@link WebClient} and this file leave in the page. */
interface Globals {
  sdk: { broker: NonNullable<Awaited<ReturnType<BarePage['findBroker']>>> };
  readings?: Record<string, Reading & { abort(): void; cancel(): Promise<void> }>;
}

/** How an MCP client asks over HTTP, so that a request without any grant is recognised. */
const LIKE_MCP = {
  accept: 'application/json, text/event-stream',
  'content-type': 'application/json',
};

/** One request with `broker.fetch`, read to its end. */
export function send(
  page: Page,
  url: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Got> {
  const { method = 'POST', headers, body = '{"jsonrpc":"2.0","id":1,"method":"ping"}' } = init;
  const asked = {
    method,
    headers: { ...LIKE_MCP, ...headers },
    ...(method === 'POST' && { body }),
  };
  return page.evaluate(
    async (address, options) => {
      const { broker } = (globalThis as unknown as Globals).sdk;
      try {
        const response = await broker.fetch(address, options);
        return { status: response.status, body: await response.text() };
      } catch (error) {
        const { name, cause, code } = error as {
          name: string;
          code?: string;
          cause?: { code?: string };
        };
        const why = cause?.code ?? code;
        return { threw: name, ...(why !== undefined && { code: why }) };
      }
    },
    url,
    asked,
  );
}

/** Opens a stream and goes on reading it in the page; resolves once its head is there. */
export function openReading(page: Page, name: string, url: string): Promise<number> {
  return page.evaluate(
    async (called, address) => {
      const globals = globalThis as unknown as Globals;
      const abort = new AbortController();
      const response = await globals.sdk.broker.fetch(address, {
        headers: { accept: 'text/event-stream' },
        signal: abort.signal,
      });
      const reader = response.body!.getReader();
      const reading = {
        status: response.status,
        text: '',
        state: 'open',
        abort: () => abort.abort(),
        cancel: () => reader.cancel(),
      };
      (globals.readings ??= {})[called] = reading;
      const decoder = new TextDecoder();
      const read = async (): Promise<void> => {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          reading.text += decoder.decode(value, { stream: true });
        }
      };
      void read().then(
        () => (reading.state = 'ended'),
        (error: unknown) => (reading.state = (error as Error).name),
      );
      return response.status;
    },
    name,
    url,
  );
}

/** How a stream stands. */
export function reading(page: Page, name: string): Promise<Reading> {
  return page.evaluate((called) => {
    const { status, text, state } = (globalThis as unknown as Globals).readings![called]!;
    return { status, text, state };
  }, name);
}

/** Gives a stream up, by the request's signal or by its body. */
export function giveUp(page: Page, name: string, way: 'abort' | 'cancel'): Promise<void> {
  return page.evaluate(
    async (called, how) => {
      await (globalThis as unknown as Globals).readings![called]![how]();
    },
    name,
    way,
  );
}
