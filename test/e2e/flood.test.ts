/** E-FLOOD in the browsers: one page floods the broker, and another site must not notice (T-12, Z44). */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../demo/listen.ts';
import type { BarePage } from '../../demo/web-client/bare.ts';
import { CHANNEL_VERSION, PAGE_PORT, RELAY_HANDSHAKE } from '../../src/shared/page-contract.ts';
import { reportBar } from '../support/bars.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';

const MESSAGES = 41_000;
const PORTS = 20;
/** Calls of the neighbour; with a pause after each, they last about as long as the flood does. */
const SAMPLES = 120;
const LARGE_BYTES = 20_000_000;

let stage: Stage;
let neighbour: WebClient;
let hostile: Page;
let closeHostile: () => Promise<void>;
beforeAll(async () => {
  stage = await openTestStage();
  // A page without the demo's policy, as an attacker would serve it.
  const { address, close } = await listen((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>hostile</title>');
  });
  closeHostile = close;
  hostile = await stage.browser.page(`http://127.0.0.1:${address.port}`);
  // In front: Firefox lets the timers of a page behind another run once a second.
  neighbour = await stage.visit('siteA');
  await neighbour.page.bringToFront();
});
afterAll(async () => {
  await closeHostile();
  await stage.close();
});

/** How long the neighbour waits for each of so many calls; milliseconds. */
function sample(count: number): Promise<number[]> {
  return neighbour.page.evaluate(
    async (resource, calls) => {
      const { sdk } = globalThis as unknown as {
        sdk: { broker: NonNullable<Awaited<ReturnType<BarePage['findBroker']>>> };
      };
      const taken: number[] = [];
      for (let call = 0; call < calls; call += 1) {
        const start = performance.now();
        await sdk.broker.permission(resource);
        taken.push(performance.now() - start);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return taken;
    },
    stage.lab.mcpServer.url,
    count,
  );
}

/** The value that 95 of 100 do not pass. */
function p95(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1]!;
}

/** Opens ports as either browser lets a page, and sends over all of them; resolves what came back in four seconds. */
function flood(ports: number, messages: number, kind: 'permission' | 'large') {
  const { host } = new URL(stage.browser.root);
  return hostile.evaluate(
    async (asked) => {
      interface Port {
        postMessage(message: unknown): void;
      }
      const counted = { answers: 0, limited: 0, closed: 0 };
      const hear = (message: {
        relay?: true;
        closed?: true;
        ok?: boolean;
        error?: { code: string };
      }) => {
        if (message.closed) counted.closed += 1;
        if (message.ok !== undefined) counted.answers += 1;
        if (message.error?.code === 'rate_limited') counted.limited += 1;
      };
      const { chrome } = globalThis as unknown as {
        chrome?: {
          runtime?: {
            connect(
              id: string,
              options: object,
            ): Port &
              Record<'onMessage' | 'onDisconnect', { addListener(l: (m: never) => void): void }>;
          };
        };
      };
      const open = (): Port => {
        if (chrome?.runtime) {
          const port = chrome.runtime.connect(asked.id, { name: asked.name });
          port.onMessage.addListener(hear as (m: never) => void);
          port.onDisconnect.addListener(() => (counted.closed += 1));
          return port;
        }
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => hear(data as Parameters<typeof hear>[0]);
        window.postMessage(asked.handshake, location.origin, [port2]);
        return port1;
      };
      const opened = Array.from({ length: asked.ports }, open);
      // In Chromium the page itself has to write it as JSON; Firefox takes what can be cloned.
      const large = () => (chrome?.runtime ? 'x'.repeat(asked.bytes) : new Uint8Array(asked.bytes));
      const params = asked.kind === 'large' ? large() : { resource: 'https://mcp.example' };
      for (let id = 1; id <= asked.messages; id += 1) {
        try {
          opened[id % asked.ports]!.postMessage({ v: 1, id, call: 'permission', params });
        } catch {
          // This port is closed already.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 4000));
      return counted;
    },
    {
      ...{ ports, messages, kind, id: host, name: PAGE_PORT, bytes: LARGE_BYTES },
      handshake: { [RELAY_HANDSHAKE]: CHANNEL_VERSION },
    },
  );
}

// What else a machine does can only raise the ratio of two times, so it is measured up to three times.
describe(inBrowser('a page that floods the broker'), { retry: 2 }, () => {
  it('with 41,000 messages leaves another site what it had (T-12, Z44)', async () => {
    await sample(10);
    const quiet = await sample(SAMPLES);
    const flooded = flood(PORTS, MESSAGES, 'permission');
    const busy = await sample(SAMPLES);
    const { answers, limited, closed } = await flooded;
    expect(p95(busy)).toBeLessThanOrEqual(10 * p95(quiet));
    expect(answers).toBeLessThanOrEqual(500 + PORTS);
    expect(limited).toBeGreaterThan(0);
    expect(closed).toBe(PORTS);
    reportBar(inBrowser('E-FLOOD'), {
      ...{ messages: MESSAGES, ports: PORTS, answers, closed },
      'times the quiet p95': (p95(busy) / p95(quiet)).toFixed(1),
    });
  });

  it('is served again when ten seconds have passed', async () => {
    await new Promise((resolve) => setTimeout(resolve, 8000));
    const { answers, limited } = await flood(1, 1, 'permission');
    expect([answers, limited]).toEqual([1, 0]);
  });

  it('with 20 MB in one message is told that it is malformed, and nobody else notices (T-12, Z44)', async () => {
    const quiet = await sample(SAMPLES);
    const flooded = flood(1, 1, 'large');
    const busy = await sample(SAMPLES);
    expect(p95(busy)).toBeLessThanOrEqual(10 * p95(quiet));
    const { answers } = await flooded;
    expect(answers).toBe(1);
    reportBar(inBrowser('E-FLOOD of 20 MB'), {
      ...{ bytes: LARGE_BYTES, answers },
      'times the quiet p95': (p95(busy) / p95(quiet)).toFixed(1),
    });
  });
});
