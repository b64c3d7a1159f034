/** Answers of the lab's real servers, changed on their way to the broker; and a client that several sites share. */
import { REDIRECT_HOST, World } from './world.ts';

/** Makes the answer to a request from what the real server would say. */
export type Change = (
  real: () => Promise<Response>,
  init: RequestInit,
) => Promise<Response> | Response;

/** Changes the answers to requests whose URL ends in `part`. */
export function changeAnswers(world: World, part: string, change: Change): void {
  const { http } = world.ports;
  world.ports.http = async (url, init, limits) =>
    url.endsWith(part) ? change(() => http(url, init, limits), init) : http(url, init, limits);
}

/** The form that a request sends; empty when it sends none. */
export function formOf({ body }: RequestInit): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams();
}

/** A world whose provider knows the client `shared`, which the user has entered there by hand. */
export async function openWithSharedClient(): Promise<World> {
  const redirect = `https://${REDIRECT_HOST}/cb`;
  const world = await World.open({
    clients: [
      {
        client_id: 'shared',
        token_endpoint_auth_method: 'none',
        redirect_uris: [redirect],
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ] as never,
  });
  const { issuer } = world.lab.authorizationServer;
  await world.own.saveClient({ issuer, clientId: 'shared', authMethod: 'none' });
  return world;
}
