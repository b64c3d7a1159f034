/** The v1 SDK's own example, as it is published: an MCP server, and an authorization server that sends no `iss`. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { getTools } from '../../conformance/tools.ts';
import { freePorts } from '../free-ports.ts';
import { metadataOf } from '../metadata.ts';
import type { About, Particulars, Running } from '../server.ts';

export const about: About = {
  title: "the v1 SDK's example server",
  packages: ['@modelcontextprotocol/sdk'],
  tool: { name: 'greet', args: { name: 'interop' }, says: 'Hello, interop!' },
  stepUps: ['greet:loud', 'greet:soft'],
  cors: false,
  // It answers 500 to a token that has ended, and issues no refresh token.
  renewal: 'untold',
  revocation: { outcome: 'unsupported', endsAccess: false },
};

export const particulars: Particulars = {
  'announces no iss, so its responses went through without (R63, row 4)': async (mcpUrl) => {
    const metadata = await metadataOf(mcpUrl);
    assert.equal(metadata['authorization_response_iss_parameter_supported'], undefined);
  },
};

export async function start(): Promise<Running> {
  const [mcp = 0, authorization = 0] = await freePorts(2);
  // It is a program: it reads what it is told when it is loaded, and never ends by itself.
  process.argv.push('--oauth');
  Object.assign(process.env, { MCP_PORT: String(mcp), MCP_AUTH_PORT: String(authorization) });
  const example = path.join('dist', 'esm', 'examples', 'server', 'simpleStreamableHttp.js');
  await import(pathToFileURL(path.join(getTools().sdk, example)).href);
  for (const port of [mcp, authorization]) await untilItListens(port);
  return { mcpUrl: `http://localhost:${mcp}/mcp`, close: () => Promise.resolve() };
}

async function untilItListens(port: number): Promise<void> {
  while (!(await fetch(`http://localhost:${port}/`).catch(() => undefined))) await sleep(20);
}
