/** The official client with `broker.fetch` as its only option, against official servers over HTTP. */
import {
  Client,
  InsufficientScopeError as OfficialInsufficientScopeError,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { InsufficientScopeError } from '../../src/client/index.ts';
import { refusal, token } from './fake-broker.ts';
import { sent, setUp, tearDown } from './fetch-setup.ts';
import {
  closeClients,
  connect,
  generous,
  interactive,
  readAndWrite,
  streamable,
} from './official-server.ts';

afterEach(async () => {
  await closeClients();
  await tearDown();
});

describe.each([
  ['StreamableHTTPClientTransport', StreamableHTTPClientTransport, streamable],
  ['SSEClientTransport', SSEClientTransport, readAndWrite],
] as const)('%s with broker.fetch', (_, Transport, serve) => {
  it('connects over a 401, steps up over a 403, and asks the user once for each', async () => {
    const setup = await setUp(serve(), generous());
    const client = await connect(Transport, setup, setup.broker.fetch);
    const content = (text: string): object => ({ content: [{ type: 'text', text }] });
    expect(await client.callTool({ name: 'read' })).toMatchObject(content('read done'));
    expect(interactive(setup)).toHaveLength(1);
    expect(await client.callTool({ name: 'write' })).toMatchObject(content('write done'));
    expect(interactive(setup)).toHaveLength(2);
    expect(interactive(setup)[1]).toMatchObject({ resource: setup.url, rejected: 'reader' });
    await client.callTool({ name: 'write' });
    await client.callTool({ name: 'read' });
    expect(interactive(setup)).toHaveLength(2);
  });

  it('connects without asking the user when the page is loaded again', async () => {
    const setup = await setUp(serve(), generous('reader'));
    const client = await connect(Transport, setup, setup.broker.fetch);
    await client.callTool({ name: 'read' });
    expect(interactive(setup)).toEqual([]);
    expect(new Set(sent(setup.server))).toEqual(new Set(['Bearer reader']));
  });

  it("lets our error through with onInsufficientScope: 'throw' (B13)", async () => {
    const setup = await setUp(serve(), generous('reader'));
    const fetch = setup.broker.fetchWith({ onInsufficientScope: 'throw' });
    const client = await connect(Transport, setup, fetch);
    const failure = client.callTool({ name: 'write' });
    await expect(failure).rejects.toBeInstanceOf(InsufficientScopeError);
    await expect(failure).rejects.toMatchObject({ requiredScope: 'write' });
    expect(interactive(setup)).toEqual([]);
  });
});

it('leaves the error to the official client when the user denies the step-up', async () => {
  const setup = await setUp(streamable(), (_, { interactive }) =>
    interactive === false ? token('reader') : refusal('access_denied'),
  );
  const client = await connect(StreamableHTTPClientTransport, setup, setup.broker.fetch);
  const failure = client.callTool({ name: 'write' });
  await expect(failure).rejects.toBeInstanceOf(OfficialInsufficientScopeError);
});

describe('the official client with broker.authProvider', () => {
  it('connects over a 401 and cannot step up', async () => {
    const setup = await setUp(streamable(), generous());
    const client = new Client({ name: 'page', version: '1.0.0' });
    const authProvider = setup.broker.authProvider(setup.url);
    await client.connect(new StreamableHTTPClientTransport(new URL(setup.url), { authProvider }));
    expect(await client.callTool({ name: 'read' })).toMatchObject({ content: [{}] });
    await expect(client.callTool({ name: 'write' })).rejects.toBeInstanceOf(
      OfficialInsufficientScopeError,
    );
    expect(interactive(setup)).toHaveLength(1);
    await client.close();
  });

  it('rejects with the refusal of the broker', async () => {
    const setup = await setUp(streamable(), () => refusal('access_denied'));
    const client = new Client({ name: 'page', version: '1.0.0' });
    const authProvider = setup.broker.authProvider(setup.url);
    const transport = new StreamableHTTPClientTransport(new URL(setup.url), { authProvider });
    const failure = await client.connect(transport).catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(UnauthorizedError);
    expect(failure).toMatchObject({ code: 'access_denied' });
  });
});
