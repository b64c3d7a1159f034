/** The two that are compared: the broker's core, with a user who allows everything, and the official SDK's client. */
import {
  auth,
  StreamableHTTPClientTransport,
  type OAuthClientProvider,
} from '@modelcontextprotocol/client';
import type { Token } from '../../src/shared/page-contract.ts';
import type { PromptSnapshot } from '../../src/shared/prompt.ts';
import { World } from '../flow/world.ts';
import { keeping } from '../support/official-provider.ts';
import type { TrialServer } from './trial-server.ts';

/** The scopes that one side holds when it holds a token; `undefined`: it holds none. */
interface Held {
  scope: string | undefined;
}

/** One side of the comparison, before one server. */
export interface Side {
  /** Connects for the first time; resolves what it holds, or undefined when it did not connect. */
  connect(): Promise<Held | undefined>;
  /** So many uses at the same time, after the access token has expired; resolves what each had at the end. */
  useExpired(times: number): Promise<(Held | undefined)[]>;
  /** What the user was shown on the way. */
  prompts: readonly PromptSnapshot[];
  close(): Promise<void>;
}

/** The core of the extension between real servers (test/flow/world.ts). */
export async function openBroker(server: TrialServer): Promise<Side> {
  const world = await World.open();
  const getToken = () =>
    world.getToken({ resource: server.mcpUrl }).then(
      ({ scope }: Token) => ({ scope }),
      () => undefined,
    );
  return {
    connect: getToken,
    useExpired: (times) => {
      world.elapsed = 3_700_000;
      return Promise.all(Array.from({ length: times }, getToken));
    },
    prompts: world.prompts,
    close: () => world.close(),
  };
}

/** The official client's own OAuth, with a provider that keeps everything in memory, as its documents show it. */
export function openSdk(server: TrialServer): Side {
  const kept = new Map<string, unknown>();
  const opened: URL[] = [];
  const authProvider: OAuthClientProvider = {
    redirectUrl: 'https://client.example/callback',
    clientMetadata: {
      client_name: 'Comparison',
      redirect_uris: ['https://client.example/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
    ...keeping(kept),
    redirectToAuthorization: (url) => void opened.push(url),
  };
  const held = (): Held | undefined => kept.get('tokens') as Held | undefined;
  const serverUrl = server.mcpUrl;
  return {
    connect: async () => {
      try {
        await auth(authProvider, { serverUrl });
        const answer = await fetch(opened.pop() ?? '', { redirect: 'manual' });
        const callback = new URL(answer.headers.get('location') ?? '');
        const transport = new StreamableHTTPClientTransport(new URL(serverUrl), { authProvider });
        await transport.finishAuth(callback.searchParams);
        return held();
      } catch {
        return undefined;
      }
    },
    useExpired: (times) =>
      Promise.all(
        Array.from({ length: times }, () =>
          auth(authProvider, { serverUrl }).then(
            (result) => (result === 'AUTHORIZED' ? held() : undefined),
            () => undefined,
          ),
        ),
      ),
    prompts: [],
    close: () => Promise.resolve(),
  };
}
