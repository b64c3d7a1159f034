/** T-37: a decision is about scopes, and is kept whatever else of the grant is written meanwhile. */
import { afterEach, expect, it } from 'vitest';
import { HUB, KNOWN, LOGIN, Paper, provider, SITE } from '../support/hub-on-paper.ts';

let paper: Paper;
afterEach(() => paper.world.close());

it.each(['allow', 'deny'] as const)(
  'the answer %s about more than was asked for survives a write beside it',
  async (answer) => {
    paper = await Paper.open();
    const { world, documents } = paper;
    Object.assign(documents, provider(LOGIN), {
      [HUB + KNOWN]: { resource: HUB, authorization_servers: [LOGIN] },
    });
    const real = paper.answer.bind(paper);
    paper.answer = (url, init) => {
      const said = real(url, init);
      if (!url.endsWith('/token')) return said;
      const life = { token_type: 'Bearer', expires_in: 3600, refresh_token: 'r' };
      return Response.json({ access_token: 'wide', ...life, scope: 'read admin' });
    };
    world.answer = ({ stage }) => (stage === 'excess' ? answer : 'allow');
    const { store } = world.ports;
    let isArmed = true;
    world.ports.store = {
      ...store,
      updateGrant: async (grant, change, ...rest) => {
        const isOurs = change.ceiling !== undefined || 'token' in change;
        if (isArmed && isOurs && world.prompts.some(({ stage }) => stage === 'excess')) {
          isArmed = false;
          const latest = (await store.readGrant(grant))!;
          // The user names the account at the same time.
          await store.updateGrant(latest, { accountName: 'Work' });
        }
        return store.updateGrant(grant, change, ...rest);
      },
    };
    await world.restart();
    await paper.ask(HUB);
    const grant = await store.readGrant({ origin: SITE, resource: HUB, account: 'default' });
    expect(isArmed).toBe(false);
    const asked = world.prompts.filter(({ stage }) => stage === 'excess').length;
    expect({
      asked,
      kept: answer === 'allow' ? grant?.ceiling.includes('admin') : !grant?.token,
    }).toEqual({ asked: 1, kept: true });
  },
);
