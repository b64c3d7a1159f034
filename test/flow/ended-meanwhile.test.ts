/** What was allowed for a day is over while a sign-in without a question waits its turn: it must not begin anew (Z40, Z42). */
import { afterEach, expect, it } from 'vitest';
import { HUB, KNOWN, LOGIN, Paper, provider, SITE, tokenOf } from '../support/hub-on-paper.ts';

const DAY = 86_400_000;
let paper: Paper;
afterEach(() => paper.world.close());

it('a grant without named scopes that ends meanwhile comes back with a question only', async () => {
  paper = await Paper.open();
  const { world, documents } = paper;
  Object.assign(documents, provider(LOGIN), {
    [HUB + KNOWN]: { resource: HUB, authorization_servers: [LOGIN] },
  });
  const real = paper.answer.bind(paper);
  let issued = 0;
  paper.answer = (url, init) => {
    const said = real(url, init);
    if (!url.endsWith('/token')) return said;
    issued += 1;
    return Response.json({
      access_token: `t${issued}`,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: 'r',
    });
  };
  world.duration = 'day';
  const first = tokenOf(await paper.ask(HUB, { scopes: [] }));
  expect(first).toBe('t1');
  expect((await world.ports.store.findGrant(SITE, HUB))?.ceiling).toEqual([]);
  await paper.ask(HUB, { scopes: [], rejected: 't1' });
  const prompts = world.prompts.length;
  const { lock } = world.ports;
  world.ports.lock = (name, task) => {
    if (name.startsWith('connect ')) world.elapsed += DAY + 1000;
    return lock(name, task);
  };
  world.answer = () => 'deny';
  const last = await paper.ask(HUB, { scopes: [], rejected: 't2' });
  expect({ last: tokenOf(last), asked: world.prompts.length - prompts }).not.toEqual({
    last: 't3',
    asked: 0,
  });
});
