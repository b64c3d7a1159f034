/**
 * What is sent for a site that holds nothing yet, and to whom: servers that exist on paper only, so that every request
 * is seen (Z2, Z16, T-25, T-21).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from './calls.ts';
import { World, type Servers } from './world.ts';
import { providerMetadata } from '../support/provider-metadata.ts';

const SITE = 'https://site.example';
const MCP = 'https://mcp.example/mcp';
const PAPER: Servers = {
  siteA: { origin: SITE },
  mcpServer: { url: MCP },
  close: () => Promise.resolve(),
};
const NOT_FOUND = () => new Response('{}', { status: 404 });

let world: World<Servers>;
/** Requests, as method and URL. */
let sent: string[];
/** Documents by URL. */
let documents: Record<string, object>;

beforeEach(async () => {
  world = await World.beside(PAPER);
  [sent, documents] = [[], {}];
  world.answer = () => 'ignore';
  world.ports.http = (url, init) => {
    sent.push(`${init.method ?? 'GET'} ${url}`);
    const found = documents[url];
    return Promise.resolve(found ? Response.json(found) : NOT_FOUND());
  };
});
afterEach(() => world.close());

const call = (params = {}) => world.getToken(params).catch(codeOf);
const resourceOf = (origin: string, path = '/mcp', issuer = 'https://as.example') => ({
  [`${origin}/.well-known/oauth-protected-resource${path}`]: {
    resource: origin + path,
    authorization_servers: [issuer],
  },
});
const providerAt = (issuer: string) => ({
  [`${issuer}/.well-known/oauth-authorization-server`]: providerMetadata(issuer),
});
const hosts = () => [...new Set(sent.map((line) => new URL(line.split(' ')[1]!).host))].sort();

describe('before the click', () => {
  it('nothing but metadata is asked for, by GET, when the page could read no challenge (Z2)', async () => {
    documents = { ...resourceOf('https://mcp.example'), ...providerAt('https://as.example') };
    void call();
    await expect.poll(() => world.prompts.map(({ stage }) => stage)).toEqual(['allow']);
    expect(
      sent.filter((line) => !/^GET https:\/\/\w+\.example\/\.well-known\//.test(line)),
    ).toEqual([]);
    expect(sent.length).toBeGreaterThan(1);
  });

  it('the server itself is not asked for its challenge, where nothing is found: the user is (Q6)', async () => {
    void call();
    await expect.poll(() => world.prompts.map(({ stage }) => stage)).toEqual(['reach']);
    expect(sent.filter((line) => line.startsWith('POST') || line.endsWith(MCP))).toEqual([]);
  });

  it('a challenge of the page leads to no other host (Z16, T-21)', async () => {
    const elsewhere = 'https://evil.example/prm.json';
    documents = { [elsewhere]: { resource: MCP, authorization_servers: ['https://as.example'] } };
    void call({ challenge: `Bearer resource_metadata="${elsewhere}"` });
    await expect.poll(() => world.prompts.map(({ stage }) => stage)).toEqual(['reach']);
    expect(hosts()).toEqual(['mcp.example']);
  });

  it('a challenge of the page is followed on the host of the server', async () => {
    const own = 'https://mcp.example/prm.json';
    documents = {
      [own]: { resource: MCP, authorization_servers: ['https://as.example'] },
      ...providerAt('https://as.example'),
    };
    void call({ challenge: `Bearer resource_metadata="${own}"` });
    await expect.poll(() => world.prompts.map(({ stage }) => stage)).toEqual(['allow']);
    expect(sent[0]).toBe(`GET ${own}`);
  });
});

describe('a public server', () => {
  it.each([
    ['in developer mode', SITE],
    ['of a site on this computer', 'http://localhost:3000'],
  ])('cannot send the broker to this computer, %s (Z2, T-28)', async (_when, origin) => {
    await world.own.configure({ developerMode: true });
    const local = 'http://127.0.0.1:8080';
    documents = { ...resourceOf('https://mcp.example', '/mcp', local), ...providerAt(local) };
    const code = await world.getToken({}, { origin }).catch(codeOf);
    expect(code).toBe('policy_blocked');
    expect(hosts()).toEqual(['mcp.example']);
  });
});

describe('a site that holds nothing', () => {
  it('has three new servers contacted in a minute, however often it asks (T-25)', async () => {
    const codes = [];
    for (let i = 0; i < 6; i += 1) {
      codes.push(await call({ resource: `https://s${i}.example/mcp`, challenge: 'Basic' }));
    }
    expect(codes.slice(3)).toEqual(Array(3).fill('rate_limited'));
    expect(hosts()).toEqual(['s0.example', 's1.example', 's2.example']);
    // The same again is no new server; another site has its own three; a minute later there are three more.
    expect(await call({ resource: 'https://s1.example/mcp', challenge: 'Basic' })).not.toBe(
      'rate_limited',
    );
    const other = { origin: 'https://other.example' };
    const asked = { resource: 'https://s3.example/mcp', challenge: 'Basic' };
    expect(await world.getToken(asked, other).catch(codeOf)).not.toBe('rate_limited');
    world.elapsed += 60_000;
    expect(await call(asked)).not.toBe('rate_limited');
  });

  it('has twenty attempts in a minute at one server (T-25)', async () => {
    const codes = [];
    for (let i = 0; i < 25; i += 1) {
      codes.push(await call({ resource: `${MCP}/${i}`, challenge: 'Basic' }));
    }
    expect(codes.filter((code) => code === 'rate_limited').length).toBe(5);
    expect(codes.indexOf('rate_limited')).toBe(20);
  });
});

describe('all sites together', () => {
  /** Each of so many sites asks about three servers; resolves the codes that the calls have ended with so far. */
  function threeEach(sites: number, name: string): (string | undefined)[] {
    const codes: (string | undefined)[] = [];
    for (let i = 0; i < sites; i += 1) {
      const origin = `https://${name}${i}.example`;
      for (let n = 0; n < 3; n += 1) {
        void world
          .getToken({ resource: `${MCP}/${n}` }, { origin })
          .catch((error: unknown) => codes.push(codeOf(error)));
      }
    }
    return codes;
  }
  const waiting = () => world.life.flows.consent.pending().length;

  it('have fifteen requests waiting for the user while they hold nothing, and twenty in all (T-13, Z39)', async () => {
    world.inFront = false;
    const strangers = threeEach(8, 'new');
    await expect.poll(() => strangers).toEqual(Array(9).fill('rate_limited'));
    await expect.poll(waiting).toBe(15);
    Object.assign(world.life.ports.store, { hasAnyGrant: () => Promise.resolve(true) });
    const connected = threeEach(4, 'known');
    await expect.poll(() => connected).toEqual(Array(7).fill('rate_limited'));
    await expect.poll(waiting).toBe(20);
  });

  it('have one more in front of the user, in the place of one that they have not seen (T-13, Z39)', async () => {
    world.inFront = false;
    const ended = threeEach(5, 'new');
    await expect.poll(waiting).toBe(15);
    world.inFront = true;
    const codes = threeEach(1, 'front');
    await expect.poll(() => codes).toEqual(Array(2).fill('rate_limited'));
    await expect.poll(() => ended).toEqual(['aborted']);
    await expect.poll(waiting).toBe(15);
    const asking = world.life.flows.pending().map(({ snapshot }) => snapshot.origin);
    expect(asking.filter((origin) => origin === 'https://front0.example')).toHaveLength(1);
  });
});

describe('a paused site', () => {
  it('has nothing contacted, nothing asked, and hears access_denied', async () => {
    await world.own.pause({ origin: SITE, paused: true });
    expect(await call()).toBe('access_denied');
    expect([sent, world.prompts]).toEqual([[], []]);
  });
});
