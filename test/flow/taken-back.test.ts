/** What the user takes back while something is under way stays taken back: the later word counts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerError } from '../../src/shared/errors.ts';
import type { Token } from '../../src/shared/page-contract.ts';
import { REDIRECT_HOST, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
  world.choices = { login: 'alice' };
});
afterEach(() => world.close());

const key = () => ({
  origin: world.lab.siteA.origin,
  resource: world.resource,
  account: 'default',
});
const ended = (call: Promise<Token>): Promise<string> =>
  call.then(
    () => 'a token',
    (error: unknown) => (error as BrokerError).code,
  );

/** Keeps the sign-in window open until it is released. */
function holdSignIn() {
  const { authWindow } = world.ports;
  let opened = (): void => undefined;
  let release = (): void => undefined;
  const isOpen = new Promise<void>((resolve) => (opened = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  world.ports.authWindow = {
    ...authWindow,
    open: async (url, told) => {
      opened();
      await released;
      return authWindow.open(url, told);
    },
  };
  return {
    isOpen,
    release: () => {
      release();
    },
  };
}

/** Does something just before a request with this in its body is sent. */
function before(part: string, act: () => Promise<unknown>): void {
  const { http } = world.ports;
  let done = false;
  world.ports.http = async (url, init, limits) => {
    const meant = !done && String(init.body).includes(part);
    done ||= meant;
    if (meant) await act();
    return http(url, init, limits);
  };
}

describe('during a sign-in', () => {
  it('a scope that is removed is not brought back by it (Z23)', async () => {
    await world.getToken({ scopes: ['notes:read', 'notes:delete'] });
    const held = holdSignIn();
    const call = ended(world.getToken({ scopes: ['notes:write'] }));
    await held.isOpen;
    await world.own.removeScope({ ...key(), scope: 'notes:read' });
    held.release();
    expect(await call).toBe('aborted');
    const [grant] = await world.own.grants({});
    expect([...grant!.granted, ...grant!.ungranted]).not.toContain('notes:read');
  });

  it('a grant that is disconnected is not brought back by another address of its own (Z15)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const { http } = world.ports;
    world.ports.http = (url, init, limits) => http(url.replace('/team', ''), init, limits);
    const held = holdSignIn();
    const team = `${world.resource}/team`;
    const call = ended(world.getToken({ resource: team, scopes: ['notes:write'] }));
    await held.isOpen;
    await world.own.disconnect(key());
    held.release();
    expect(await call).toBe('aborted');
    expect(await world.own.grants({})).toEqual([]);
  });

  it('a window that is closed before its number is on disk leaves nothing there (T-49, Z4)', async () => {
    const { store, authWindow } = world.ports;
    let written = (): void => undefined;
    const isSlow = new Promise<void>((resolve) => (written = resolve));
    world.ports.store = {
      ...store,
      saveFlow: async (flow) => {
        if (flow.signInWindow !== undefined) await isSlow;
        await store.saveFlow(flow);
      },
    };
    world.ports.authWindow = {
      ...authWindow,
      open: (_url, opened) => {
        opened(7);
        setTimeout(written, 200);
        return Promise.reject(new BrokerError('access_denied'));
      },
    };
    expect(await ended(world.getToken({ scopes: ['notes:read'] }))).not.toBe('a token');
    await isSlow;
    await world.ports.pause(100);
    expect(await store.listFlows()).toEqual([]);
  });

  it('a site that is paused before it is shown no window', async () => {
    let opened = 0;
    const { authWindow } = world.ports;
    world.ports.authWindow = {
      ...authWindow,
      open: (url, told) => {
        opened += 1;
        return authWindow.open(url, told);
      },
    };
    const { origin } = world.lab.siteA;
    before('redirect_uris', () => world.own.pause({ origin, paused: true }));
    expect(await ended(world.getToken({ scopes: ['notes:read'] }))).not.toBe('a token');
    expect(opened).toBe(0);
  });
});

describe('what was allowed and not carried out yet', () => {
  const asked = () => world.prompts.filter(({ stage }) => stage === 'allow').length;
  const wanted = () => ({ resource: `${world.resource}/team`, scopes: ['notes:read'] });

  /** Allows another address of the resource, and leaves its sign-in waiting for its turn, until what is returned is called. */
  async function allow(scopes = ['notes:read']): Promise<() => Promise<string>> {
    const { http, lock } = world.ports;
    world.ports.http = (url, init, limits) => http(url.replace('/team', ''), init, limits);
    let letGo = (): void => undefined;
    const turn = new Promise<void>((resolve) => (letGo = resolve));
    const waiting = new Promise<void>((waits) => {
      world.ports.lock = async (name, task) => {
        if (!name.startsWith('connect ')) return lock(name, task);
        world.ports.lock = lock;
        waits();
        await turn;
        return lock(name, task);
      };
    });
    const call = ended(world.getToken({ ...wanted(), scopes }));
    await waiting;
    expect(asked()).toBe(1);
    return () => {
      letGo();
      return call;
    };
  }

  async function expectAsked(times: number): Promise<void> {
    world.answer = ({ stage }) => (stage === 'reach' ? 'allow' : 'deny');
    expect(await ended(world.getToken(wanted()))).toBe('access_denied');
    expect(asked()).toBe(times);
  }

  it.each(['before', 'after'])(
    'is asked about again when the grant was disconnected %s the worker was killed (T-49, T-36)',
    async (when) => {
      await allow();
      await world.getToken({ scopes: ['notes:read'] });
      expect(asked()).toBe(2);
      if (when === 'before') await world.own.disconnect(key());
      await world.restart();
      if (when === 'after') await world.own.disconnect(key());
      await expectAsked(3);
    },
  );

  it('is asked about again when the grant was disconnected while what is left was read (T-49, T-36)', async () => {
    await allow();
    await world.getToken({ scopes: ['notes:read'] });
    await world.restart();
    const { store } = world.ports;
    const { listFlows } = store;
    store.listFlows = async () => {
      store.listFlows = listFlows;
      const left = await listFlows();
      await world.own.disconnect(key());
      return left;
    };
    await expectAsked(3);
  });

  it('is not carried out when a scope of it was taken away meanwhile (T-49, Z23)', async () => {
    const scopes = ['notes:read', 'notes:delete'];
    const goOn = await allow(scopes);
    await world.getToken({ scopes });
    await world.own.removeScope({ ...key(), scope: 'notes:delete' });
    expect(await goOn()).not.toBe('a token');
    const [grant] = await world.ports.store.listGrants();
    expect(grant?.ceiling).not.toContain('notes:delete');
    expect(grant?.token?.granted).toEqual(['notes:read']);
  });

  it('is asked about again when the site was paused after the worker was killed (T-49, T-36)', async () => {
    await allow();
    await world.restart();
    const { origin } = key();
    await world.own.pause({ origin, paused: true });
    await world.own.pause({ origin, paused: false });
    await expectAsked(2);
  });
});

describe('erasing everything', () => {
  it('leaves nothing that a page began meanwhile', async () => {
    const { access_token: rejected } = await world.getToken({ scopes: ['notes:read'] });
    let call: Promise<string> | undefined;
    before('token_type_hint', () => {
      call = ended(world.getToken({ rejected, challenge: 'Bearer error="invalid_token"' }));
      // It looks at what is stored, and finds its way to a sign-in, or to being refused one.
      return Promise.race([call, world.ports.pause(500)]);
    });
    await world.own.erase({ what: 'everything' });
    expect(await call).not.toBe('a token');
    expect(await world.own.grants({})).toEqual([]);
  });
});

describe('during a refresh', () => {
  it('a grant that is disconnected gives no token, though the server does not answer (Z10)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const grant = await world.ports.store.readGrant(key());
    world.elapsed = grant!.token!.expiresAt - Date.now() - 20_000;
    before('grant_type=refresh_token', async () => {
      await world.own.disconnect(key());
      throw Object.assign(new Error('no answer'), { name: 'AbortError' });
    });
    expect(await ended(world.getToken({ interactive: false }))).not.toBe('a token');
  });
});

describe('a client that was entered and deleted', () => {
  it('is asked for again, once: the former answer is worth nothing (R23)', async () => {
    await world.close();
    const redirect_uris = [`https://${REDIRECT_HOST}/cb`];
    const known = {
      client_id: 'by-hand',
      redirect_uris,
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none' as const,
    };
    world = await World.open({ registration: false, clients: [known] });
    world.choices = { login: 'alice' };
    const client = { clientId: 'by-hand', authMethod: 'none' as const };
    world.answer = ({ stage }) => (stage === 'client' ? { client } : 'allow');
    const inner = world.ports.store;
    let isDown = false;
    const { http } = world.ports;
    world.ports.http = (url, init, limits) =>
      isDown ? Promise.resolve(new Response('', { status: 503 })) : http(url, init, limits);
    world.ports.store = {
      ...inner,
      findDocument: (url) => (isDown ? Promise.resolve(undefined) : inner.findDocument(url)),
      saveClient: async (entry) => {
        await inner.saveClient(entry);
        isDown = true;
      },
    };
    expect(await ended(world.getToken({ scopes: ['notes:read'] }))).not.toBe('a token');
    isDown = false;
    world.ports.store = inner;
    const failed = (await world.own.pending({})).at(-1)!;
    await world.own.deleteClient({ issuer: world.lab.authorizationServer.issuer });
    world.answer = () => 'ignore';
    await world.own.review({ flow: failed.flow });
    await world.own.retry({ flow: failed.flow });
    await expect
      .poll(() => world.own.prompt({ flow: failed.flow }))
      .toMatchObject({ step: 'deciding' });
    const mark = world.lab.ledger.mark();
    await world.ports.pause(300);
    expect(world.lab.ledger.since(mark).length).toBe(0);
  });
});

describe('failures that a page brings about', () => {
  it('push out its own only, and never what is on a screen', async () => {
    const victim = { origin: 'https://victim.example' };
    await ended(world.getToken({ resource: 'http://10.0.0.1/x' }, victim));
    const [shown] = await world.own.pending({});
    await world.own.review({ flow: shown!.flow });
    for (let i = 0; i < 25; i += 1) {
      await ended(
        world.getToken(
          { resource: `http://10.0.0.2/${String(i)}` },
          { origin: 'https://evil.example' },
        ),
      );
    }
    expect(await world.own.prompt({ flow: shown!.flow })).toMatchObject({ step: 'failed' });
    expect((await world.own.pending({})).length).toBe(4);
  });
});

describe('a settings file', () => {
  it('switches no protection off', async () => {
    const { settings, ...file } = await world.own.exportSettings({});
    const url = 'https://attacker.example/client.json';
    const { http, authWindow } = world.ports;
    const redirect_uris = [authWindow.redirectUri('cb'), 'https://attacker.example/cb'];
    const document = { client_id: url, client_name: 'Mallory', redirect_uris };
    world.ports.http = (at, init, limits) =>
      at === url ? Promise.resolve(Response.json(document)) : http(at, init, limits);
    const poisoned = { ...settings, developerMode: true, clientDocument: { url, trusted: true } };
    const brought = { ...file, settings: poisoned };
    // Whose it is, is said first.
    expect(await world.own.previewSettings({ file: brought })).toEqual({
      clients: [],
      document: url,
    });
    await world.own.importSettings({ file: brought });
    expect(await world.own.settings({})).toMatchObject({
      developerMode: false,
      clientDocument: { url, trusted: false },
    });
  });
});
