/** The built extension in real Chromium at servers that nobody here wrote. A new server is one file under servers/. */
import { afterAll, beforeAll, describe } from 'vitest';
import { takeJourney } from './journey.ts';
import { shareClient } from './shared-client.ts';
import { openInteropStage, type InteropStage } from './stage.ts';
import { findServers } from './start-server.ts';

const servers = await findServers();

let stage: InteropStage;
beforeAll(async () => {
  stage = await openInteropStage(servers.map(({ about }) => about));
});
afterAll(() => stage.close());

describe.each(servers)('at $about.title', (server) => takeJourney(server, () => stage));

describe.each(servers.filter(({ file }) => file.endsWith('workers-oauth-provider.ts')))(
  'one client for two sites at $about.title',
  (server) => shareClient(server, () => stage),
);
