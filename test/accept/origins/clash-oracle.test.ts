/** E-ORACLE: the clash rule reads the grants of all sites, and must not tell a page what they hold (T-33, Z42). */
import { afterEach, expect, it } from 'vitest';
import { LOGIN, Paper, provider } from '../../support/hub-on-paper.ts';

const DOCUMENT = 'https://keeper.example/client.json';
const EVIL = 'https://evil.example';
const HONEST = 'https://mcp.hub.example';
let paper: Paper;
afterEach(() => paper.world.close());

/** What a page of a hostile site can see: whether a window opens over it, without any click of the user. */
async function windowsSeen(isOtherConnected: boolean): Promise<number> {
  paper = await Paper.open(`${EVIL}/mcp`);
  const { world, documents } = paper;
  Object.assign(
    documents,
    provider(LOGIN, { client_id_metadata_document_supported: true }),
    provider(EVIL, {
      client_id_metadata_document_supported: true,
      authorization_endpoint: `${LOGIN}/authorize`,
    }),
    {
      [`${HONEST}/.well-known/oauth-protected-resource/mcp`]: {
        resource: `${HONEST}/mcp`,
        authorization_servers: [LOGIN],
      },
      [`${EVIL}/.well-known/oauth-protected-resource/mcp`]: {
        resource: `${EVIL}/mcp`,
        authorization_servers: [EVIL],
      },
    },
  );
  await world.own.configure({ clientDocument: { url: DOCUMENT, trusted: true } });
  if (isOtherConnected) await paper.ask(`${HONEST}/mcp`, {}, 'https://other.example');
  const before = world.prompts.length;
  world.answer = () => 'close';
  await paper.ask(`${EVIL}/mcp`);
  return world.prompts.length - before;
}

it('a page cannot tell by a window whether another site is connected to a provider (E-ORACLE, T-33)', async () => {
  const never = await windowsSeen(false);
  await paper.world.close();
  expect(await windowsSeen(true)).toBe(never);
});
