/** Sign-ins that lead back to this computer, at a real authorization server with ten kinds of lists (Z35). */
import { afterEach, describe, expect, it } from 'vitest';
import type { RedirectShape } from '../../demo/redirect-shapes.ts';
import { BrokerError } from '../../src/shared/errors.ts';
import { LOOPBACK_PATTERNS } from '../../src/shared/facts/loopback-redirect.ts';
import type { Answer } from './world.ts';
import { openAt, OWN_LOOPBACK, shapeOf, type LoopbackPerson } from './loopback-world.ts';

let person: LoopbackPerson;
afterEach(() => person.world.close());

const open = async (shape: RedirectShape | string, options = {}) => {
  person = await openAt(typeof shape === 'string' ? shapeOf(shape) : shape, options);
  return person.world;
};
const call = (origin?: string) =>
  person.world.getToken({ scopes: ['notes:read'] }, { ...(origin !== undefined && { origin }) });
const issuer = () => person.world.lab.authorizationServer.issuer;
const quirks = () => person.world.ports.store.findIssuer(issuer());
const cost = () => person.world.lab.ledger.cost();
const LOCALHOST = 'http://localhost/*';

describe.each([false, true])('in a browser that catches one itself: %s', (firefox) => {
  it.each(['loopback', '127', 'localhost', 'any-port', 'fixed-path', 'no-https', 'at-authorize'])(
    'connects at a provider of the kind “%s” without typing (Z35)',
    async (id) => {
      await open(id, { firefox });
      await call().catch(() => undefined);
      await person.goOn();
      await expect(call()).resolves.toMatchObject({ token_type: 'Bearer' });
      expect(person.clicks).toBeLessThanOrEqual(1);
      const grant = await person.world.ports.store.findGrant(
        person.world.lab.siteA.origin,
        person.world.resource,
      );
      expect(person.returns.at(-1)).toBe(grant!.registration!.redirectUri);
      expect(cost().exchanges).toBe(1);
    },
  );
});

describe('a provider that has to be told', () => {
  it('of a fixed port is given the address that its instructions name (Z35)', async () => {
    const shape = shapeOf('fixed-port');
    await open(shape);
    await call().catch(() => undefined);
    await person.goOn();
    expect(person.failed?.failure).toMatchObject({
      reason: 'redirect_refused',
      loopback: {
        isLeft: false,
        uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
      },
    });
    const { clicks } = person;
    await person.click(shape.entered!.redirectUri);
    await expect(call()).resolves.toBeDefined();
    expect(person.clicks).toBe(clicks + 1);
    expect(person.returns.at(-1)).toBe(shape.entered!.redirectUri);
  });

  it('asks again for access that went back with the try before (Z35)', async () => {
    await open({
      id: 'one',
      title: 'one',
      mayRegister: (uri) => uri === 'http://localhost:3118/x',
    });
    await call().catch(() => undefined);
    await person.goOn();
    expect(person.held.has(LOCALHOST)).toBe(false);
    expect(person.failed?.failure?.loopback).toMatchObject({ isLeft: false, missing: [LOCALHOST] });
    await person.click('http://localhost:3118/x');
    expect(person.returns).toEqual(['http://localhost:3118/x']);
    await expect(call()).resolves.toBeDefined();
  });

  it('through its administrator is told exactly which address to list (P8, Z35)', async () => {
    const shape = shapeOf('admin-list');
    await open(shape);
    await call().catch(() => undefined);
    const { redirectUri, loopback } = person.failed!.failure!;
    shape.list!(redirectUri!);
    expect(await person.click()).toBe(true);
    // That click has brought it: no other flow was needed.
    expect(person.returns).toEqual([redirectUri]);
    await expect(call()).resolves.toBeDefined();
    expect(person.returns).toEqual([redirectUri]);
    expect(loopback!.uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  });

  it('of that list may take the address on this computer instead (Z35)', async () => {
    const shape = shapeOf('admin-list');
    await open(shape);
    await call().catch(() => undefined);
    const { loopback } = person.failed!.failure!;
    shape.list!(loopback!.uri);
    await person.click('loopback');
    await expect(call()).resolves.toBeDefined();
    expect(person.returns).toEqual([loopback!.uri]);
  });

  it('of a tenant is entered with its client and its address (Z35, R31)', async () => {
    const shape = shapeOf('tenant');
    const world = await open(shape);
    const { clientId = '', redirectUri } = shape.entered!;
    const client = { clientId, redirectUri, authMethod: 'none' as const };
    world.answer = (snapshot): Answer => {
      person.give(snapshot.hostAccess);
      return snapshot.stage === 'client' ? { client } : 'allow';
    };
    await expect(call()).resolves.toBeDefined();
    expect(person.returns).toEqual([redirectUri]);
    // Asked for in the very click on Allow, and given back after it.
    expect(world.prompts.at(-1)).toMatchObject({ stage: 'allow', lent: [LOCALHOST] });
    expect(world.dropped).toEqual([LOCALHOST]);
    expect(await world.own.clients({})).toMatchObject([{ redirectUri }]);
  });
});

describe('what is learned', () => {
  it('spares the next site the refusal and the click (Z35)', async () => {
    const world = await open('localhost');
    await call().catch(() => undefined);
    await person.goOn();
    await call();
    const before = { clicks: person.clicks, registrations: cost().registrations };
    await call(world.lab.siteB.origin);
    expect(person.clicks).toBe(before.clicks);
    expect(cost().registrations).toBe(before.registrations + 1);
    expect(world.prompts.at(-1)).toMatchObject({ lent: [LOCALHOST] });
  });

  it('is not that of a try which led nowhere, nor of another issuer (Z35)', async () => {
    const world = await open('at-authorize');
    await call().catch(() => undefined);
    expect((await quirks())?.redirect).toBeUndefined();
    await person.goOn();
    expect(await quirks()).toMatchObject({ redirect: person.returns.at(-1) });
    expect(await world.ports.store.findIssuer(`${issuer()}/other`)).toBeUndefined();
  });

  it('goes when the user enters a client there (Z35, R37)', async () => {
    const world = await open('loopback');
    await call().catch(() => undefined);
    await person.goOn();
    expect(await quirks()).toHaveProperty('redirect', expect.any(String));
    await world.own.saveClient({ issuer: issuer(), clientId: 'mine', authMethod: 'none' });
    expect((await quirks())?.redirect).toBeUndefined();
  });
});

describe('without access to the address', () => {
  it('opens no window, since whatever listens there would be given the code (Z35)', async () => {
    const world = await open('localhost');
    await call().catch(() => undefined);
    const opened = person.returns.length;
    person.give = () => undefined;
    await person.click('loopback');
    expect(person.failed?.failure).toMatchObject({ loopback: { isLeft: true } });
    await expect(call()).rejects.toBeDefined();
    expect(person.returns.length).toBe(opened);
    expect(world.lab.ledger.cost().exchanges).toBe(0);
  });

  it('that is taken away while the window is open ends it, and leads to the same offer (Z33, Z35)', async () => {
    const world = await open('loopback');
    person.give(LOOPBACK_PATTERNS);
    const { authWindow } = world.ports;
    world.ports.authWindow = {
      ...authWindow,
      open: () => {
        person.held.clear();
        const detail = { host: '127.0.0.1:50000' };
        return Promise.reject(new BrokerError('host_access_required', { detail }));
      },
    };
    await world.restart();
    await expect(call()).rejects.toMatchObject({ code: 'host_access_required' });
    expect(person.failed?.failure).toMatchObject({ issuer: issuer(), loopback: { isLeft: true } });
    world.ports.authWindow = authWindow;
    await world.restart();
    await call().catch(() => undefined);
    await person.goOn();
    await expect(call()).resolves.toBeDefined();
  });

  it('opens no window for one more account either, and offers the click (Z35)', async () => {
    const world = await open('localhost');
    await call().catch(() => undefined);
    await person.goOn();
    const grant = (await world.own.grants({}))[0]!;
    const opened = person.returns.length;
    expect(person.held.has(LOCALHOST)).toBe(false);
    const { origin, resource, account } = grant;
    await world.own.connectAccount({ origin, resource, account, name: 'Work' });
    await expect.poll(() => person.failed?.failure?.code).toBe('host_access_required');
    expect(person.returns.length).toBe(opened);
    expect(await world.own.review({ flow: person.failed!.flow })).toEqual({ opened: true });
    await person.click('loopback');
    await expect.poll(async () => (await world.own.grants({})).length).toBe(2);
    expect(world.dropped.at(-1)).toBe(LOCALHOST);
  });

  it('asks in a question of its own where nothing else would have to be asked (Z13, Z35)', async () => {
    const world = await open('localhost');
    await call().catch(() => undefined);
    await person.goOn();
    const { access_token } = await call();
    const asked = world.prompts.length;
    const { http } = world.ports;
    world.ports.http = (url, init, limits) =>
      String(init.body).includes('grant_type=refresh_token')
        ? Promise.resolve(Response.json({ error: 'invalid_grant' }, { status: 400 }))
        : http(url, init, limits);
    await world.getToken({ scopes: ['notes:read'], rejected: access_token });
    expect(world.prompts.slice(asked)).toMatchObject([{ stage: 'allow', lent: [LOCALHOST] }]);
  });
});

describe('the access', () => {
  it('is given back when the sign-in is over, well or badly, and not what was held before (T-59, Z35)', async () => {
    const world = await open('localhost');
    await call().catch(() => undefined);
    await person.goOn();
    expect(world.dropped).toContain(LOCALHOST);
    // The servers of this lab are at that address: a grant needs it.
    expect(world.dropped).not.toContain('http://127.0.0.1/*');

    world.dropped.length = 0;
    person.give(LOOPBACK_PATTERNS);
    await call(world.lab.siteB.origin);
    expect(world.dropped).toEqual([]);
  });

  it('is not taken from a second sign-in that goes on with it (Z35)', async () => {
    const world = await open('localhost');
    await call().catch(() => undefined);
    await person.goOn();
    for (const grant of await world.own.grants({})) await world.own.disconnect(grant);
    world.dropped.length = 0;
    const { siteA, siteB } = world.lab;
    const both = await Promise.all([call(siteA.origin), call(siteB.origin)]);
    expect(both).toHaveLength(2);
    expect(person.held.has(LOCALHOST)).toBe(false);
    expect(cost().exchanges).toBe(3);
  });
});

describe('what comes back', () => {
  it.each([
    ['iss', 'issuer_mismatch'],
    ['state', 'authorization_failed'],
  ])('is judged as at any other address: a wrong %s is refused (R65, Z35)', async (name, code) => {
    const world = await open('loopback');
    person.give(LOOPBACK_PATTERNS);
    world.tamper = (callback) => {
      callback.searchParams.set(name, 'https://other.example');
    };
    await expect(call()).rejects.toMatchObject({ code });
    expect(person.returns.at(-1)).toMatch(/^http:\/\/127/);
    expect(cost().exchanges).toBe(0);
  });

  it('at another port or path of this computer is refused (R65, Z35)', async () => {
    const world = await open('loopback');
    person.give(LOOPBACK_PATTERNS);
    world.tamper = (callback) => {
      callback.port = '9';
    };
    await expect(call()).rejects.toMatchObject({ code: 'authorization_failed' });
    expect(cost().exchanges).toBe(0);
  });
});

describe('a provider that takes nothing', () => {
  it('is tried a bounded number of times, and every address is named (T-25, Z35)', async () => {
    await open({ id: 'none', title: 'none', mayRegister: () => false });
    person.give(LOOPBACK_PATTERNS);
    await call().catch(() => undefined);
    const { failure } = person.failed!;
    expect(failure).toMatchObject({ reason: 'redirect_refused', loopback: { isLeft: false } });
    expect(cost().registrations).toBeLessThanOrEqual(9);
    expect(cost().authorizations).toBe(0);
  });
});

describe('Firefox', () => {
  it('uses its own address first, and asks for no access (Z35)', async () => {
    const world = await open('loopback', { firefox: true });
    await expect(call()).resolves.toBeDefined();
    expect(person.returns).toEqual([expect.stringMatching(`^${OWN_LOOPBACK}/cb/[0-9a-f]{16}$`)]);
    expect(person.clicks).toBe(0);
    expect(world.prompts.flatMap(({ lent = [] }) => lent)).toEqual([]);
  });
});

describe('a worker that dies', () => {
  it('leaves the way back blocked until its window is closed, and the flow is taken up (K03, T-58, Z35)', async () => {
    const world = await open('loopback');
    person.give(LOOPBACK_PATTERNS);
    const steps: string[] = [];
    const { authWindow } = world.ports;
    let isHung = true;
    world.ports.authWindow = {
      ...authWindow,
      open: (url, opened, ...rest) => {
        if (!isHung) return authWindow.open(url, opened, ...rest);
        opened(77);
        steps.push('open');
        return new Promise(() => undefined);
      },
      close: (window) => Promise.resolve(void steps.push(`close ${String(window)}`)),
      takeDown: () => Promise.resolve(void steps.push('take down')),
    };
    await world.restart();
    steps.length = 0;
    void call().catch(() => undefined);
    await expect.poll(() => steps).toEqual(['open']);
    isHung = false;
    await world.restart();
    expect(steps).toEqual(['open', 'close 77', 'take down']);
    const asked = world.prompts.length;
    await expect(call()).resolves.toBeDefined();
    expect(world.prompts.length).toBe(asked);
  });

  it('leaves no access behind that nobody takes up (T-59, Z35)', async () => {
    const world = await open('tenant');
    const { clientId = '', redirectUri } = shapeOf('tenant').entered!;
    await world.own.saveClient({ issuer: issuer(), clientId, redirectUri, authMethod: 'none' });
    world.ports.authWindow = {
      ...world.ports.authWindow,
      open: (_url, opened) => {
        opened(78);
        return new Promise(() => undefined);
      },
    };
    await world.restart();
    void call().catch(() => undefined);
    await expect.poll(() => person.held.has(LOCALHOST)).toBe(true);
    await expect.poll(async () => (await world.ports.store.listFlows())[0]?.signInWindow).toBe(78);
    await world.restart();
    expect(world.dropped).toEqual([]);
    world.elapsed = 700_000;
    await world.restart();
    expect(world.dropped).toEqual([LOCALHOST]);
  });
});

describe('a client of the user’s own', () => {
  it.each([
    'https://evil.example/cb',
    'http://evil.example/cb',
    'http://127.0.0.1:1/cb?a=b',
    'http://127.0.0.1.evil.example/',
  ])('leads back to nothing but this computer: %s is refused (T-23, Z35)', async (redirectUri) => {
    const world = await open('loopback');
    const client = { issuer: issuer(), clientId: 'mine', authMethod: 'none' as const };
    await expect(world.own.saveClient({ ...client, redirectUri })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    const file = {
      grantkeeper: 1,
      settings: { developerMode: false, pausedSites: [] },
      clients: [{ ...client, redirectUri }],
    };
    await expect(world.own.importSettings({ file })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(await world.own.clients({})).toEqual([]);
  });

  it('takes its address along in a settings file, and a file that changes it says so (Z35)', async () => {
    const world = await open('loopback');
    const client = { issuer: issuer(), clientId: 'mine', authMethod: 'none' as const };
    await world.own.saveClient({ ...client, redirectUri: 'http://localhost:3118/cb' });
    const file = await world.own.exportSettings({});
    expect(file.clients).toMatchObject([{ redirectUri: 'http://localhost:3118/cb' }]);
    await world.own.saveClient(client);
    expect((await world.own.previewSettings({ file })).clients).toHaveLength(1);
    await world.own.importSettings({ file });
    expect(await world.own.clients({})).toMatchObject(file.clients);
  });
});

describe('a wish for an address', () => {
  it.each(['https://evil.example/cb', 'loopback2', ''])(
    'that nothing could be caught at is refused: “%s” (Z35)',
    async (returnTo) => {
      const world = await open('fixed-port');
      await call().catch(() => undefined);
      const { flow } = person.failed!;
      await expect(world.own.retry({ flow, returnTo })).rejects.toMatchObject({
        code: 'invalid_request',
      });
      expect(person.returns).toEqual([]);
    },
  );
});
