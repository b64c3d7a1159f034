/** What a server says of itself, read as anybody may. */

/** The authorization server metadata of an MCP server's first issuer. */
export async function metadataOf(mcpUrl: string): Promise<Readonly<Record<string, unknown>>> {
  const issuer = await issuerOf(mcpUrl);
  return read(`${new URL(issuer).origin}/.well-known/oauth-authorization-server`);
}

/** The first issuer that the protected resource metadata names, as it is spelled there. */
export async function issuerOf(mcpUrl: string): Promise<string> {
  const { origin, pathname } = new URL(mcpUrl);
  const { authorization_servers: issuers } = await read(
    `${origin}/.well-known/oauth-protected-resource${pathname}`,
  );
  return String((issuers as unknown[])[0]);
}

async function read(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}
