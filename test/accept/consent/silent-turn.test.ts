/** Z40: a sign-in without a question waits its turn, and its page may have gone by then. */
import { afterEach, expect, it } from 'vitest';
import { HUB, KNOWN, LOGIN, Paper, provider, SITE, tokenOf } from '../../support/hub-on-paper.ts';

let paper: Paper;
afterEach(() => paper.world.close());

it('opens no sign-in window for a page that has gone while it waited for another address (Z40)', async () => {
  paper = await Paper.open();
  const { world, documents } = paper;
  Object.assign(documents, provider(LOGIN), {
    [HUB + KNOWN]: { resource: HUB, authorization_servers: [LOGIN] },
    [`${HUB}${KNOWN}/a`]: { resource: HUB, authorization_servers: [LOGIN] },
    [`${HUB}${KNOWN}/b`]: { resource: HUB, authorization_servers: [LOGIN] },
  });
  const first = tokenOf(await paper.ask(`${HUB}/a`));
  await paper.ask(`${HUB}/b`);
  const renewed = tokenOf(await paper.ask(`${HUB}/a`, { rejected: first }));
  expect(paper.authorized).toHaveLength(1);
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  paper.signingIn = () => held;
  const [one, two] = [world.openPage(SITE), world.openPage(SITE)];
  const call = (page: typeof one, path: string) =>
    page
      .call('getToken', { resource: HUB + path, scopes: ['read'], rejected: renewed! })
      .catch(() => undefined);
  const calls = [call(one, '/a')];
  await expect.poll(() => paper.authorized.length).toBe(2);
  calls.push(call(two, '/b'));
  // Its discovery is done, and it waits for the first to be done.
  await new Promise((resolve) => setTimeout(resolve, 150));
  two.leave();
  world.ports.isInFront = () => Promise.resolve(false);
  letGo();
  await Promise.all(calls);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(paper.authorized).toHaveLength(2);
});
