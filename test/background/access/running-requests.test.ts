/** What ends carried requests, whatever else is under way (Z33). */
import { expect, it } from 'vitest';
import { RunningRequests } from '../../../src/background/access/running-requests.ts';
import type { Ports } from '../../../src/background/ports/ports.ts';

it('ends a request whose host is out of reach although another has no address that could be one (Z33)', async () => {
  const running = new RunningRequests({
    hasHostAccess: () => Promise.resolve(false),
    store: {} as Ports['store'],
  });
  const [odd, stream] = ['http://', 'https://mcp.example/mcp'].map((url) => {
    const one = { origin: 'https://notes.example', url, abort: new AbortController() };
    running.add(one);
    return one;
  });
  await running.heedHostAccess();
  expect([odd?.abort.signal.aborted, stream?.abort.signal.aborted]).toEqual([false, true]);
});
