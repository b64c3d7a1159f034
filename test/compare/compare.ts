/** The comparison: the same inputs to both, and what each did, told from what the servers saw. */
import { extractWWWAuthenticateParams } from '@modelcontextprotocol/client';
import { parseBearerChallenge } from '../../src/protocol/challenge.ts';
import { openBroker, openSdk, type Side } from './sides.ts';
import { startTrialServer, type Faults, type TrialServer } from './trial-server.ts';

/** One input, and what each of the two did with it. */
export interface Comparison {
  input: string;
  ours: string;
  theirs: string;
}

/** Runs everything; the order is that of the table. */
export async function compare(): Promise<Comparison[]> {
  const rows = CHALLENGES.map(compareChallenge);
  for (const trial of TRIALS) rows.push(await compareTrial(trial));
  return rows;
}

/** Challenges as a careless or a hostile server writes them (RFC 9110 §11.6.1), with what is wanted of each. */
const CHALLENGES: readonly (readonly [says: string, header: string])[] = [
  [
    'a scope inside a description',
    'Bearer error="insufficient_scope", error_description="need scope=admin:all now", scope="files:read"',
  ],
  ['a parameter whose name ends in `scope`', 'Bearer x_scope="admin", scope="files:read"'],
  [
    'a parameter whose name ends in `resource_metadata`',
    'Bearer my_resource_metadata="https://evil.example/", scope="files:read"',
  ],
  ['another scheme before Bearer', 'Basic realm="x", Bearer scope="files:read"'],
  ['a name in capitals', 'Bearer SCOPE="files:read"'],
  ['the scope twice', 'Bearer scope="files:read", scope="admin"'],
];

function compareChallenge([says, header]: readonly [string, string]): Comparison {
  const response = new Response(null, { status: 401, headers: { 'www-authenticate': header } });
  const { scope, resourceMetadataUrl } = extractWWWAuthenticateParams(response);
  return {
    input: `challenge with ${says}: \`${header}\``,
    ours: readByUs(header),
    theirs: reading(scope, resourceMetadataUrl?.href),
  };
}

function readByUs(header: string): string {
  try {
    const challenge = parseBearerChallenge(header);
    return reading(challenge?.scopes?.join(' '), challenge?.resourceMetadata);
  } catch {
    return 'refuses the header';
  }
}

function reading(scope: string | undefined, metadata: string | undefined): string {
  const where = metadata === undefined ? '' : `, and metadata at \`${metadata}\``;
  return `${scope ? `reads \`${scope}\`` : 'reads no scope'}${where}`;
}

/** A server with a fault, and how to tell what a side did before it. */
interface Trial {
  input: string;
  faults: Faults;
  tell: (side: Side, server: TrialServer) => Promise<string>;
}

const codeFate: Trial['tell'] = async (side, server) => {
  await side.connect();
  if (server.authorizations.length === 0) return 'sends no authorization request';
  return server.exchanges.length > 0 ? 'exchanges the code' : 'rejects the response';
};

const TRIALS: readonly Trial[] = [
  {
    input: 'an empty `iss` in the response',
    faults: { tamper: (callback) => callback.searchParams.set('iss', '') },
    tell: codeFate,
  },
  {
    input: 'two `iss`, first the right one',
    faults: {
      tamper: (callback) => {
        callback.searchParams.append('iss', new URL(TRUE_ISSUER.current).origin);
        callback.searchParams.append('iss', 'https://evil.example');
      },
    },
    tell: codeFate,
  },
  {
    input: 'metadata without `code_challenge_methods_supported`',
    faults: { noPkce: true },
    tell: codeFate,
  },
  {
    input: 'no protected resource metadata',
    faults: { noResourceMetadata: true },
    tell: async (side, server) => {
      await side.connect();
      const forms = [...server.authorizations, ...server.exchanges];
      const named = forms.length > 0 && forms.every((form) => form.get('resource'));
      const asked = side.prompts.some(({ legacy }) => legacy)
        ? 'warns the user, '
        : 'warns nobody, ';
      return asked + (named ? 'names the `resource` in every request' : 'names no `resource`');
    },
  },
  {
    input: 'metadata for `/team` when `/team/mcp` was asked for',
    faults: { resourcePath: '/team' },
    tell: async (side, server) => {
      const connected = await side.connect();
      const warned = side.prompts.some(({ declared }) => declared);
      const resource = server.exchanges[0]?.get('resource')?.replace(server.origin, '');
      if (!connected) return 'refuses';
      return `${warned ? 'warns the user that the host does not confirm it' : 'says nothing'}, and takes a token for \`${resource}\``;
    },
  },
  {
    input: 'a refresh response without `scope`',
    faults: { refreshWithoutScope: true },
    tell: async (side) => {
      const before = await side.connect();
      const [after] = await side.useExpired(1);
      if (!before || !after) return 'holds no token';
      return after.scope === before.scope
        ? 'still knows what was granted'
        : `holds a token of scope \`${after.scope}\``;
    },
  },
  {
    input: 'three refreshes at the same time, refresh tokens rotating',
    faults: {},
    tell: async (side, server) => {
      await side.connect();
      const outcomes = await side.useExpired(3);
      const served = outcomes.filter((held) => held !== undefined).length;
      const first = server.refreshes[0]?.get('refresh_token');
      const same = server.refreshes.filter((form) => form.get('refresh_token') === first).length;
      const times = same === 1 ? 'once' : `${same} times`;
      return `presents the refresh token ${times}; ${served} of 3 uses get a token`;
    },
  },
];

/** The issuer of the server on trial, which has no name before it listens. */
const TRUE_ISSUER = { current: 'http://127.0.0.1' };

async function compareTrial({ input, faults, tell }: Trial): Promise<Comparison> {
  const told: string[] = [];
  for (const open of [openBroker, openSdk]) {
    const server = await startTrialServer(faults);
    TRUE_ISSUER.current = server.origin;
    const side = await open(server);
    try {
      told.push(await tell(side, server));
    } finally {
      await side.close();
      await server.close();
    }
  }
  const [ours = '', theirs = ''] = told;
  return { input, ours, theirs };
}
