import { describe, expect, it } from 'vitest';
import { ConsentQueue } from '../../../src/background/connect/consent-queue.ts';
import { LiveFlow } from '../../../src/background/connect/live-flow.ts';
import type { Ports } from '../../../src/background/ports/ports.ts';
import type { FlowRecord, RefusalRecord } from '../../../src/background/ports/records.ts';
import { grantSnapshot } from '../../../src/background/connect/snapshot.ts';
import {
  recordRefusal,
  standingOf,
  type RefusalKind,
} from '../../../src/background/site/refusals.ts';
import { planToken } from '../../../src/protocol/plan.ts';
import type { PromptSnapshot } from '../../../src/shared/prompt.ts';

const NOW = 1_800_000_000_000;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const WEEK = 7 * DAY;
const ORIGIN = 'https://client.example';
const MCP = 'https://mcp.example';

/** A site's history: what it was refused, in order, each with everything before it. */
function refusing(
  ...history: [kind: RefusalKind, at: number, resource?: string, scopes?: string[]][]
) {
  return history.reduce<RefusalRecord[]>((former, [kind, at, resource = MCP, scopes = ['a']]) => {
    return [...former, ...recordRefusal(former, { origin: ORIGIN, resource, scopes, kind }, at)];
  }, []);
}
const standing = (records: RefusalRecord[], now: number, resource = MCP) =>
  standingOf(records, { asked: resource }, now);
/** Budgets that admit everything. */
const noBudgets: Ports['budgets'] = {
  of: () =>
    Promise.resolve({
      admits: () => true,
      take: () => true,
      note: () => undefined,
      giveBack: () => undefined,
      kept: () => Promise.resolve(),
    }),
  forget: () => undefined,
};
const FREE = { refused: [], barred: false, silenced: false };

describe('a denial (Z24)', () => {
  it('is remembered for ten minutes, with its scopes (Z24, T-13)', () => {
    const records = refusing(['denied', NOW, MCP, ['a', 'b']]);
    expect(records).toEqual([
      {
        origin: ORIGIN,
        resource: MCP,
        scopes: ['a', 'b'],
        kind: 'denied',
        at: NOW,
        until: NOW + 10 * MINUTE,
      },
    ]);
    expect(standing(records, NOW + 10 * MINUTE - 1)).toMatchObject({
      refused: ['a', 'b'],
      barred: false,
    });
    expect(standing(records, NOW + 10 * MINUTE)).toEqual(FREE);
  });

  it('is about one resource (Z24, Z1)', () => {
    const records = refusing(['denied', NOW]);
    expect(standing(records, NOW, 'https://other.example')).toEqual(FREE);
    expect(standing(records, NOW, 'http://mcp.example')).toEqual(FREE);
    expect(standing(records, NOW, `${MCP}:8443`)).toEqual(FREE);
  });

  it('holds for all that lies within the resource, and for nothing beside or above it (Z39)', () => {
    const records = refusing(['denied', NOW, `${MCP}/a`]);
    for (const within of ['/a', '/a/b', '/a?n=1']) {
      expect(standing(records, NOW, MCP + within).refused).toEqual(['a']);
    }
    for (const beside of ['', '/', '/ab', '/b', '/b/a']) {
      expect(standing(records, NOW, MCP + beside)).toEqual(FREE);
    }
  });

  it('of another server of the host is nothing against a grant that is held (Z39)', () => {
    const records = refusing(...Array<['denied', number]>(3).fill(['denied', NOW]));
    const held = `${MCP}/own`;
    expect(standingOf(records, { asked: held }, NOW).barred).toBe(true);
    expect(standingOf(records, { asked: held, held }, NOW)).toEqual({ ...FREE, silenced: true });
    const own = refusing(['denied', NOW, held]);
    expect(standingOf(own, { asked: `${MCP}/alias`, held }, NOW).refused).toEqual(['a']);
  });

  it('of a connection without scopes bars every scope (Z24)', () => {
    expect(standing(refusing(['denied', NOW, MCP, []]), NOW)).toMatchObject({ barred: true });
    expect(standing(refusing(['denied', NOW, MCP, []]), NOW + 10 * MINUTE).barred).toBe(false);
  });
});

describe('closing the window (Z24)', () => {
  it('is remembered for 60 seconds (Z24)', () => {
    const records = refusing(['dismissed', NOW]);
    expect(standing(records, NOW + MINUTE - 1).refused).toEqual(['a']);
    expect(standing(records, NOW + MINUTE)).toEqual(FREE);
  });

  it('never leads to an embargo (Z24)', () => {
    const records = refusing(
      ...Array.from({ length: 9 }, (_, i): ['dismissed', number] => [
        'dismissed',
        NOW + (i * DAY) / 10,
      ]),
    );
    expect(records.map(({ kind }) => kind)).toEqual(Array(9).fill('dismissed'));
    const mixed = refusing(
      ['denied', NOW],
      ['dismissed', NOW],
      ['denied', NOW],
      ['dismissed', NOW],
    );
    expect(mixed.filter(({ kind }) => kind === 'embargo')).toEqual([]);
  });
});

describe('three denials (Z24, T-13)', () => {
  const three = refusing(['denied', NOW], ['denied', NOW + DAY], ['denied', NOW + 2 * DAY]);

  it('end the questions about a server for seven days, for all scopes (Z24)', () => {
    const end = NOW + 2 * DAY + WEEK;
    expect(three.at(-1)).toMatchObject({ kind: 'embargo', scopes: [], until: end });
    expect(standing(three, end - 1).barred).toBe(true);
    expect(standing(three, end)).toEqual(FREE);
  });

  it('are three: two are not enough (Z24)', () => {
    const two = refusing(['denied', NOW], ['denied', NOW + 1]);
    expect(two.map(({ kind }) => kind)).toEqual(['denied', 'denied']);
  });

  it('are of one server (Z24)', () => {
    const records = refusing(
      ['denied', NOW],
      ['denied', NOW, 'https://b.example'],
      ['denied', NOW, 'https://c.example'],
    );
    expect(records.filter(({ kind }) => kind === 'embargo')).toEqual([]);
    expect(standing(three, NOW + 2 * DAY, 'https://other.example').barred).toBe(false);
  });

  it('are within a week (Z24)', () => {
    const just = refusing(['denied', NOW], ['denied', NOW + DAY], ['denied', NOW + WEEK - 1]);
    const late = refusing(['denied', NOW], ['denied', NOW + DAY], ['denied', NOW + WEEK]);
    expect([just, late].map((records) => records.some(({ kind }) => kind === 'embargo'))).toEqual([
      true,
      false,
    ]);
  });

  it('are of one host, whichever resources of it they were about (Z39)', () => {
    const paths = refusing(
      ['denied', NOW, `${MCP}/a`],
      ['denied', NOW, `${MCP}/b?c`],
      ['denied', NOW, `${MCP}/d`],
    );
    expect(paths.at(-1)).toMatchObject({ kind: 'embargo', resource: MCP });
    expect(standing(paths, NOW + DAY, `${MCP}/e`).barred).toBe(true);
    const same = refusing(
      ...Array<['denied', number, string]>(3).fill(['denied', NOW, `${MCP}/a`]),
    );
    expect(same.at(-1)).toMatchObject({ kind: 'embargo', resource: `${MCP}/a` });
    expect(standing(same, NOW + DAY, `${MCP}/e`).barred).toBe(false);
  });

  it('count whatever scopes they were about (Z24, T-13)', () => {
    const records = refusing(
      ['denied', NOW, MCP, ['a']],
      ['denied', NOW, MCP, ['b']],
      ['denied', NOW, MCP, []],
    );
    expect(records.at(-1)?.kind).toBe('embargo');
  });

  it('are counted anew when the embargo is over (Z24)', () => {
    const again = recordRefusal(
      three,
      { origin: ORIGIN, resource: MCP, scopes: ['a'], kind: 'denied' },
      NOW + 2 * DAY + WEEK,
    );
    expect(again.map(({ kind }) => kind)).toEqual(['denied']);
  });
});

describe('a site that was refused too often (T-13)', () => {
  it('is silent after three refusals of any kind within ten minutes, whatever it asks about (T-13)', () => {
    const records = refusing(
      ['denied', NOW, 'https://a.example'],
      ['dismissed', NOW, 'https://b.example'],
      ['denied', NOW + MINUTE, 'https://c.example'],
    );
    expect(standing(records.slice(0, 2), NOW + MINUTE).silenced).toBe(false);
    expect(standing(records, NOW + MINUTE, 'https://d.example')).toEqual({
      ...FREE,
      silenced: true,
    });
    expect(standing(records, NOW + 10 * MINUTE - 1, 'https://d.example').silenced).toBe(true);
    expect(standing(records, NOW + 10 * MINUTE, 'https://d.example').silenced).toBe(false);
  });

  it('is not silenced by an embargo itself: that was no refusal of its own (T-13)', () => {
    const embargo: RefusalRecord = {
      origin: ORIGIN,
      resource: MCP,
      scopes: [],
      kind: 'embargo',
      at: NOW,
      until: NOW + WEEK,
    };
    expect(standing([embargo, embargo, embargo], NOW)).toEqual({
      refused: [],
      barred: true,
      silenced: false,
    });
  });
});

describe('what is remembered of a question (Z24)', () => {
  /** Asks, lets the user deny, and says where the site stands then. */
  async function standingAfterDenial(record: FlowRecord, snapshot: PromptSnapshot) {
    const saved: RefusalRecord[] = [];
    const consent = new ConsentQueue(fakePorts(saved));
    const flow = new LiveFlow(fakePorts(saved), record);
    const asking = consent.ask(flow, snapshot).catch((error: unknown) => error);
    await expect.poll(() => consent.pending()).toHaveLength(1);
    const { nonce = '', digest = '' } = flow.record.prompt ?? {};
    expect(await consent.decide({ flow: record.id, nonce, digest, decision: 'deny' })).toBe(true);
    expect(await asking).toMatchObject({ code: 'access_denied' });
    return standingOf(saved, { asked: record.asked }, NOW + 1);
  }

  const offer = (scopes: string[]): PromptSnapshot =>
    grantSnapshot(recordOf(scopes), {
      grant: undefined,
      resource: { resource: MCP, match: 'same', authorizationServers: ['https://as.example'] },
      source: `${MCP}/.well-known/oauth-protected-resource`,
      server: { issuer: 'https://as.example' },
      scopes,
      missingAccess: [],
      copiesBytes: true,
    });

  it('answers the same question without a prompt: scopes that the page named (Z24, T-13)', async () => {
    const { barred, refused } = await standingAfterDenial(
      recordOf(['a']),
      offer(['a', 'offline_access']),
    );
    const wanted = { scopes: ['a'], forbidden: false, explicit: true };
    expect(barred || planToken(undefined, wanted, refused, NOW).do === 'refuse').toBe(true);
  });

  it('answers the same question without a prompt: scopes that the server’s metadata named (Z24, T-13)', async () => {
    // The page names none; the prompt showed what the metadata lists (R47).
    const { barred, refused } = await standingAfterDenial(recordOf([]), offer(['a', 'b']));
    const wanted = { scopes: [], forbidden: false, explicit: false };
    expect(barred || planToken(undefined, wanted, refused, NOW).do === 'refuse').toBe(true);
  });

  function recordOf(scopes: string[]): FlowRecord {
    const request = { scopes, demanded: [], challenged: true, rediscover: false };
    return {
      id: 'f',
      origin: ORIGIN,
      asked: MCP,
      request,
      stage: 'started',
      createdAt: NOW,
      reached: [],
    };
  }

  /** The ports that asking a question uses. */
  function fakePorts(saved: RefusalRecord[]): Ports {
    const ports: Partial<Ports> & { store: Partial<Ports['store']> } = {
      now: () => NOW,
      pause: () => Promise.resolve(),
      isInFront: () => Promise.resolve(false),
      watchFront: () => () => undefined,
      showPending: () => undefined,
      changed: () => undefined,
      log: { note: () => undefined, noteFailure: () => '', write: () => Promise.resolve() },
      traces: { step: () => undefined, end: () => undefined },
      budgets: noBudgets,
      store: {
        saveFlow: () => Promise.resolve(),
        holdsGrant: () => Promise.resolve(false),
        findGrant: () => Promise.resolve(undefined),
        findRefusals: () => Promise.resolve([...saved]),
        saveRefusal: (refusal: RefusalRecord) => {
          saved.push(refusal);
          return Promise.resolve();
        },
      } as unknown as Ports['store'],
    };
    return ports as Ports;
  }
});
