/**
 * Every way in which a connection fails, at real servers or hostile ones: the page is told a code and nothing else,
 * and the extension's own pages which server, and why.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BrokerError,
  FAILURE_REASONS,
  toWire,
  type FailureReason,
} from '../../src/shared/errors.ts';
import { lookOf } from '../../src/shared/failure-look.ts';
import { placeOf } from '../popup/support/scenes-failures.ts';
import { World } from './world.ts';

/** Text of the server that must reach nobody. */
const MARKER = 'text-of-the-server';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const origin = () => world.lab.siteA.origin;
const issuer = () => world.lab.authorizationServer.issuer;
const failed = () => world.life.flows.pending().filter(({ step }) => step === 'failed');

/** Answers requests to URLs that contain `part` otherwise than the real server would. */
function answer(part: string, make: (real: Response) => Response | Promise<Response>): void {
  const { http } = world.ports;
  world.ports.http = async (url, init, limits) =>
    url.includes(part) ? make(await http(url, init, limits)) : http(url, init, limits);
}

const json = (body: object, status = 200) =>
  Response.json({ error_description: MARKER, ...body }, { status });
const withMember = (change: object) => async (real: Response) =>
  json({ ...((await real.json()) as object), ...change });
const PRM = '/.well-known/oauth-protected-resource';
const ASM = '/.well-known/o';

/** Ends the sign-in with these parameters instead of the real ones. */
function respond(change: Record<string, string | undefined>): void {
  world.tamper = (callback) => {
    for (const [name, value] of Object.entries(change)) {
      callback.searchParams.delete(name);
      if (value !== undefined) callback.searchParams.set(name, value);
    }
  };
}

/** Where the failure lies: at the MCP server, or at the authorization server. */
type Place = 'mcp' | 'as';

/** How each comes about; an `arrange` that returns a host has its trouble there. */
const SCENARIOS: Record<FailureReason, [Place, () => string | void | Promise<string | void>]> = {
  no_resource_metadata: ['mcp', () => answer(PRM, () => new Response(MARKER, { status: 404 }))],
  names_no_provider: ['mcp', () => answer(PRM, withMember({ authorization_servers: undefined }))],
  malformed_resource_metadata: ['mcp', () => answer(PRM, () => json({ resource: 7 }))],
  other_resource: ['mcp', () => answer(PRM, withMember({ resource: 'https://evil.example/mcp' }))],
  no_server_metadata: [
    'as',
    () => answer(issuer() + ASM, () => new Response(MARKER, { status: 404 })),
  ],
  malformed_server_metadata: [
    'as',
    () => answer(issuer() + ASM, withMember({ token_endpoint: 7 })),
  ],
  other_issuer: [
    'as',
    () => answer(issuer() + ASM, withMember({ issuer: 'https://evil.example' })),
  ],
  endpoint_of_other: [
    'as',
    async () => {
      const other = 'http://localhost:9';
      for (const issuerOf of [issuer(), other]) {
        await world.own.saveClient({ issuer: issuerOf, clientId: 'mine', authMethod: 'none' });
      }
      answer(issuer() + ASM, withMember({ authorization_endpoint: `${other}/authorize` }));
      return 'localhost:9';
    },
  ],
  no_pkce: [
    'as',
    () => answer(issuer() + ASM, withMember({ code_challenge_methods_supported: ['plain'] })),
  ],
  par_required: [
    'as',
    () => answer(issuer() + ASM, withMember({ require_pushed_authorization_requests: true })),
  ],
  dpop_required: [
    'mcp',
    () =>
      answer(
        PRM,
        withMember({
          dpop_bound_access_tokens_required: true,
          dpop_signing_alg_values_supported: ['RS256'],
        }),
      ),
  ],
  redirected: ['mcp', () => answer(PRM, () => new Response(null, { status: 302 }))],
  forbidden_address: [
    'as',
    () => {
      answer(issuer() + ASM, withMember({ token_endpoint: 'http://10.0.0.1/token' }));
      return '10.0.0.1';
    },
  ],
  no_registration: ['as', () => undefined],
  registration_refused: [
    'as',
    () => answer('/reg', () => json({ error: 'invalid_client_metadata' }, 400)),
  ],
  redirect_refused: [
    'as',
    () => answer('/reg', () => json({ error: 'invalid_redirect_uri' }, 400)),
  ],
  document_unusable: [
    'as',
    async () => {
      await world.startWith({ clientDocument: 'https://127.0.0.1/not-there.json' });
      answer(
        issuer() + ASM,
        withMember({
          client_id_metadata_document_supported: true,
          registration_endpoint: undefined,
        }),
      );
    },
  ],
  client_of_other_issuer: ['as', () => undefined],
  iss_missing: [
    'as',
    () => respond({ iss: undefined, error: 'access_denied', error_description: MARKER }),
  ],
  iss_wrong: ['as', () => respond({ iss: 'https://evil.example', error_description: MARKER })],
  state_wrong: ['as', () => respond({ state: 'guessed', error_description: MARKER })],
  malformed_response: ['as', () => respond({ code: undefined })],
  provider_refused: [
    'as',
    () => respond({ code: undefined, error: 'access_denied', error_description: MARKER }),
  ],
  provider_failed: [
    'as',
    () => respond({ code: undefined, error: 'server_error', error_description: MARKER }),
  ],
  sign_in_closed: [
    'as',
    () => {
      world.ports.authWindow = {
        ...world.ports.authWindow,
        open: () => Promise.reject(new BrokerError('access_denied')),
      };
    },
  ],
  scope_refused: [
    'as',
    () => respond({ code: undefined, error: 'invalid_scope', error_description: MARKER }),
  ],
  resource_refused: [
    'as',
    () => respond({ code: undefined, error: 'invalid_target', error_description: MARKER }),
  ],
  request_refused: [
    'as',
    () => respond({ code: undefined, error: 'invalid_request', error_description: MARKER }),
  ],
  sign_in_expired: [
    'as',
    () => {
      world.tamper = () => void (world.elapsed += 3_600_001);
    },
  ],
  exchange_refused: ['as', () => answer('/token', () => json({ error: 'invalid_grant' }, 400))],
  unusable_token: ['as', () => answer('/token', withMember({ token_type: 'mac' }))],
  unknown_client: ['as', () => answer('/token', () => json({ error: 'invalid_client' }, 401))],
  wrong_client: ['as', () => undefined],
  too_many_requests: ['as', () => answer('/reg', () => json({ error: 'slow_down' }, 429))],
  oversized: [
    'mcp',
    () =>
      answer(PRM, () => {
        const detail = { host: new URL(world.resource).host, reason: 'oversized' } as const;
        throw new BrokerError('network_error', { detail });
      }),
  ],
  unreachable: [
    'as',
    () => {
      // Nobody listens at the discard port.
      answer(issuer() + ASM, withMember({ token_endpoint: 'http://127.0.0.1:9/token' }));
      return '127.0.0.1:9';
    },
  ],
  key_in_address: ['mcp', () => undefined],
  credential_returned: ['mcp', () => undefined],
  unread: ['mcp', () => undefined],
  storage_full: ['mcp', () => undefined],
  storage_newer: ['mcp', () => undefined],
  storage_failed: ['mcp', () => undefined],
};

/** These need more than one server, an earlier connection or a broken disk, and are shown where those are at hand. */
const ELSEWHERE: FailureReason[] = [
  // issuers.test.ts: "never tries the user’s client of the old one where the new one registers nobody"
  'client_of_other_issuer',
  // test/background/connect/client-selection.test.ts: a server that offers no registration is asked for none
  'no_registration',
  // bare.test.ts: "is not asked anything when its address holds a key"
  'key_in_address',
  // carry-streams.test.ts: "says what stopped one, and leads from its row to it"
  'credential_returned',
  // carry-limits.test.ts: "that its page leaves unread is given up, its server with it"
  'unread',
  // clients.test.ts: "is said to be wrong when the provider does not take it"
  'wrong_client',
  // test/accept/persistence/disk.test.ts
  'storage_full',
  'storage_newer',
  'storage_failed',
];
const HERE = FAILURE_REASONS.filter((reason) => !ELSEWHERE.includes(reason));

describe('a failure', () => {
  it.each(HERE)(
    'of the kind %s is told to our own pages with its place (R35, B11)',
    async (reason) => {
      const [place, arrange] = SCENARIOS[reason];
      const elsewhere = await arrange();
      const error: unknown = await world
        .getToken({ scopes: ['notes:read'] })
        .catch((cause) => cause);
      const [view] = failed();
      expect(view?.failure?.reason).toBe(reason);
      const where = place === 'mcp' ? world.resource : issuer();
      expect(view?.failure?.host).toBe(elsewhere ?? new URL(where).host);
      expect(view?.snapshot).toMatchObject({ origin: origin(), asked: world.resource });
      // Nothing that the server wrote, here or at the page.
      expect(JSON.stringify(view)).not.toContain(MARKER);
      expect(JSON.stringify(toWire(error, false, 'id'))).not.toContain(MARKER);
      expect(toWire(error, false, 'id')).not.toHaveProperty('reason');
    },
  );
});

it('the pictures of failures blame the party that the background blames', () => {
  // A host that is down or forbidden can be either’s.
  const told = HERE.filter((reason) => !['unreachable', 'forbidden_address'].includes(reason));
  const blamed = told.map((reason) => [reason, placeOf(reason).host]);
  const HOSTS = { mcp: 'mcp.files.example.net', as: 'login.example.net' };
  expect(blamed).toEqual(told.map((reason) => [reason, HOSTS[SCENARIOS[reason][0]]]));
});

describe('a person who cancels at the provider', () => {
  it('is met calmly, and a reply that names another provider is not', async () => {
    respond({ code: undefined, error: 'access_denied', error_description: MARKER });
    await world.getToken({ scopes: ['notes:read'] }).catch(() => undefined);
    expect(lookOf(failed()[0]!.failure!)).toBe('calm');
  });

  it('is told that a reply came from another provider, whatever else it says (T-22)', async () => {
    respond({ code: undefined, error: 'access_denied', iss: 'https://evil.example' });
    await world.getToken({ scopes: ['notes:read'] }).catch(() => undefined);
    const { failure } = failed()[0]!;
    expect(lookOf(failure!)).toBe('danger');
    expect(failure).toMatchObject({ expected: issuer(), reason: 'iss_wrong' });
    expect(JSON.stringify(failure)).not.toContain('evil.example');
  });
});

describe('what the user can look up', () => {
  it('is a failure before any question, without a window of its own (Z24)', async () => {
    await connectedBefore();
    answer(PRM, withMember({ resource: 'https://evil.example' }));
    await expect(world.getToken({ challenge: WRITE })).rejects.toMatchObject({
      code: 'invalid_target',
    });
    expect(world.openPrompts).toBe(0);
    const [view] = failed();
    expect(view).toMatchObject({
      step: 'failed',
      nonce: '',
      failure: { reason: 'other_resource' },
      snapshot: { origin: origin(), asked: world.resource },
    });
    expect(await world.own.prompt({ flow: view!.flow })).toEqual(view);
    expect(await world.own.retry({ flow: view!.flow })).toEqual({ started: false });
    expect(await world.own.review({ flow: view!.flow })).toEqual({ opened: true });
    expect(world.openPrompts).toBe(1);
  });

  it('is forgotten after ten minutes, or with the next attempt that goes well (Z24)', async () => {
    await connectedBefore();
    let broken = true;
    const { http } = world.ports;
    world.ports.http = (url, init, limits) =>
      broken && url.includes(PRM)
        ? Promise.resolve(json({ resource: 7 }))
        : http(url, init, limits);
    await world.getToken({ challenge: WRITE }).catch(() => undefined);
    expect(failed().length).toBe(1);
    await world.getToken({ challenge: WRITE }).catch(() => undefined);
    expect(failed().length).toBe(1);
    world.elapsed += 600_001;
    expect(failed()).toEqual([]);
    await world.getToken({ challenge: WRITE }).catch(() => undefined);
    expect(failed().length).toBe(1);
    broken = false;
    await world.getToken({ challenge: WRITE });
    expect(failed()).toEqual([]);
  });

  it('is kept for three flows of a site and twenty of all at most, whatever they do (T-13)', async () => {
    const call = (i: number, origin?: string) =>
      world
        .getToken({ resource: `http://10.0.0.${i}/mcp` }, { ...(origin && { origin }) })
        .catch(() => undefined);
    for (let i = 0; i < 30; i += 1) await call(i);
    expect(failed().length).toBe(3);
    expect(failed().at(-1)?.failure).toMatchObject({ code: 'policy_blocked', host: '10.0.0.29' });
    for (let i = 0; i < 30; i += 1) await call(i, `https://site-${i}.example`);
    expect(failed().length).toBe(20);
  });

  it('is an address out of bounds too; trying again there starts nothing (Z3, R94)', async () => {
    await world.getToken({ resource: 'nonsense' }).catch(() => undefined);
    const [view] = failed();
    expect(view?.failure).toMatchObject({ code: 'policy_blocked', reason: 'forbidden_address' });
    await world.own.review({ flow: view!.flow });
    expect(await world.own.retry({ flow: view!.flow })).toEqual({ started: false });
    expect(failed()).toMatchObject([{ flow: view!.flow }]);
  });
});

describe('trying again', () => {
  it('runs in the same window, asks nothing twice, and brings the token for the next call (Z22)', async () => {
    let broken = true;
    const { http } = world.ports;
    world.ports.http = (url, init, limits) =>
      broken && url.endsWith('/token')
        ? Promise.resolve(json({ error: 'server_error' }, 500))
        : http(url, init, limits);
    await expect(world.getToken({ scopes: ['notes:read'] })).rejects.toBeDefined();
    const [view] = failed();
    expect(world.openPrompts).toBe(1);
    broken = false;
    const prompts = world.prompts.length;
    expect(await world.own.retry({ flow: view!.flow })).toEqual({ started: true });
    expect(await world.own.retry({ flow: view!.flow })).toEqual({ started: false });
    await expect.poll(() => world.events.map(({ event }) => event.type)).toContain('grantchange');
    await expect.poll(() => world.openPrompts).toBe(0);
    expect(world.prompts.length).toBe(prompts);
    const mark = world.lab.ledger.mark();
    await expect(world.getToken({ scopes: ['notes:read'] })).resolves.toBeDefined();
    expect(world.lab.ledger.since(mark).length).toBe(0);
  });

  it('asks again when the question has become another (T-16)', async () => {
    let broken = true;
    const { http } = world.ports;
    world.ports.http = async (url, init, limits) => {
      if (broken && url.endsWith('/token')) return json({ error: 'server_error' }, 500);
      const real = await http(url, init, limits);
      if (broken || !url.startsWith(issuer() + ASM)) return real;
      return withMember({ revocation_endpoint: 'http://localhost:9/revoke' })(real);
    };
    await expect(world.getToken({ scopes: ['notes:read'] })).rejects.toBeDefined();
    broken = false;
    const prompts = world.prompts.length;
    expect(await world.own.retry({ flow: failed()[0]!.flow })).toEqual({ started: true });
    await expect.poll(() => world.prompts.length).toBe(prompts + 1);
    expect(world.prompts.at(-1)?.foreignHosts).toEqual(['localhost:9']);
  });

  it('is over when the window is closed, or the worker gone (Z22)', async () => {
    answer('/token', () => json({ error: 'server_error' }, 500));
    await expect(world.getToken({ scopes: ['notes:read'] })).rejects.toBeDefined();
    const [view] = failed();
    await world.restart();
    expect(await world.own.retry({ flow: view!.flow })).toEqual({ started: false });
  });
});

const WRITE = 'Bearer error="insufficient_scope", scope="notes:write"';

/** A grant, and metadata so old that it is read again: the next flow asks nothing before it discovers. */
async function connectedBefore(): Promise<void> {
  await world.getToken({ scopes: ['notes:read'] });
  world.elapsed += 3_600_001;
}
