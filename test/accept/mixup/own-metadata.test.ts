/** F1: a document under one path speaks for another path (T-20, Z16). */
import { afterEach, expect, it } from 'vitest';
import { HUB, KNOWN, LOGIN, Paper, provider } from '../../support/hub-on-paper.ts';

const EVIL = 'https://evil.example';
let paper: Paper;
afterEach(() => paper.world.close());

it('a page’s challenge for /mcp is not believed when it names another party’s path (T-20)', async () => {
  paper = await Paper.open();
  const { world, documents } = paper;
  Object.assign(documents, provider(LOGIN), provider(EVIL), {
    [`${HUB}${KNOWN}/mcp`]: { resource: `${HUB}/mcp`, authorization_servers: [LOGIN] },
    [`${HUB}/u/mallory/prm.json`]: { resource: `${HUB}/mcp`, authorization_servers: [EVIL] },
  });
  const challenge = `Bearer resource_metadata="${HUB}/u/mallory/prm.json"`;
  await paper.ask(`${HUB}/mcp`, { challenge });
  const issuers = world.prompts.flatMap(({ stage, issuer }) => (stage === 'allow' ? issuer : []));
  expect(issuers).not.toContain(EVIL);
});
