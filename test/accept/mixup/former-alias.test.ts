/** F1: what a former version made without a question is not kept by this one (Z41). */
import { openDB } from 'idb';
import { afterEach, expect, it } from 'vitest';
import {
  HUB,
  KNOWN,
  LOGIN,
  MALLORY,
  Paper,
  provider,
  SITE,
  tokenOf,
} from '../../support/hub-on-paper.ts';

let paper: Paper;
afterEach(() => paper.world.close());

it('an alias of a former version gives no path the token of its host (T-20, Z41)', async () => {
  paper = await Paper.open();
  const { world, documents } = paper;
  Object.assign(documents, provider(LOGIN), {
    [HUB + KNOWN]: { resource: HUB, authorization_servers: [LOGIN] },
  });
  const hub = tokenOf(await paper.ask(HUB));
  // As version 3 left it after F1: no word of what was shown, and a silent alias.
  const db = await openDB(world.database);
  const row = (await db.get('grants', [SITE, HUB, 'default'])) as { shown?: unknown };
  delete row.shown;
  await db.put('grants', row);
  await db.put('aliases', { origin: SITE, asked: MALLORY, resource: HUB, account: 'default' });
  db.close();
  await world.ports.store.chooseAccount({
    origin: 'https://x.example',
    resource: 'x',
    account: 'x',
  });
  await world.restart();
  const prompts = world.prompts.length;
  const given = tokenOf(await paper.ask(MALLORY));
  expect(hub).toBeDefined();
  if (given === hub) expect(world.prompts.length).toBeGreaterThan(prompts);
});
