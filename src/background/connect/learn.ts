/** What a sign-in that worked has shown of its provider: remembered, so that the next one needn't find out. */
import type { AuthorizationServer } from 'oauth4webapi';
import type { Audience } from '../oauth/token-endpoint.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord } from '../ports/records.ts';
import type { LiveFlow } from './live-flow.ts';
import type { Obtained } from './obtain-token.ts';
import { learnRedirect, redirectSources } from './redirects.ts';

/** Writes it down. To be called once the tokens are stored, which nothing may keep from the disk. */
export async function learn(
  ports: Ports,
  { record, audience, token, learned }: Obtained & Pick<LiveFlow, 'record'>,
): Promise<void> {
  const { server } = audience;
  if (record.request.unbound && !token.bound) await learnBearer(ports, audience);
  if (learned) await ports.store.learnIssuer(server.issuer, learned);
  await learnWish(ports, record, audience);
  if (server.authorization_response_iss_parameter_supported) await learnIss(ports, server);
}

/** From now on it counts when the provider stops to send `iss` (T-43). */
async function learnIss({ store }: Ports, { issuer }: AuthorizationServer): Promise<void> {
  if ((await store.findIssuer(issuer))?.sentIss) return;
  await store.learnIssuer(issuer, { sentIss: true });
}

/** Where the user wished the sign-in to lead back to, it has: the next site needs no wish (Z35). */
async function learnWish(
  ports: Ports,
  record: FlowRecord,
  { server: { issuer }, registration }: Audience,
): Promise<void> {
  if (record.returnTo === undefined) return;
  const sources = await redirectSources(ports, issuer, record);
  await learnRedirect(ports, issuer, sources, registration.redirectUri);
}

/** Resources at one provider of which it is remembered that they know no bound tokens. */
const MOST_BEARERS = 50;

/** The next site is not to sign in twice for it (Z36). */
async function learnBearer(
  { store }: Ports,
  { server: { issuer }, resource }: Pick<Audience, 'server' | 'resource'>,
): Promise<void> {
  const known = (await store.findIssuer(issuer))?.bearerAt ?? [];
  const bearerAt = [...new Set([...known, resource])].slice(-MOST_BEARERS);
  await store.learnIssuer(issuer, { bearerAt });
}
