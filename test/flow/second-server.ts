/** A second authorization server beside the lab's: for servers that name several, or move from one to the other. */
import {
  createAuthorizationServer,
  type AuthorizationServerOptions,
} from '../../demo/authorization-server.ts';
import { Ledger } from '../../demo/ledger.ts';
import { listen, LOOPBACK } from '../../demo/listen.ts';
import { REDIRECT_HOST, type World } from './world.ts';

/** Starts it, for the resources of the world's MCP server. */
export async function startSecondServer(
  { lab }: World,
  options: Partial<AuthorizationServerOptions> = {},
) {
  const ledger = new Ledger();
  let serve: Parameters<typeof listen>[0] = () => undefined;
  const listener = await listen((request, response) => {
    serve(request, response);
  });
  const issuer = `http://${LOOPBACK}:${listener.address.port}`;
  const server = createAuthorizationServer({
    issuer,
    scopesOf: lab.mcpServer.scopesOf,
    extensionRedirectHosts: [REDIRECT_HOST],
    ...options,
  });
  serve = ledger.watch('as', server.handler);
  return { ...server, ledger, close: () => listener.close() };
}
