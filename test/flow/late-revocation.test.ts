/** What is left to be revoked must not end what the user has connected since (Z51, T-49). */
import { afterEach, expect, it } from 'vitest';
import { HUB, KNOWN, LOGIN, Paper, provider, SITE, tokenOf } from '../support/hub-on-paper.ts';

let paper: Paper;
afterEach(() => paper.world.close());

it('a revocation that was never confirmed does not end the new grant of the same client', async () => {
  paper = await Paper.open();
  const { world, documents } = paper;
  Object.assign(documents, provider(LOGIN, { revocation_endpoint: `${LOGIN}/revoke` }), {
    [HUB + KNOWN]: { resource: HUB, authorization_servers: [LOGIN] },
  });
  await paper.ask(HUB);
  const key = { origin: SITE, resource: HUB, account: 'default' };
  // The server is in trouble: nobody confirms.
  const { revocation } = await world.own.disconnect(key);
  expect(revocation).toBe('unconfirmed');
  expect(tokenOf(await paper.ask(HUB))).toBeDefined();
  paper.sent = [];
  await world.restart();
  await new Promise((resolve) => setTimeout(resolve, 50));
  // Servers that see one client and user take the new tokens away with the old.
  expect(paper.sent.filter(({ url }) => url.endsWith('/revoke'))).toEqual([]);
});
