/** The official client's time-outs while the user reads: no tool runs that it has given up (J1). */
import { StreamableHTTPClientTransport, type Client } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { token } from './fake-broker.ts';
import { setUp, tearDown, type Setup } from './fetch-setup.ts';
import { closeClients, connect, interactive, streamable } from './official-server.ts';

afterEach(async () => {
  await closeClients();
  await tearDown();
});

interface Scene {
  setup: Setup;
  client: Client;
  ran: string[];
  /** The user allows the step-up. */
  allow: () => void;
}

/** A connected client whose tool `write` needs a step-up, and a user who reads. */
async function scene(options?: Parameters<typeof connect>[3]): Promise<Scene> {
  const ran: string[] = [];
  let held = token('reader');
  let allow = (): void => {};
  const allowed = new Promise<void>((resolve) => {
    allow = () => {
      held = token('writer');
      resolve();
    };
  });
  const setup = await setUp(
    streamable((tool) => ran.push(tool)),
    (_, { challenge }) => (challenge === undefined ? held : allowed.then(() => held)),
  );
  const client = await connect(StreamableHTTPClientTransport, setup, setup.broker.fetch, options);
  return { setup, client, ran, allow };
}

const write = (client: Client, options: { timeout?: number; signal?: AbortSignal }) =>
  client.callTool({ name: 'write' }, options).then(
    () => 'done',
    (error: unknown) => String(error),
  );

/** A tool call whose question is on the screen when the client's time is up. */
async function writeInVain({ setup, client }: Scene): Promise<void> {
  const before = interactive(setup).length;
  const call = write(client, { timeout: 1500 });
  await expect.poll(() => interactive(setup).length).toBeGreaterThan(before);
  expect(await call).toContain('timed out');
}

/** Long enough for whatever would be sent again to arrive. */
const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200));

describe('a tool call that the official client has given up, with a server of 2025-11-25', () => {
  it('does not run once the user has allowed it (n10)', async () => {
    const here = await scene();
    const { setup, client, ran, allow } = here;
    await writeInVain(here);
    allow();
    await aMoment();
    expect(ran).toEqual([]);
    expect(await write(client, {})).toBe('done');
    expect(ran).toEqual(['write']);
    // The question of the first one is enough.
    expect(interactive(setup)).toHaveLength(1);
  });

  it('runs once at most when the host repeats it three times (n10b)', async () => {
    const here = await scene();
    const { setup, client, ran, allow } = here;
    await writeInVain(here);
    // The same question is open still, and no second one is put.
    expect(await write(client, { timeout: 500 })).toContain('timed out');
    const last = write(client, { timeout: 50_000 });
    await aMoment();
    expect(interactive(setup)).toHaveLength(1);
    allow();
    expect(await last).toBe('done');
    await aMoment();
    expect(ran).toEqual(['write']);
  });

  it('does not run either when the page aborts it', async () => {
    const { setup, client, ran, allow } = await scene();
    const controller = new AbortController();
    const call = write(client, { signal: controller.signal });
    await expect.poll(() => interactive(setup)).toHaveLength(1);
    controller.abort();
    expect(await call).not.toBe('done');
    allow();
    await aMoment();
    expect(ran).toEqual([]);
  });
});

it('does not run with a server of 2026-07-28, and its question is withdrawn (n10c)', async () => {
  const here = await scene({ versionNegotiation: { mode: 'auto' } });
  const { setup, client, ran, allow } = here;
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  await writeInVain(here);
  await expect.poll(() => setup.fake.cancelled).toHaveLength(1);
  allow();
  await aMoment();
  expect(ran).toEqual([]);
});
