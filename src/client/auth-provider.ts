/** The broker in the shape that the official client's transports take as `authProvider`. */
import type { Token, TokenParams } from '../shared/page-contract.ts';
import { readableChallenge } from './challenge.ts';
import type { Tokens } from './tokens.ts';

/** Structurally the minimal `AuthProvider` of `@modelcontextprotocol/client`. */
export interface AuthProvider {
  /**
   * The token to send, or undefined when the page holds none; never opens UI.
   * @throws GrantkeeperError `network_error` when there is a grant whose token cannot be renewed just now
   */
  token(): Promise<string | undefined>;
  /**
   * Called by the transport on 401, before it tries once more.
   * @throws GrantkeeperError when no token could be had
   */
  onUnauthorized(context: { response: Response }): Promise<void>;
}

/** Makes the provider for one resource. */
export function createAuthProvider(tokens: Tokens, resource: string): AuthProvider {
  let sent: Token | undefined;
  return {
    token: async () => (sent = await tokens.find(resource))?.access_token,
    onUnauthorized: async ({ response }) => {
      const challenge = readableChallenge(response);
      await tokens.get({ resource, challenge, rejected: sent?.access_token } as TokenParams);
    },
  };
}
