/** Z41: "where the document says something else: refused"; Mallory must not be able to turn that into a question. */
import { afterEach, expect, it } from 'vitest';
import { BrokerError } from '../../../src/shared/errors.ts';
import { HUB, KNOWN, LOGIN, MALLORY, Paper, provider } from '../../support/hub-on-paper.ts';

let paper: Paper;
afterEach(() => paper.world.close());

it.each([0, 8900, 9100])(
  'a path that answers %i ms late is refused where its host says something else (Z41)',
  async (late) => {
    paper = await Paper.open();
    const { world, documents } = paper;
    Object.assign(documents, provider(LOGIN), {
      // The host has one MCP server, at /mcp, and says so at its root as well.
      [HUB + KNOWN]: { resource: `${HUB}/mcp`, authorization_servers: [LOGIN] },
      [`${HUB}/u/mallory/prm.json`]: { resource: HUB, authorization_servers: [LOGIN] },
    });
    world.answer = () => 'deny';
    const challenge = `Bearer resource_metadata="${HUB}/u/mallory/prm.json"`;
    // Whoever is slow: Mallory's document, or the provider that she names.
    paper.onGet = (url) => {
      if (url.startsWith(LOGIN)) world.elapsed += late;
    };
    await paper.ask(MALLORY, { challenge });
    expect(world.prompts).toEqual([]);
  },
);

it('nor is it where the browser keeps the host’s own document from us (Z41, Z13)', async () => {
  paper = await Paper.open();
  const { world, documents } = paper;
  Object.assign(documents, provider(LOGIN), {
    [HUB + KNOWN]: { resource: `${HUB}/mcp`, authorization_servers: [LOGIN] },
    [`${HUB}/u/mallory/prm.json`]: { resource: HUB, authorization_servers: [LOGIN] },
  });
  // Mallory's document has CORS headers, the host's has none, and no host access was given yet.
  let hasAccess = false;
  world.hostAccess = () => hasAccess;
  paper.onGet = (url) => {
    if (url === HUB + KNOWN && !hasAccess)
      throw new BrokerError('network_error', { detail: { reason: 'unreachable' } });
  };
  world.answer = ({ stage }) => {
    if (stage !== 'reach') return 'deny';
    hasAccess = true;
    return 'allow';
  };
  const challenge = `Bearer resource_metadata="${HUB}/u/mallory/prm.json"`;
  await paper.ask(MALLORY, { challenge });
  expect(world.prompts.filter(({ stage }) => stage === 'allow')).toEqual([]);
});
