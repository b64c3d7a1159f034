/** One client document for all sites, and a redirect URI of its own for each of them, at a real authorization server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientDocument } from '../../src/protocol/client-document.ts';
import { SLOTS } from '../../src/protocol/redirect-slot.ts';
import { startSecondServer } from './second-server.ts';
import { REDIRECT_HOST, World } from './world.ts';

const BASE = `https://${REDIRECT_HOST}/cb`;
const DOCUMENT = 'https://keeper.example/client.json';
const slots = (count: number) => Array.from({ length: count }, (_, slot) => `${BASE}/${slot}`);

let world: World;
let listed: string[];
/** Redirect URIs of the authorization requests, in order. */
let redirects: (string | null)[];
/** How often our own document was read by us. */
let reads: number;

const hosted = () => Promise.resolve(Response.json(clientDocument(DOCUMENT, listed)));

beforeEach(async () => {
  listed = slots(SLOTS);
  redirects = [];
  reads = 0;
  world = await World.open({ clientDocuments: hosted });
  const { http, authWindow } = world.ports;
  world.ports.http = (url, init, limits) => {
    if (url !== DOCUMENT) return http(url, init, limits);
    reads += 1;
    return hosted();
  };
  const { open } = authWindow;
  authWindow.open = (url, opened, signal) => {
    redirects.push(new URL(url).searchParams.get('redirect_uri'));
    return open(url, opened, signal);
  };
  await world.startWith({ clientDocument: DOCUMENT });
});

afterEach(() => world.close());

const siteOf = (number: number) => `http://127.0.0.1:${9100 + number}`;

/** A site connects; long enough after the one before that no budget is in its way. */
async function connect(origin: string): Promise<void> {
  world.elapsed += 3_600_001;
  await world.getToken({ scopes: ['notes:read'] }, { origin });
}

describe('the slots of the client document', () => {
  it('give each site a redirect URI of its own, which it keeps (Z56)', async () => {
    for (const number of [0, 1, 2]) await connect(siteOf(number));
    expect(redirects).toEqual(slots(3));
    await world.restart();
    await world.own.disconnect({ ...(await grantOf(siteOf(1))), everySharer: false });
    await connect(siteOf(1));
    await connect(siteOf(3));
    expect(redirects.slice(3)).toEqual([`${BASE}/1`, `${BASE}/3`]);
    expect(world.prompts.filter((prompt) => prompt.crowded)).toEqual([]);
  });

  it('are shared from the 33rd site on, which is said before, and to nobody else (Z56)', async () => {
    for (let number = 0; number < SLOTS; number += 1) await connect(siteOf(number));
    expect(redirects).toEqual(slots(SLOTS));
    expect(world.prompts.some(({ crowded }) => crowded)).toBe(false);
    await connect(siteOf(32));
    expect(world.prompts.at(-1)).toMatchObject({ origin: siteOf(32), crowded: true });
    expect(redirects.at(-1)).toBe(`${BASE}/31`);
    // One that leaves makes room.
    await world.own.disconnect({ ...(await grantOf(siteOf(7))), everySharer: false });
    await connect(siteOf(33));
    expect(redirects.at(-1)).toBe(`${BASE}/7`);
    expect(world.prompts.at(-1)).not.toHaveProperty('crowded');
  }, 60_000);

  it('are counted for each issuer (Z56)', async () => {
    const other = await startSecondServer(world, { clientDocuments: hosted });
    await connect(siteOf(0));
    world.lab.mcpServer.setIssuers([other.issuer]);
    world.elapsed += 86_400_000;
    await connect(siteOf(1));
    expect(redirects).toEqual([`${BASE}/0`, `${BASE}/0`]);
    await other.close();
  });

  it('are taken after Allow only, by two sites at once too (Z56)', async () => {
    world.answer = ({ stage }) => (stage === 'allow' ? 'deny' : 'allow');
    await expect(connect(siteOf(0))).rejects.toBeDefined();
    expect((await issuer())?.slots).toBeUndefined();
    world.answer = () => 'allow';
    world.elapsed += 3_600_001;
    // The disk is slow: the second site comes while the first one's slot is being written.
    const { learnIssuer } = world.ports.store;
    const slowly: typeof learnIssuer = async (of, learned) => {
      if (learned.slots) await new Promise((resolve) => setTimeout(resolve, 1000));
      return learnIssuer(of, learned);
    };
    Object.assign(world.ports.store, { learnIssuer: slowly });
    const both = [siteOf(1), siteOf(2)].map((origin) =>
      world.getToken({ scopes: ['notes:read'] }, { origin }),
    );
    await Promise.all(both);
    expect(redirects.toSorted()).toEqual(slots(2));
  });

  it('are as many as the document lists; one that lists cb alone is used with that (Z56, Z20)', async () => {
    listed = [BASE, ...slots(1)];
    await connect(siteOf(0));
    await connect(siteOf(1));
    expect(redirects).toEqual([`${BASE}/0`, `${BASE}/0`]);
    expect(world.prompts.at(-1)).toMatchObject({ crowded: true });
    listed = [BASE];
    world.elapsed += 2 * 86_400_000;
    await connect(siteOf(2));
    expect(redirects.at(-1)).toBe(BASE);
    expect(world.prompts.at(-1)).not.toHaveProperty('crowded');
  });

  it('make a first connection cost four requests, and no registration (Z56)', async () => {
    const mark = world.lab.ledger.mark();
    await connect(siteOf(0));
    const { registrations, total } = world.lab.ledger.since(mark).cost();
    expect({ registrations, total, reads }).toEqual({ registrations: 0, total: 4, reads: 1 });
    await connect(siteOf(1));
    expect(world.lab.ledger.since(mark).cost().total).toBeLessThanOrEqual(8);
  });
});

async function grantOf(origin: string) {
  return (await world.ports.store.findGrant(origin, world.resource))!;
}

function issuer() {
  return world.ports.store.findIssuer(world.lab.authorizationServer.issuer);
}
