/** Two real authorization servers and a broker between them: the lab's is honest, the other one is not. */
import { expect } from 'vitest';
import { BrokerError } from '../../../src/shared/errors.ts';
import type { PromptSnapshot } from '../../../src/shared/prompt.ts';
import { REDIRECT_HOST, World } from '../../flow/world.ts';
import { challengeOf, startEvilServer, type EvilServer } from './evil-server.ts';

/** Our own client document, which both servers would take. */
export const DOCUMENT = 'https://keeper.example/client.json';

/** The stage. */
export interface MixUp {
  world: World;
  evil: EvilServer;
  /** Sign-in windows that were opened at the honest server, and the answers that came from there. */
  honestWindows: URL[];
  honestCodes: string[];
  /** The origin of the honest authorization server. */
  honest: string;
  close(): Promise<void>;
}

/** How the honest server is set up. */
interface Setting {
  /** Whether it sends `iss`, and says so. */
  iss: boolean;
  /** Whether both servers take our client document. */
  documents?: boolean;
}

/** Opens it. */
export async function openMixUp({ iss, documents = false }: Setting): Promise<MixUp> {
  const world = await World.open(documents ? { clientDocuments: () => clientDocument() } : {});
  const evil = await startEvilServer();
  const { authorizationServer } = world.lab;
  if (!iss) {
    authorizationServer.advertiseIss(false);
    authorizationServer.twistResponses((response) => {
      response.delete('iss');
    });
  }
  if (documents) {
    await world.own.configure({ clientDocument: { url: DOCUMENT, trusted: true } });
    evil.metadata['client_id_metadata_document_supported'] = true;
  }
  const stage: MixUp = {
    world,
    evil,
    honestWindows: [],
    honestCodes: [],
    honest: authorizationServer.issuer,
    close: async () => {
      await evil.close();
      await world.close();
    },
  };
  watchWindows(stage);
  return stage;
}

/** Writes down what is asked of the honest server in a window, and what comes back. */
function watchWindows({ world, honest, honestWindows, honestCodes }: MixUp): void {
  const { open } = world.ports.authWindow;
  world.ports.authWindow = {
    ...world.ports.authWindow,
    open: async (url, opened) => {
      const isHonest = new URL(url).origin === honest;
      if (isHonest) honestWindows.push(new URL(url));
      // An error page in the window: the person closes it.
      const callback = await open(url, opened).catch(() => {
        throw new BrokerError('access_denied');
      });
      const code = new URL(callback).searchParams.get('code');
      if (isHonest && code !== null) honestCodes.push(code);
      return callback;
    },
  };
}

/** A person who allows what they expect, and nothing that a question warns of. */
export const careful = ({ foreignHosts, newHosts, signsInAt, declared, weaker }: PromptSnapshot) =>
  foreignHosts.length > 0 || newHosts || signsInAt || declared || weaker ? 'deny' : 'allow';

/** What the evil server has of the honest one's. */
export function lootOf({ evil, honestCodes, honestWindows }: MixUp) {
  const sent = evil.received.map(({ body, headers }) => `${body} ${JSON.stringify(headers)}`);
  const challenges = honestWindows.map((url) => url.searchParams.get('code_challenge'));
  const verifiers = evil
    .sentTo('/token')
    .map((form) => form.get('code_verifier') ?? '')
    .filter((verifier) => challenges.includes(challengeOf(verifier)));
  return {
    codes: honestCodes.filter((code) => sent.some((text) => text.includes(code))).length,
    verifiers: verifiers.length,
  };
}

/** Tokens of the honest server that the evil one was sent. */
export async function tokensAtEvil({ world, evil }: MixUp): Promise<number> {
  const sent = evil.received.map(({ body, headers }) => `${body} ${JSON.stringify(headers)}`);
  const grants = await world.ports.store.listGrants();
  const held = await Promise.all(grants.map((grant) => world.ports.store.readGrant(grant)));
  const secrets = held
    .filter((grant) => grant?.server?.issuer === world.lab.authorizationServer.issuer)
    .flatMap((grant) => [grant?.token?.accessToken, grant?.token?.refreshToken])
    .filter((secret) => secret !== undefined);
  return secrets.filter((secret) => sent.some((text) => text.includes(secret))).length;
}

/** Asks for the evil server's resource; resolves the token or the error's code. */
export async function askEvil({ world, evil }: MixUp, params = {}): Promise<string> {
  return world
    .getToken({ resource: evil.url, scopes: ['notes:read'], ...params })
    .then(({ access_token: token }) => token)
    .catch((error: unknown) => (error as BrokerError).code);
}

/** The site holds a grant at the evil server; then that one changes its metadata and refuses every token. */
export async function moveAfterGrant(stage: MixUp, change: Record<string, unknown>) {
  const first = await askEvil(stage);
  expect(first).toMatch(/^evil-/);
  Object.assign(stage.evil.metadata, change);
  const renewed = await askEvil(stage, { rejected: first });
  expect(renewed).toMatch(/^evil-/);
  const asked = stage.world.prompts.length;
  const outcome = await askEvil(stage, { rejected: renewed });
  return { outcome, asked: stage.world.prompts.slice(asked) };
}

/** Whether the honest server still connects, for a person who allows what they expect. */
export async function honestConnects({ world, honest }: MixUp): Promise<boolean> {
  world.answer = ({ issuer }) => (issuer === undefined || issuer === honest ? 'allow' : 'deny');
  await world.ports.store.deleteRefusals(world.lab.siteA.origin, world.resource);
  await world.getToken({ scopes: ['notes:read'] });
  const grant = await world.ports.store.findGrant(world.lab.siteA.origin, world.resource);
  return grant?.server?.issuer === honest && grant.token !== undefined;
}

function clientDocument(): Promise<Response> {
  return Promise.resolve(
    Response.json({
      client_id: DOCUMENT,
      client_name: 'Grantkeeper',
      redirect_uris: [`https://${REDIRECT_HOST}/cb`],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    }),
  );
}
