/** What one site can bring about, over restarts of the worker and under any name that it makes up (Z39, Z24). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../../flow/calls.ts';
import type { PromptView } from '../../../src/shared/prompt.ts';
import { insufficientScope } from '../../flow/world.ts';
import { isFullForm, reportBar } from '../../support/bars.ts';
import { ISSUER, MCP, openPage, openPaper, providerAt, SITE, type Paper } from './paper.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let paper: Paper;
beforeEach(async () => {
  paper = await openPaper();
});
afterEach(() => paper.world.close());

const call = (params = {}, from?: { origin: string }) =>
  paper.world.getToken(params, from).catch(codeOf);

describe('sign-in windows without a question', () => {
  /** Says that the token was refused, so that only a sign-in helps; the server gives no refresh token. */
  async function insist(address: string) {
    const { access_token } = await paper.world.getToken({ resource: address });
    return call({ resource: address, rejected: access_token });
  }

  it('are three in ten minutes, over any number of lives and addresses (Z39, T-13)', async () => {
    const addresses = [MCP, `${MCP}/a`, `${MCP}/b`, `${MCP}/c`, `${MCP}/d`];
    for (const resource of addresses) await paper.world.getToken({ resource, scopes: ['read'] });
    const before = paper.signIns();
    const lives = 12;
    for (let i = 0; i < lives; i += 1) {
      await insist(addresses[i % addresses.length]!);
      await paper.world.restart();
      paper.world.elapsed += 31_000;
    }
    const windows = paper.signIns() - before;
    expect(windows).toBe(3);
    reportBar('sign-ins without a question', { addresses: addresses.length, lives, windows });
    paper.world.elapsed += 10 * MINUTE;
    await insist(MCP);
    expect(paper.signIns() - before).toBe(4);
  });

  it('are as few where each comes from an address that is new (Z39)', async () => {
    const { http } = paper.world.ports;
    paper.world.ports.http = async (url, init, limits) => {
      const response = await http(url, init, limits);
      if (!url.endsWith('/token')) return response;
      // Less than was allowed: the next address wants the rest, and no question is needed for that.
      return Response.json({ ...((await response.json()) as object), scope: 'read' });
    };
    // By a path, so that the whole resource was shown: only then is a new address no question (Z41).
    await call({ resource: `${MCP}/first`, scopes: ['read', 'write'] });
    const [before, asked] = [paper.signIns(), paper.windows()];
    for (let i = 0; i < 10; i += 1) {
      await call({ resource: `${MCP}/${i}`, scopes: ['write'] });
      paper.world.elapsed += 31_000;
    }
    expect(paper.signIns() - before).toBe(3);
    expect(paper.windows()).toBe(asked);
  });
});

describe('hosts that a site has contacted before consent', () => {
  const named = (count: number) =>
    Array.from({ length: count }, (_, i) => `https://as${i}.example:${8000 + i}`);

  it('are three in a minute, whichever metadata names them, over restarts (Z39, T-25)', async () => {
    paper.world.answer = () => 'deny';
    paper.describe = ({ origin, pathname }) =>
      pathname.startsWith('/.well-known/oauth-protected-resource')
        ? {
            resource: origin + pathname.split('resource')[1]!,
            authorization_servers: servers.splice(0, 3),
          }
        : undefined;
    const servers = named(20);
    const { length: all } = servers;
    const lives = 8;
    for (let i = 0; i < lives; i += 1) {
      await call({ resource: `${MCP}/${i}` });
      await paper.world.restart();
    }
    expect(paper.hosts().length).toBeLessThanOrEqual(3);
    expect(paper.hosts()).toContain('mcp.example');
    const figures = { named: all - servers.length, lives, contacted: paper.hosts().length };
    reportBar('hosts contacted before consent', figures);
  });

  it('are counted with their ports, and are not those of the next minute', async () => {
    paper.world.answer = () => 'deny';
    paper.describe = () => undefined;
    for (let i = 0; i < 5; i += 1)
      await call({ resource: `https://one.example:${9000 + i}/mcp`, challenge: 'Basic' });
    expect(paper.hosts()).toHaveLength(3);
    paper.world.elapsed += MINUTE;
    await call({ resource: 'https://one.example:9009/mcp', challenge: 'Basic' });
    expect(paper.hosts()).toHaveLength(4);
  });

  it('are counted for a connected site too, where its own server names new ones', async () => {
    await paper.world.getToken({ scopes: ['read'] });
    const servers = named(20);
    const before = paper.hosts().length;
    paper.world.elapsed += 2 * HOUR;
    paper.describe = ({ pathname }) =>
      pathname.startsWith('/.well-known/oauth-protected-resource')
        ? { resource: MCP, authorization_servers: servers.splice(0, 3) }
        : undefined;
    // Each time it says something else.
    paper.world.ports.store.findDocument = () => Promise.resolve(undefined);
    for (let i = 0; i < 6; i += 1) await call({ scopes: [`s${i}`] });
    expect(servers.length).toBeLessThan(17);
    expect(paper.hosts().length - before).toBeLessThanOrEqual(3);
  });

  it('tell the page nothing of where the limit was met (Z2)', async () => {
    paper.describe = ({ origin, pathname }) =>
      pathname.startsWith('/.well-known/oauth-protected-resource')
        ? { resource: `${origin}/mcp`, authorization_servers: named(4).slice(1) }
        : undefined;
    const { pause } = paper.world.ports;
    paper.world.ports.pause = (milliseconds) => pause(Math.min(milliseconds, 5));
    const page = openPage(paper);
    expect(await page.ask().answer).toBe('connect_failed');
    expect(paper.hosts()).toHaveLength(3);
  });
});

describe('registrations', () => {
  it('are four an hour at one issuer for one site, whatever becomes of them (T-45)', async () => {
    // The provider forgets its clients: each sign-in needs a new one.
    paper.answer = ({ pathname }) =>
      pathname === '/register'
        ? Response.json({ client_id: `client ${paper.sent.length}` }, { status: 201 })
        : Response.json({ error: 'invalid_client' }, { status: 401 });
    const registrations = () => paper.sent.filter((line) => line.endsWith('/register')).length;
    const codes = [];
    for (let i = 0; i < 8; i += 1) {
      codes.push(await call({ scopes: ['read'] }));
      await paper.world.restart();
      paper.world.elapsed += MINUTE;
    }
    const made = registrations();
    expect(made).toBe(4);
    expect(codes.at(-1)).toBe('rate_limited');
    await call({ scopes: ['read'] }, { origin: 'https://other.example' });
    expect(registrations()).toBeGreaterThan(4);
    const { length: tries } = codes;
    reportBar('registrations at one issuer', { tries, made });
    paper.world.elapsed += HOUR;
    const before = registrations();
    await call({ scopes: ['read'] });
    expect(registrations()).toBeGreaterThan(before);
  });

  it('are kept by a sign-in that fails for another reason (Z54)', async () => {
    paper.answer = ({ pathname }) =>
      pathname === '/register'
        ? Response.json({ client_id: 'client' }, { status: 201 })
        : Response.json({ error: 'invalid_grant' }, { status: 400 });
    for (let i = 0; i < 3; i += 1) await call({ scopes: ['read'] });
    expect(paper.sent.filter((line) => line.endsWith('/register'))).toHaveLength(1);
  });
});

describe('a refusal (E-DENY-CACHE)', () => {
  it('of a scope at one address is one at every address of the resource (Z39, T-13)', async () => {
    for (const path of ['', '/a', '/b']) {
      await paper.world.getToken({ resource: MCP + path, scopes: ['read'] });
    }
    const before = paper.windows();
    paper.world.answer = () => 'deny';
    const challenge = insufficientScope('delete');
    const codes = [await call({ resource: `${MCP}/a`, challenge })];
    await paper.world.restart();
    for (const path of ['/b', '', '/never/seen', '?query=1']) {
      codes.push(await call({ resource: MCP + path, challenge }));
    }
    expect(codes).toEqual(Array(5).fill('access_denied'));
    expect(paper.windows() - before).toBe(1);
    reportBar('E-DENY-CACHE scope', { addresses: codes.length, windows: paper.windows() - before });
  });

  it('is one for all questions about the same that wait, by whichever address (Z47, Z39)', async () => {
    for (const path of ['', '/a', '/b', '/c']) {
      await paper.world.getToken({ resource: MCP + path, scopes: ['read'] });
    }
    const before = paper.windows();
    paper.world.answer = () => 'ignore';
    const codes = ['/a', '/b', '/c'].map((path, i) =>
      call({ resource: MCP + path, challenge: insufficientScope(i < 2 ? 'delete' : 'write') }),
    );
    await expect.poll(() => paper.world.life.flows.pending().length).toBe(3);
    await expect.poll(() => paper.world.openPrompts).toBe(1);
    const isDelete = ({ snapshot }: PromptView) => snapshot.scopes.added.includes('delete');
    const { flow, nonce, digest } = paper.world.life.flows.pending().find(isDelete)!;
    await paper.world.own.decide({ flow, nonce, digest, decision: 'deny' });
    expect([await codes[0], await codes[1]]).toEqual(['access_denied', 'access_denied']);
    // The other question is about something else.
    expect(paper.windows() - before).toBeLessThanOrEqual(2);
    const left = paper.world.life.flows.pending().map(({ snapshot }) => snapshot.scopes.added);
    expect(left).toEqual([['write']]);
  });

  it('is found once the resource is known, by a call that was under way already (Z39)', async () => {
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const { http } = paper.world.ports;
    paper.world.ports.http = async (url, init, limits) => {
      if (url.endsWith('/mcp/slow')) await gate;
      return http(url, init, limits);
    };
    const slow = call({ resource: `${MCP}/slow`, scopes: ['a'] });
    paper.world.answer = () => 'deny';
    expect(await call({ scopes: ['a'] })).toBe('access_denied');
    letGo();
    expect(await slow).toBe('access_denied');
    expect(paper.windows()).toBe(1);
  });

  it('is found by the resource, where the address alone says nothing of it', async () => {
    const wide = 'https://mcp.example';
    paper.describe = ({ origin, pathname }) =>
      pathname.includes('protected-resource')
        ? {
            resource: pathname.includes('/alone') ? `${wide}/alone` : wide,
            authorization_servers: [ISSUER],
          }
        : providerAt(origin);
    await paper.world.getToken({ resource: `${wide}/x`, scopes: ['read'] });
    paper.world.answer = () => 'deny';
    const challenge = insufficientScope('delete');
    expect(await call({ resource: `${wide}/x`, challenge })).toBe('access_denied');
    const before = paper.windows();
    expect(await call({ resource: `${wide}/y`, challenge })).toBe('access_denied');
    expect(paper.windows()).toBe(before);
  });

  it('of the connection reaches the embargo, though each time it is asked by a new path (Z39)', async () => {
    paper.world.answer = () => 'deny';
    const tries = isFullForm ? 100 : 20;
    for (let i = 0; i < tries; i += 1) {
      await call({ resource: `${MCP}/${i}?n=${i}` });
      paper.world.elapsed += 11 * MINUTE;
      if (i % 3 === 0) await paper.world.restart();
    }
    expect(paper.windows()).toBe(3);
    const kinds = (await paper.world.own.refusals({})).map(({ kind }) => kind);
    expect(kinds).toEqual(['embargo']);
    reportBar('E-DENY-CACHE new paths', { tries, windows: paper.windows() });
  });

  it('reaches it too where the server calls every path a resource of its own', async () => {
    paper.world.answer = () => 'deny';
    paper.describe = ({ origin, pathname }) =>
      pathname.startsWith('/.well-known/oauth-protected-resource/mcp')
        ? { resource: origin + pathname.split('resource')[1]!, authorization_servers: [ISSUER] }
        : providerAt(origin);
    for (let i = 0; i < 10; i += 1) {
      await call({ resource: `${MCP}/${i}` });
      paper.world.elapsed += 11 * MINUTE;
    }
    expect(paper.windows()).toBe(3);
  });

  it('of a server on this computer is about that server, at every path (Z13, Z39)', async () => {
    const local = 'http://localhost:3000';
    paper.world.answer = () => 'deny';
    for (const path of ['/mcp', '/other', '/mcp?x=1']) {
      const code = await call({ resource: `http://127.0.0.1:8080${path}` }, { origin: local });
      expect(code).toBe('access_denied');
    }
    expect(paper.windows()).toBe(1);
  });

  it('is undone by the user, windows included, with “Ask me again”', async () => {
    paper.world.answer = () => 'deny';
    for (const host of ['a', 'b', 'c']) await call({ resource: `https://mcp.example/mcp/${host}` });
    for (const i of [1, 2]) {
      paper.world.elapsed += 2 * MINUTE;
      await call({ resource: `https://m${i}.example/mcp` });
    }
    expect(await call()).toBe('access_denied');
    paper.world.answer = () => 'allow';
    for (const { origin, resource } of await paper.world.own.refusals({})) {
      await paper.world.own.forgive({ origin, resource });
    }
    await expect(paper.world.getToken({ scopes: ['a'] })).resolves.toHaveProperty('access_token');
  });
});

describe('places', () => {
  it('are there for an honest site in front, though seven others have asked for three each (Z39)', async () => {
    paper.world.answer = () => 'ignore';
    let asked = 0;
    for (let i = 0; i < 7; i += 1) {
      for (let n = 0; n < 3; n += 1) {
        asked += 1;
        void call({ resource: `${MCP}/${n}` }, { origin: `https://a${i}.evil.example` });
      }
    }
    const pending = () => paper.world.life.flows.pending().map(({ snapshot }) => snapshot.origin);
    await expect.poll(() => pending().length).toBe(15);
    const honest = 'https://honest.example';
    void call({}, { origin: honest });
    await expect.poll(pending).toContain(honest);
    const places = pending();
    const ofTheHonest = places.filter((one) => one === honest).length;
    reportBar('places for questions', { asked, taken: places.length, ofTheHonest });
  });

  it('are given back by a question that nobody answers for an hour (Z39)', async () => {
    paper.world.answer = () => 'ignore';
    const answers: unknown[] = [];
    const waits: { milliseconds: number; end: () => void }[] = [];
    paper.world.ports.pause = (milliseconds) =>
      new Promise((end) => waits.push({ milliseconds, end }));
    void call().then((code) => answers.push(code));
    await expect.poll(() => paper.world.openPrompts).toBe(1);
    const ring = () => {
      for (const { milliseconds, end } of waits) if (milliseconds === HOUR) end();
    };
    paper.world.elapsed += HOUR - 1000;
    ring();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(paper.world.openPrompts).toBe(1);
    void call({ scopes: ['another'] });
    paper.world.elapsed += 1000;
    // Whether its timer rings or another site needs the place.
    void call({}, { origin: 'https://other.example' });
    await expect.poll(() => answers).toEqual(['aborted']);
    const asking = () => paper.world.life.flows.pending().map(({ snapshot }) => snapshot.origin);
    await expect.poll(asking).toEqual(['https://other.example']);
  });
});

it('budgets are erased with everything else, in memory too', async () => {
  paper.world.answer = () => 'deny';
  for (let i = 0; i < 3; i += 1) await call({ resource: `https://m${i}.example/mcp` });
  await paper.world.own.erase({ what: 'everything' });
  expect(await paper.world.ports.store.findBudget(SITE)).toBeUndefined();
  const before = paper.windows();
  await call({ resource: 'https://m9.example/mcp' });
  expect(paper.windows()).toBe(before + 1);
  expect((await paper.world.ports.store.findBudget(SITE))?.counts).toHaveLength(4);
});

it('a budget takes no place on the disk once nothing of it counts', async () => {
  paper.world.answer = () => 'deny';
  for (let i = 0; i < 5; i += 1) await call({}, { origin: `https://a${i}.example` });
  expect(await paper.world.ports.store.findBudget('https://a0.example')).toBeDefined();
  paper.world.elapsed += DAY;
  await paper.world.restart();
  await call({}, { origin: SITE });
  await expect.poll(() => paper.world.ports.store.findBudget('https://a0.example')).toBeUndefined();
});
