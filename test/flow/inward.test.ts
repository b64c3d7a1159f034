/**
 * Names that lead into the own network or computer: nothing is sent there before the person was asked about that very
 * host, whoever names it, the page or a server's metadata (Z43, Z2, T-25, T-27, T-29). Servers exist on paper only, so
 * that every request is seen.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_BY_NAME } from '../protocol/addresses.ts';
import { codeOf } from './calls.ts';
import { World, type Servers } from './world.ts';
import { providerMetadata } from '../support/provider-metadata.ts';

const SITE = 'https://site.example';
const PUBLIC = 'https://mcp.example';
const INSIDE = 'https://wiki.corp';
const PAPER: Servers = {
  siteA: { origin: SITE },
  mcpServer: { url: `${PUBLIC}/mcp` },
  close: () => Promise.resolve(),
};

let world: World<Servers>;
/** Hosts that something was sent to. */
let contacted: Set<string>;
/** Documents by URL. */
let documents: Record<string, object>;

beforeEach(async () => {
  world = await World.beside(PAPER);
  [contacted, documents] = [new Set(), {}];
  world.answer = () => 'ignore';
  world.ports.http = (url) => {
    contacted.add(new URL(url).host);
    const found = documents[url];
    return Promise.resolve(found ? Response.json(found) : new Response('{}', { status: 404 }));
  };
});
afterEach(() => world.close());

const call = (params = {}) => world.getToken(params).catch(codeOf);
const stages = () => world.prompts.map(({ stage, contact }) => [stage, contact]);

function describeServer(origin: string, issuer: string, endpoints: object = {}): void {
  documents[`${origin}/.well-known/oauth-protected-resource/mcp`] = {
    resource: `${origin}/mcp`,
    authorization_servers: [issuer],
  };
  documents[`${issuer}/.well-known/oauth-authorization-server`] = providerMetadata(
    issuer,
    endpoints,
  );
}

describe('a page that names a host of the own network', () => {
  it.each(LOCAL_BY_NAME)('has nothing sent to %s before the click (Z43, T-25)', async (host) => {
    void call({ resource: `https://${host}/mcp` });
    await expect
      .poll(stages)
      .toEqual([['reach', `https://${new URL(`https://${host}`).hostname}/*`]]);
    expect([...contacted]).toEqual([]);
  });

  it('connects a company server once the person says that it may be contacted (Z43)', async () => {
    describeServer(INSIDE, INSIDE);
    world.answer = ({ stage }) => (stage === 'reach' ? 'allow' : 'ignore');
    void call({ resource: `${INSIDE}/mcp` });
    await expect.poll(stages).toEqual([
      ['reach', `${INSIDE}/*`],
      ['allow', undefined],
    ]);
    expect([...contacted]).toEqual(['wiki.corp']);
  });

  it('has nothing sent there when the person says no, nor by a quiet look (Z43, T-25)', async () => {
    world.answer = () => 'deny';
    expect(await call({ resource: `${INSIDE}/mcp` })).toBe('access_denied');
    const quiet = { resource: 'https://nas.lan/mcp', challenge: 'Negotiate' };
    expect(await call(quiet)).toBe('discovery_failed');
    expect(await call({ resource: 'https://nas.home/mcp', interactive: false })).toBe(
      'interaction_required',
    );
    expect([...contacted]).toEqual([]);
  });

  it.each(['https://10.0.0.5/mcp', 'https://[fd00::5]/mcp', 'https://nas/mcp'])(
    'may name %s in developer mode alone, and is asked about it (Z43)',
    async (resource) => {
      expect(await call({ resource })).toBe('policy_blocked');
      await world.own.configure({ developerMode: true });
      void call({ resource });
      await expect.poll(stages).toEqual([['reach', resource.replace('/mcp', '/*')]]);
      expect([...contacted]).toEqual([]);
    },
  );
});

describe('the metadata of a public server', () => {
  it('does not lead to a provider inside without a question about that host (Z43, T-27)', async () => {
    describeServer(PUBLIC, 'https://sso.corp');
    void call();
    await expect.poll(stages).toEqual([['reach', 'https://sso.corp/*']]);
    expect([...contacted]).toEqual(['mcp.example']);
  });

  it.each([
    'authorization_endpoint',
    'token_endpoint',
    'registration_endpoint',
    'revocation_endpoint',
  ])(
    'does not put its %s inside without a question about that host (Z43, T-27)',
    async (member) => {
      describeServer(PUBLIC, 'https://as.example', {
        [member]: 'https://192-168-0-1.nip.io/apply',
      });
      void call();
      await expect.poll(stages).toEqual([['reach', 'https://192-168-0-1.nip.io/*']]);
      expect([...contacted].sort()).toEqual(['as.example', 'mcp.example']);
    },
  );

  it('is read in full once the person was asked about each host, and asks for no fourth (Z43)', async () => {
    describeServer(INSIDE, 'https://sso.corp', { token_endpoint: 'https://login.corp/token' });
    world.answer = ({ stage }) => (stage === 'reach' ? 'allow' : 'ignore');
    void call({ resource: `${INSIDE}/mcp` });
    await expect.poll(stages).toEqual([
      ['reach', `${INSIDE}/*`],
      ['reach', 'https://sso.corp/*'],
      ['reach', 'https://login.corp/*'],
      ['allow', undefined],
    ]);
  });

  it('names no document inside that is read unasked, although its host is the challenge (Z16, Z43)', async () => {
    world.ports.http = (url, init) => {
      contacted.add(new URL(url).host);
      const named = 'Bearer resource_metadata="https://nas.lan/prm.json"';
      return Promise.resolve(
        init.method === 'POST'
          ? new Response(null, { status: 401, headers: { 'www-authenticate': named } })
          : new Response('{}', { status: 404 }),
      );
    };
    world.answer = () => 'allow';
    expect(await call()).toBe('discovery_failed');
    expect([...contacted]).toEqual(['mcp.example']);
  });

  it.each(['http://127.0.0.1:8080', 'https://localhost', 'https://10.0.0.1', 'https://nas'])(
    'leads to %s never, in developer mode neither (Z2, Z3)',
    async (issuer) => {
      await world.own.configure({ developerMode: true });
      describeServer(PUBLIC, issuer);
      expect(await call()).toBe('policy_blocked');
      expect([...contacted]).toEqual(['mcp.example']);
      describeServer(PUBLIC, 'https://as.example', { token_endpoint: `${issuer}/token` });
      expect(await call({ scopes: ['a'] })).toBe('policy_blocked');
      expect([...contacted].sort()).toEqual(['as.example', 'mcp.example']);
    },
  );
});

describe('a server of the own network', () => {
  it('leads to this computer never, in developer mode neither (Z2, Z3)', async () => {
    await world.own.configure({ developerMode: true });
    describeServer(INSIDE, 'http://localhost:8080');
    world.answer = () => 'allow';
    expect(await call({ resource: `${INSIDE}/mcp` })).toBe('policy_blocked');
    expect([...contacted]).toEqual(['wiki.corp']);
  });
});

describe('a site that is connected', () => {
  const origin = SITE;

  it('has its public server moved inside only with a question about that host (Z43, T-22)', async () => {
    describeServer(PUBLIC, 'https://as.example');
    const resource = `${PUBLIC}/mcp`;
    const server = {
      issuer: 'https://as.example',
      authorization_endpoint: 'https://as.example/authorize',
      token_endpoint: 'https://as.example/token',
    };
    const registration = {
      clientId: 'c',
      authMethod: 'none',
      redirectUri: 'r',
      secretExpiresAt: 0,
    };
    const grant = {
      origin,
      resource,
      account: 'default',
      duration: 'always',
      server,
      registration,
    };
    const decision = { digest: 'd', at: 0 };
    const more = { ceiling: [], requested: [], refreshAttempts: 0, createdAt: 0, decision };
    await world.ports.store.commitGrant({ ...grant, ...more } as never, {
      asked: resource,
      flow: 'f',
    });
    describeServer(PUBLIC, 'https://sso.corp');
    void call();
    await expect.poll(stages).toEqual([['reach', 'https://sso.corp/*']]);
    expect([...contacted]).toEqual(['mcp.example']);
  });
});
