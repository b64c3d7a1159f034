/** Access that was lent to sign-ins is given back once, when nobody needs it any more (Z35). */
import { beforeEach, describe, expect, it } from 'vitest';
import { giveBackAccess, LentAccess, lentTo } from '../../../src/background/connect/lent-access.ts';
import type { LiveFlow } from '../../../src/background/connect/live-flow.ts';
import type { Ports } from '../../../src/background/ports/ports.ts';
import type { FlowRecord } from '../../../src/background/ports/records.ts';

const HERE = 'http://127.0.0.1/*';
const LOCALHOST = 'http://localhost/*';

let dropped: string[][];
let held: object[];
const ports = {
  store: { listGrants: () => Promise.resolve(held) },
  dropHostAccess: (patterns: readonly string[]) =>
    Promise.resolve(void dropped.push([...patterns])),
} as unknown as Ports;
beforeEach(() => {
  dropped = [];
  held = [];
});

const flowOf = (lent: string[], returnsHere = true) =>
  ({ record: { lent }, returnsHere }) as unknown as LiveFlow;

describe('access that was lent', () => {
  it('stays while another sign-in leads back here, and goes with the last (Z35)', async () => {
    const access = new LentAccess(ports);
    const [first, second] = [flowOf([LOCALHOST]), flowOf([])];
    access.begin(first);
    access.begin(second);
    await access.end(first);
    expect(dropped).toEqual([]);
    await access.end(second);
    expect(dropped).toEqual([[LOCALHOST]]);
    await access.end(second);
    expect(dropped).toHaveLength(1);
  });

  it('does not wait for a flow that leads elsewhere (Z35)', async () => {
    const access = new LentAccess(ports);
    const [first, other] = [flowOf([LOCALHOST]), flowOf([], false)];
    access.begin(first);
    access.begin(other);
    await access.end(first);
    expect(dropped).toEqual([[LOCALHOST]]);
  });

  it('is kept where a server that is connected needs it, be it for its provider (Z35)', async () => {
    held = [
      { resource: 'http://127.0.0.1:9/mcp' },
      {
        resource: 'https://mcp.example/mcp',
        server: { issuer: 'http://localhost:8', token_endpoint: 'http://localhost:8/token' },
      },
    ];
    await giveBackAccess(ports, [HERE, LOCALHOST]);
    expect(dropped).toEqual([]);
    held = [{ resource: 'https://mcp.example/mcp' }];
    await giveBackAccess(ports, [HERE, LOCALHOST]);
    expect(dropped).toEqual([[HERE, LOCALHOST]]);
  });

  it('of a former worker is given back once no flow that is left may need it (Z35)', () => {
    const record = (lent?: string[]) => ({ lent }) as unknown as FlowRecord;
    expect(lentTo([record([HERE, LOCALHOST]), record()], [record([HERE])])).toEqual([LOCALHOST]);
    expect(lentTo([record()], [])).toEqual([]);
  });
});
