/**
 * A path does not speak for its host (Z41, T-20): servers with public names on one shared host, on paper, so that every
 * request is seen. The hub has a grant of its own; Mallory has a path there.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World, type Servers } from '../../flow/world.ts';
import { reportBar } from '../../support/bars.ts';
import { codeOf } from '../../flow/calls.ts';

const HUB = 'https://hub.example';
const LOGIN = 'https://login.hub.example';
const MALLORY = `${HUB}/u/mallory/mcp`;
const ALICE = `${HUB}/u/alice`;
const KNOWN = '/.well-known/oauth-protected-resource';
const PAPER: Servers = {
  siteA: { origin: 'https://site.example' },
  mcpServer: { url: HUB },
  close: () => Promise.resolve(),
};

let world: World<Servers>;
/** Documents by URL, and form bodies by URL as they were sent. */
let documents: Record<string, object>;
let posted: { url: string; form: URLSearchParams }[];
let gets: string[];
let issued = 0;
let authorized: URL[];

const counted = { cases: 0, hubTokensAtMallory: 0, silentAliases: 0 };

beforeEach(async () => {
  world = await World.beside(PAPER);
  [posted, gets, authorized] = [[], [], []];
  documents = {
    ...provider(LOGIN),
    [HUB + KNOWN]: { resource: HUB, authorization_servers: [LOGIN], scopes_supported: ['read'] },
  };
  world.ports.http = (url, init) => Promise.resolve(answer(url, init));
  world.ports.authWindow = {
    ...world.ports.authWindow,
    open: (url, opened) => {
      opened(1);
      const asked = new URL(url);
      authorized.push(asked);
      const callback = new URL(asked.searchParams.get('redirect_uri')!);
      callback.searchParams.set('code', 'code');
      callback.searchParams.set('state', asked.searchParams.get('state')!);
      return Promise.resolve(callback.href);
    },
  };
});
afterEach(async () => {
  await count();
  await world.close();
});

/** What Mallory would be given now, and by which question. */
async function count(): Promise<void> {
  const { store } = world.ports;
  const [hub, held] = await Promise.all(
    [HUB, MALLORY].map((asked) => store.findGrant(PAPER.siteA.origin, asked)),
  );
  counted.cases += 1;
  if (hub?.token && held?.token?.accessToken === hub.token.accessToken) {
    counted.hubTokensAtMallory += 1;
  }
  const isShown = world.prompts.some(({ asked, wider }) => asked === MALLORY && wider);
  if (held && held.resource !== MALLORY && !isShown) counted.silentAliases += 1;
}

function provider(issuer: string) {
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    code_challenge_methods_supported: ['S256'],
  };
  return { [`${issuer}/.well-known/oauth-authorization-server`]: metadata };
}

function answer(url: string, { method = 'GET', body }: RequestInit): Response {
  if (method === 'GET') gets.push(url);
  if (url.endsWith('/register')) {
    return Response.json({ ...JSON.parse(String(body)), client_id: 'client' }, { status: 201 });
  }
  if (url.endsWith('/token')) {
    const form = new URLSearchParams(String(body));
    posted.push({ url, form });
    const resource = form.get('resource') ?? '';
    issued += 1;
    const token = { access_token: `${resource} ${issued}`.replace(/[^!-~]/g, '_') };
    const life = { token_type: 'Bearer', expires_in: 3600, refresh_token: `r${issued}` };
    return Response.json({ ...token, ...life, scope: 'read' });
  }
  const found = documents[url];
  return found ? Response.json(found) : new Response('{}', { status: 404 });
}

/** Says at Mallory's own path that Mallory is all of this resource. */
function claim(resource: string, issuers = [LOGIN]) {
  documents[`${HUB}/u/mallory/prm.json`] = { resource, authorization_servers: issuers };
}
const challenge = `Bearer resource_metadata="${HUB}/u/mallory/prm.json"`;
const askFor = (resource: string, params = {}) =>
  world.getToken({ resource, scopes: ['read'], ...params }).catch(codeOf);
const mallory = () => askFor(MALLORY, { challenge });
const grants = async () =>
  (await world.ports.store.listGrants()).map(({ resource, declared }) => [resource, declared]);
const tokenOf = (outcome: unknown) => (outcome as { access_token?: string }).access_token;

describe('a path of a host where the site is connected to the host itself', () => {
  it('gets no token of the host without a question that says so (T-20, Z41)', async () => {
    const hub = tokenOf(await askFor(HUB));
    claim(HUB);
    world.answer = ({ wider }) => (wider ? 'deny' : 'allow');
    expect(await mallory()).toBe('access_denied');
    expect(world.prompts.at(-1)).toMatchObject({ asked: MALLORY, resource: HUB, wider: true });
    expect(await askFor(MALLORY, { interactive: false })).not.toMatchObject({ access_token: hub });
    expect(await grants()).toEqual([[HUB, undefined]]);
  });

  it('names a provider of its own for the host, and is refused (T-20, T-21)', async () => {
    await askFor(HUB);
    const evil = 'https://evil.example';
    Object.assign(documents, provider(evil));
    claim(HUB, [evil]);
    const asked = world.prompts.length;
    expect(await mallory()).toBe('invalid_target');
    expect(world.prompts.length).toBe(asked);
  });
});

describe('a grant shown as wide', () => {
  it('is no way for metadata of another provider (T-21, Z15)', async () => {
    const second = 'https://second.example';
    Object.assign(documents, provider(second), {
      [HUB + KNOWN]: { resource: HUB, authorization_servers: [LOGIN, second] },
      [`${HUB}${KNOWN}/a`]: { resource: HUB, authorization_servers: [LOGIN] },
    });
    const hub = tokenOf(await askFor(`${HUB}/a`));
    expect(world.prompts).toMatchObject([{ wider: true, resource: HUB }]);
    claim(HUB, [second]);
    world.answer = () => 'deny';
    expect(await mallory()).toBe('access_denied');
    expect(world.prompts.at(-1)).toMatchObject({ formerIssuer: LOGIN, issuer: second });
    expect(tokenOf(await askFor(HUB))).toBe(hub);
  });
});

describe('a wider resource that its host does not confirm', () => {
  beforeEach(() => {
    delete documents[HUB + KNOWN];
    claim(HUB);
  });

  it('is said gravely, and the grant is the path’s alone; the parameter stays as declared (T-20, Z41)', async () => {
    const token = tokenOf(await mallory());
    expect(world.prompts.at(-1)).toMatchObject({ resource: MALLORY, wider: false, declared: HUB });
    expect(await grants()).toEqual([[MALLORY, HUB]]);
    expect(authorized.map((url) => url.searchParams.get('resource'))).toEqual([HUB]);
    expect(posted.map(({ form }) => form.get('resource'))).toEqual([HUB]);
    await askFor(MALLORY, { rejected: token });
    expect(posted.at(-1)?.form.get('grant_type')).toBe('refresh_token');
    expect(posted.at(-1)?.form.get('resource')).toBe(HUB);
  });

  it('leads to no other address of the host, nor does another lead to it (T-20, Z41)', async () => {
    await mallory();
    world.answer = () => 'deny';
    for (const other of [HUB, `${HUB}/u`, `${MALLORY}/deeper`, `${HUB}/u/alice/mcp`]) {
      expect(await askFor(other)).not.toHaveProperty('access_token');
      expect(await world.ports.store.findGrant(PAPER.siteA.origin, other)).toBeUndefined();
    }
  });

  it('is asked about again when it claims something else (T-20, Z42)', async () => {
    const first = tokenOf(await mallory());
    claim(`${HUB}/u`);
    const renewed = tokenOf(await askFor(MALLORY, { rejected: first }));
    world.answer = () => 'deny';
    expect(await askFor(MALLORY, { challenge, rejected: renewed })).toBe('access_denied');
    expect(world.prompts.at(-1)).toMatchObject({ declared: `${HUB}/u` });
  });

  it('takes one request more to find out, and none where it is known already (Z41)', async () => {
    await mallory();
    expect(gets.filter((url) => url === HUB + KNOWN)).toHaveLength(1);
    // What the host says is kept for an hour, as every document is.
    documents[HUB + KNOWN] = { resource: HUB, authorization_servers: [LOGIN] };
    world.elapsed += 4_000_000;
    gets = [];
    await askFor(ALICE);
    await askFor(`${ALICE}/mcp`);
    expect(gets.filter((url) => url === HUB + KNOWN)).toHaveLength(1);
  });
});

describe('a wider resource that its host confirms', () => {
  const at = (path: string) => {
    documents[HUB + KNOWN + path] = { resource: HUB, authorization_servers: [LOGIN] };
  };

  it('is one grant, shown as wide, and a second address leads to it without a question (Z15, Z41)', async () => {
    at('/a');
    at('/b');
    const first = tokenOf(await askFor(`${HUB}/a`));
    expect(world.prompts.at(-1)).toMatchObject({ wider: true, resource: HUB });
    const asked = world.prompts.length;
    expect(tokenOf(await askFor(`${HUB}/b`))).toBe(first);
    expect(world.prompts.length).toBe(asked);
    expect(await grants()).toEqual([[HUB, undefined]]);
  });

  it('is confirmed by the document that was found at its own address (Z41)', async () => {
    const token = tokenOf(await askFor(ALICE));
    expect(world.prompts.at(-1)).toMatchObject({ wider: true, resource: HUB });
    expect(world.prompts.at(-1)).not.toHaveProperty('declared');
    expect(gets.filter((url) => url === HUB + KNOWN)).toHaveLength(1);
    expect(tokenOf(await askFor(`${ALICE}/mcp`))).toBe(token);
    expect(await grants()).toEqual([[HUB, undefined]]);
  });

  it('asks again for a grant that was not shown as wide, or does not say (Z41)', async () => {
    at('/a');
    await askFor(HUB);
    const { store } = world.ports;
    const grant = (await store.findGrant(PAPER.siteA.origin, HUB))!;
    const { shown: _, revision: _r, ...older } = grant;
    await store.commitGrant(older, { asked: HUB, flow: 'none' });
    const asked = world.prompts.length;
    await askFor(`${HUB}/a`);
    expect(world.prompts.slice(asked)).toMatchObject([{ wider: true, scopes: { added: [] } }]);
  });

  it('is nobody’s whose address may be another one to its server (T-20, T-29)', async () => {
    at('/u/alice');
    documents[`${ALICE}/..%2Fmallory/prm.json`] = {
      resource: ALICE,
      authorization_servers: [LOGIN],
    };
    documents[`${HUB}${KNOWN}/u/alice`] = { resource: ALICE, authorization_servers: [LOGIN] };
    documents[`${HUB}${KNOWN}/u/alice/a`] = { resource: ALICE, authorization_servers: [LOGIN] };
    const path = `/u/alice/..%2Fmallory/mcp`;
    documents[HUB + KNOWN + path] = { resource: ALICE, authorization_servers: [LOGIN] };
    const alice = tokenOf(await askFor(`${ALICE}/a`));
    expect(world.prompts.at(-1)).toMatchObject({ wider: true });
    const outcome = tokenOf(await askFor(HUB + path));
    expect(world.prompts.at(-1)).toMatchObject({ resource: HUB + path, declared: ALICE });
    expect(outcome).not.toBe(alice);
  });
});

describe('metadata that a page names under another’s path', () => {
  it('is not read for this server; the user is asked whether to contact it (T-20, T-21, Z16)', async () => {
    const evil = 'https://evil.example';
    Object.assign(documents, provider(evil));
    documents[`${HUB}/u/mallory/prm.json`] = {
      resource: `${ALICE}/mcp`,
      authorization_servers: [evil],
    };
    delete documents[HUB + KNOWN];
    world.answer = () => 'deny';
    expect(await askFor(`${ALICE}/mcp`, { challenge })).toBe('access_denied');
    expect(world.prompts.map(({ stage }) => stage)).toEqual(['reach']);
    expect(gets).not.toContain(`${HUB}/u/mallory/prm.json`);
  });

  it('is counted with the rest: no token of the host at Mallory, no silent alias (E-MIXUP)', () => {
    expect(counted).toEqual({ cases: 12, hubTokensAtMallory: 0, silentAliases: 0 });
    reportBar('E-MIXUP wider', counted);
  });
});
