/** The official client in a page that can read nothing of its server (no CORS): everything is carried (Z26, Z28). */
import { SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { setUpCarried, type CarriedSetup } from './carried-setup.ts';
import { carryWith } from './fake-carrier.ts';
import { sent, tearDown } from './fetch-setup.ts';
import type { Responder } from './http-server.ts';
import { closeClients, connect, readAndWrite, streamable } from './official-server.ts';

afterEach(async () => {
  await closeClients();
  await tearDown();
});

/** A page whose own fetch gets no answer, at a server where it holds nothing yet. */
async function shutOut(respond: Responder): Promise<CarriedSetup & { own: unknown[] }> {
  const own: unknown[] = [];
  vi.stubGlobal('fetch', (input: unknown) => {
    own.push(input);
    return Promise.reject(new TypeError('Failed to fetch'));
  });
  const setup = setUpCarried(respond, { carrying: carryWith('writer'), held: () => [] });
  const broker = await setup;
  vi.unstubAllGlobals();
  return { ...broker, own };
}

describe.each([
  ['StreamableHTTPClientTransport', StreamableHTTPClientTransport, streamable],
  ['SSEClientTransport', SSEClientTransport, readAndWrite],
] as const)('%s with broker.fetch', (_, Transport, serve) => {
  it('connects and calls tools at a server without CORS, after one request of its own', async () => {
    const setup = await shutOut(serve());
    const client = await connect(Transport, setup, setup.broker.fetch);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['read', 'write']);
    for (const name of ['read', 'write', 'read']) {
      expect(await client.callTool({ name })).toMatchObject({
        content: [{ text: `${name} done` }],
      });
    }
    expect(setup.own).toHaveLength(1);
    expect(new Set(sent(setup.server))).toEqual(new Set(['Bearer writer']));
    expect(setup.carrier.ports.filter(({ request }) => request?.refused)).toHaveLength(1);
    expect(setup.fake.received).toEqual([]);
  });

  it('ends every stream with the page (Z27)', async () => {
    const setup = await shutOut(serve());
    const client = await connect(Transport, setup, setup.broker.fetch);
    await client.callTool({ name: 'read' });
    await client.close();
    await expect.poll(() => setup.carrier.ports.every(({ isClosed }) => isClosed)).toBe(true);
  });
});

it('runs a tool once, where the worker dies before it has answered (Z28)', async () => {
  const ran: string[] = [];
  const setup = await shutOut(streamable((tool) => ran.push(tool)));
  const client = await connect(StreamableHTTPClientTransport, setup, setup.broker.fetch);
  setup.carrier.carrying = async (port) => {
    await port.carry('writer');
    port.die();
  };
  await expect(client.callTool({ name: 'write' })).rejects.toThrow(TypeError);
  expect(ran).toEqual(['write']);
});
