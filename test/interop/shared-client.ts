/**
 * Two sites with one client, entered by hand, at a server that ends older grants of the same person and client
 * (P1): the sites must not throw each other out for ever.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tell } from '../conformance/user.ts';
import type { WebClient } from '../support/stage.ts';
import { expectAnswer } from './journey.ts';
import { REDIRECT_ORIGIN } from './server.ts';
import type { InteropStage } from './stage.ts';
import { startServer, type FoundServer, type StartedServer } from './start-server.ts';
import { DOCUMENTS } from '../../src/shared/documents.ts';

/** Sign-ins that may pass, after the two connections, until no two sites use one client. */
const MOST_SIGN_INS = 3;
const ROUNDS = 5;

/** Registers the tests. */
export function shareClient({ file, about }: FoundServer, getStage: () => InteropStage): void {
  let server: StartedServer;
  let sites: WebClient[];
  let entered: string;
  beforeAll(async () => {
    const stage = getStage();
    server = await startServer(file);
    entered = await enterClient(stage, new URL(server.mcpUrl).origin);
    sites = [await stage.newSite(server.mcpUrl), await stage.newSite(server.mcpUrl)];
  });
  afterAll(async () => {
    await Promise.all(sites.map((site) => site.page.close()));
    await server.close();
  });

  it('connects two sites with the client that was entered by hand', async () => {
    for (const site of sites) {
      await site.page.bringToFront();
      expect(await site.connect()).toContain(about.tool.name);
    }
    const used = getStage().tokenRequests.slice(-2);
    expect(used.map(({ clientId }) => clientId)).toEqual([entered, entered]);
  });

  it(`lets them take turns with ${MOST_SIGN_INS} more sign-ins at most, none with that client (P1, Z56)`, async () => {
    const [before, seen] = [await signInsAt(server), getStage().tokenRequests.length];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const site of sites) {
        await site.page.bringToFront();
        await site.call(about.tool.name);
      }
    }
    expect((await signInsAt(server)) - before).toBeLessThanOrEqual(MOST_SIGN_INS);
    const since = getStage().tokenRequests.slice(seen);
    const exchanges = since.filter(({ grantType }) => grantType === 'authorization_code');
    expect(exchanges.length).toBeGreaterThan(0);
    expect(exchanges.map(({ clientId }) => clientId)).not.toContain(entered);
  });

  it('leaves both working in the end, without a further request to the provider', async () => {
    const seen = getStage().tokenRequests.length;
    for (const site of [...sites, ...sites]) await expectAnswer(site, about.tool);
    expect(getStage().tokenRequests.length).toBe(seen);
    expect(getStage().browser.faults).toEqual([]);
  });
}

/** Registers a client at the issuer as its owner would, and enters it as the settings do; resolves its id. */
async function enterClient({ browser }: InteropStage, issuer: string): Promise<string> {
  const registered = await fetch(`${issuer}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Entered by hand',
      redirect_uris: [`${REDIRECT_ORIGIN}/cb`],
      token_endpoint_auth_method: 'none',
    }),
  });
  const { client_id: clientId } = (await registered.json()) as { client_id: string };
  const settings = await browser.extensionPage(DOCUMENTS.settings);
  await tell(settings, 'saveClient', { issuer, clientId, authMethod: 'none' });
  await settings.close();
  return clientId;
}

/** How many sign-ins have been started at the server. */
async function signInsAt({ mcpUrl }: StartedServer): Promise<number> {
  const answer = await fetch(`${new URL(mcpUrl).origin}/authorizations`);
  return (await answer.json()) as number;
}
