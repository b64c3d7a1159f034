/** What an `OAuthClientProvider` of the official client has to keep, kept in memory. */
import type { OAuthClientProvider } from '@modelcontextprotocol/client';

/** The members that save and give back; what a test adds are the client's own data and the redirect. */
export function keeping(kept: Map<string, unknown>) {
  return {
    state: () => 'state',
    clientInformation: () => kept.get('client') as never,
    saveClientInformation: (client) => void kept.set('client', client),
    tokens: () => kept.get('tokens') as never,
    saveTokens: (tokens) => void kept.set('tokens', tokens),
    saveCodeVerifier: (verifier) => void kept.set('verifier', verifier),
    codeVerifier: () => kept.get('verifier') as string,
    discoveryState: () => kept.get('discovery') as never,
    saveDiscoveryState: (state) => void kept.set('discovery', state),
  } satisfies Partial<OAuthClientProvider>;
}
