/** Z41: "where the document says something else: refused"; Mallory must not be able to turn that into a question. */
import { afterEach, expect, it } from 'vitest';
import { HUB, KNOWN, LOGIN, MALLORY, Paper, provider } from './paper.ts';

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
    paper.onGet = (url) => {
      if (url.endsWith('/u/mallory/prm.json')) world.elapsed += late;
    };
    world.answer = () => 'deny';
    const challenge = `Bearer resource_metadata="${HUB}/u/mallory/prm.json"`;
    // With a second issuer the slow answer may as well be the issuer's: here it is the document's.
    paper.onGet = (url) => {
      if (url.startsWith(LOGIN)) world.elapsed += late;
    };
    await paper.ask(MALLORY, { challenge });
    expect(world.prompts).toEqual([]);
  },
);
