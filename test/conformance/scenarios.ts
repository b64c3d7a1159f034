/**
 * What the official suite asks of a client: its authorization, version by version, and what else of the transport a
 * carried request has to keep whole. Of its extensions only tokens that are bound to a key are a broker's job.
 */
import type { Assignment } from './driver.ts';
import type { Call } from './page.ts';

/** A scenario at one wire version. */
export interface Scenario {
  name: string;
  version: Version;
  /** Of an extension: the suite chooses the version. */
  isExtension?: true;
}

/** Wire versions, newest first. */
export const VERSIONS = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'] as const;

export type Version = (typeof VERSIONS)[number];

/** As `conformance list --client` says of the auth scenarios; a test compares. */
const SINCE_2025_06_18 = [
  'auth/token-endpoint-auth-basic',
  'auth/token-endpoint-auth-post',
  'auth/token-endpoint-auth-none',
];

const SINCE_2025_11_25 = [
  'auth/metadata-default',
  'auth/metadata-var1',
  'auth/metadata-var2',
  'auth/metadata-var3',
  'auth/basic-cimd',
  'auth/scope-from-www-authenticate',
  'auth/scope-from-scopes-supported',
  'auth/scope-omitted-when-undefined',
  'auth/scope-step-up',
  'auth/scope-retry-limit',
  ...SINCE_2025_06_18,
  'auth/pre-registration',
];

const SINCE_2026_07_28 = [
  ...SINCE_2025_11_25,
  'auth/resource-mismatch',
  'auth/offline-access-scope',
  'auth/offline-access-not-supported',
  'auth/authorization-server-migration',
  'auth/iss-supported',
  'auth/iss-not-advertised',
  'auth/iss-supported-missing',
  'auth/iss-wrong-issuer',
  'auth/iss-unexpected',
  'auth/iss-normalized',
  'auth/metadata-issuer-mismatch',
];

/** The scenarios of each version: 25, 14, 3 and 2. */
export const SCENARIOS: Readonly<Record<Version, readonly string[]>> = {
  '2026-07-28': SINCE_2026_07_28,
  '2025-11-25': SINCE_2025_11_25,
  '2025-06-18': SINCE_2025_06_18,
  '2025-03-26': [
    'auth/2025-03-26-oauth-metadata-backcompat',
    'auth/2025-03-26-oauth-endpoint-fallback',
  ],
};

/** Every auth scenario at every version it exists in. */
export const AUTH: readonly Scenario[] = VERSIONS.flatMap((version) =>
  SCENARIOS[version].map((name) => ({ name, version })),
);

/** Extensions that the broker takes up: tokens that are bound to a key (SEP-1932). They are listed under no version. */
export const BOUND: readonly Scenario[] = ['auth/dpop', 'auth/dpop-nonce'].map((name) => ({
  name,
  version: '2026-07-28',
  isExtension: true,
}));

/** What is called in each scenario that is not about auth: servers that want no credential and send no CORS. */
const PUBLIC: Readonly<Record<string, { versions: readonly Version[]; calls: readonly Call[] }>> = {
  tools_call: {
    versions: ['2026-07-28', '2025-11-25', '2025-06-18'],
    calls: [{ tool: 'add_numbers', arguments: { a: 5, b: 3 } }],
  },
  'sse-retry': { versions: ['2025-11-25'], calls: [{ tool: 'test_reconnection' }] },
  // Its server has no tools, and looks at what every message says of itself.
  'request-metadata': { versions: ['2026-07-28'], calls: [] },
  'http-standard-headers': {
    versions: ['2026-07-28'],
    calls: [
      'each tool',
      { list: 'resources' },
      { read: 'file:///path/to/file%20name.txt' },
      { list: 'prompts' },
      { prompt: 'test_prompt' },
    ],
  },
  // The suite says itself what is to be called.
  'http-custom-headers': { versions: ['2026-07-28'], calls: [] },
  'http-invalid-tool-headers': { versions: ['2026-07-28'], calls: ['each tool'] },
  'sep-2322-client-request-state': {
    versions: ['2026-07-28'],
    calls: [
      // Beside one another: nothing of one may get into the other.
      [{ tool: 'test_mrtr_echo_state' }, { tool: 'test_mrtr_unrelated' }],
      { tool: 'test_mrtr_no_state' },
      // The suite looks whether it is sent again. The official client finds the answer invalid, and says so.
      { tool: 'test_mrtr_no_result_type', mayFail: true },
    ],
  },
};

/** The scenarios of the transport, which a page could not pass alone where the server sends no CORS. */
export const TRANSPORT: readonly Scenario[] = Object.entries(PUBLIC).flatMap(
  ([name, { versions }]) => versions.map((version) => ({ name, version })),
);

/** All that is run: 44 of auth, two of bound tokens, nine of the transport. */
export const ALL: readonly Scenario[] = [...AUTH, ...BOUND, ...TRANSPORT];

/**
 * Whether the page is at the server's own origin. This server greets everybody, and names the scope that is needed only
 * to somebody who asks for its tools without a token: nobody else could know it than a page that may read that refusal.
 */
export function isReadable({ scenario, version }: Assignment): boolean {
  return scenario === 'auth/scope-step-up' && version !== '2026-07-28';
}

/** What a page calls in a scenario. */
export function callsOf({ scenario, context }: Assignment): readonly Call[] {
  const { toolCalls } = context;
  if (toolCalls)
    return toolCalls.map(({ name, arguments: given }) => ({ tool: name, arguments: given }));
  return PUBLIC[scenario]?.calls ?? [{ tool: 'test-tool' }];
}
