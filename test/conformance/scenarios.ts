/** What the official suite asks of a client's authorization, version by version; its extensions are no broker's job. */

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

/** Every scenario at every version it exists in. */
export const ALL: readonly Scenario[] = VERSIONS.flatMap((version) =>
  SCENARIOS[version].map((name) => ({ name, version })),
);

/** Extensions that the broker takes up: tokens that are bound to a key (SEP-1932). They are listed under no version. */
export const BOUND: readonly Scenario[] = ['auth/dpop', 'auth/dpop-nonce'].map((name) => ({
  name,
  version: '2026-07-28',
  isExtension: true,
}));
