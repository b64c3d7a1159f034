/** Every state that the documents can be in, as the background would describe it. */
import type {
  Disconnection,
  GrantView,
  KeyView,
  RefusalView,
} from '../../../src/shared/grant-view.ts';
import type { ExtensionCalls } from '../../../src/shared/document-contract.ts';
import type { PromptSnapshot, PromptView } from '../../../src/shared/prompt.ts';
import type { Settings } from '../../../src/shared/settings.ts';

/** What the toolbar popup would be told. */
export interface PopupScene {
  activeUrl?: string;
  pending: PromptView[];
  grants: GrantView[];
  keys?: KeyView[];
  refusals: RefusalView[];
  settings: Settings;
  revocation: Disconnection['revocation'] | 'error';
  /** When access ends that was handed out and could not be revoked. */
  accessEndsAt?: number;
  silent?: boolean;
  /** What comes of taking one scope away; `narrowed` unless said otherwise. */
  removal?: ExtensionCalls['removeScope']['result']['outcome'] | 'error';
  /** What comes of sealing; `ended` unless said otherwise. */
  sealing?: ExtensionCalls['seal']['result'];
  /** Changes of accounts and pauses do not work. */
  refuses?: boolean;
}

const MINUTE = 60_000;

const ALLOW: PromptSnapshot = {
  stage: 'allow',
  origin: 'https://chat.example.com',
  asked: 'https://mcp.files.example.net/v1',
  resource: 'https://mcp.files.example.net/v1',
  wider: false,
  issuer: 'https://login.example.net',
  foreignHosts: [],
  scopes: { added: ['files:read', 'offline_access'], held: [] },
  serverDecides: false,
  hostAccess: [],
};

function view(changes: Partial<PromptSnapshot>, step: PromptView['step'] = 'deciding'): PromptView {
  return {
    flow: 'f1',
    step,
    snapshot: { ...ALLOW, ...changes },
    nonce: 'nonce-1',
    digest: 'd1'.repeat(32),
  };
}

const REACH: Partial<PromptSnapshot> = {
  stage: 'reach',
  scopes: { added: [], held: [] },
  contact: 'https://mcp.files.example.net/*',
  hostAccess: ['https://mcp.files.example.net/*'],
};

function withoutIssuer({ issuer: _, ...rest }: PromptSnapshot): PromptSnapshot {
  return rest;
}

/** By the `flow` of the document's address. */
export const PROMPTS: Record<string, PromptView | null> = {
  reach: { ...view({}), snapshot: withoutIssuer({ ...ALLOW, ...REACH }) },
  'reach-local': {
    ...view({}),
    snapshot: withoutIssuer({
      ...ALLOW,
      ...REACH,
      origin: 'http://localhost:5173',
      asked: 'http://127.0.0.1:8080/mcp',
      contact: 'http://127.0.0.1/*',
      hostAccess: ['http://127.0.0.1/*'],
    }),
  },
  'reach-provider': {
    ...view({}),
    snapshot: withoutIssuer({
      ...ALLOW,
      ...REACH,
      contact: 'https://login.example.net/*',
      hostAccess: ['https://login.example.net/*'],
    }),
  },
  allow: view({}),
  'allow-host-access': view({
    hostAccess: ['https://login.example.net/*', 'https://tokens.example.org/*'],
    foreignHosts: ['tokens.example.org'],
  }),
  'step-up': view({
    scopes: { added: ['files:write', 'files:delete'], held: ['files:read', 'offline_access'] },
  }),
  'server-decides': view({ serverDecides: true, scopes: { added: [], held: [] } }),
  warnings: view({
    wider: true,
    resource: 'https://mcp.files.example.net',
    formerIssuer: 'https://login.example.net',
    issuer: 'https://login.exarnple.net',
    foreignHosts: ['api.exarnple.net', 'tokens.example.org:8443'],
    scopes: { added: ['*', 'admin:org', 'Files.ReadWrite.All'], held: ['files:read'] },
  }),
  'long-list': view({
    scopes: {
      added: Array.from({ length: 24 }, (_, i) => `area-${String(i)}:${i % 2 ? 'read' : 'write'}`),
      held: ['openid', 'profile', 'email'],
    },
  }),
  'long-host': view({
    origin:
      'https://accounts.google.com.sign-in.session-29384756.very-long-subdomain-that-goes-on.evil-example.co.uk:8443',
    asked:
      'https://xn--pypal-4ve.example.workers.dev/a/long/path/with%20spaces/and/more/mcp?tenant=1',
    issuer: 'https://192.168.0.5:9000/realms/main',
    scopes: { added: [`https://www.example.com/auth/${'a'.repeat(90)}.readonly`], held: [] },
  }),
  excess: view({
    stage: 'excess',
    scopes: { added: ['files:delete'], held: ['files:read', 'offline_access'] },
  }),
  discovering: view({}, 'discovering'),
  registering: view({}, 'registering'),
  authorizing: view({}, 'authorizing'),
  exchanging: view({}, 'exchanging'),
};

const now = Date.now();

/** A grant in use. */
export function grant(changes: Partial<GrantView>): GrantView {
  return {
    origin: 'https://chat.example.com',
    resource: 'https://mcp.files.example.net/v1',
    account: 'default',
    issuer: 'https://login.example.net',
    granted: ['files:read', 'offline_access'],
    ungranted: [],
    createdAt: now - 90 * MINUTE,
    lastUsedAt: now - 5 * MINUTE,
    uses: 1284,
    expiresAt: now + 42 * MINUTE,
    renewable: true,
    chosen: true,
    duration: 'always',
    carried: true,
    ...changes,
  };
}

/** A grant that needs the user again. */
export function ended(changes: Partial<GrantView>): GrantView {
  const { expiresAt: _, ...rest } = grant(changes);
  return rest;
}

/** One of each kind. */
export const GRANTS: GrantView[] = [
  grant({}),
  grant({
    resource: 'https://calendar.example.org/mcp',
    issuer: 'https://calendar.example.org',
    granted: ['events:read'],
    ungranted: ['events:write'],
    renewable: false,
    uses: 3,
    lastUsedAt: now - 26 * 60 * MINUTE,
  }),
  ended({
    origin: 'https://notes.example.co.uk',
    renewable: false,
    granted: [],
    uses: 0,
  }),
  grant({
    origin: 'http://localhost:5173',
    resource: 'http://127.0.0.1:8080/mcp',
    issuer: 'http://127.0.0.1:9000',
    granted: Array.from({ length: 12 }, (_, i) => `tools:area-${String(i)}:read`),
    uses: 40,
  }),
];

const REFUSALS: RefusalView[] = [
  {
    origin: 'https://pushy.example.com',
    resource: 'https://mcp.files.example.net/v1',
    scopes: ['files:delete', 'admin'],
    kind: 'denied',
    until: now + 9 * MINUTE,
  },
  {
    origin: 'https://pushy.example.com',
    resource: 'https://mcp.files.example.net/v1',
    scopes: [],
    kind: 'embargo',
    until: now + 7 * 24 * 60 * MINUTE,
  },
  {
    origin: 'https://other.example.org',
    resource: 'https://mcp.files.example.net/v1',
    scopes: [],
    kind: 'dismissed',
    until: now + MINUTE,
  },
];

/** Nothing has happened. */
export const QUIET: PopupScene = {
  pending: [],
  grants: [],
  refusals: [],
  settings: { developerMode: false, pausedSites: [] },
  revocation: 'revoked',
};

/** By the `scene` of the document's address. */
export const POPUPS: Record<string, PopupScene> = {
  empty: QUIET,
  'empty-site': { ...QUIET, activeUrl: 'https://chat.example.com/room/1' },
  site: { ...QUIET, activeUrl: 'https://chat.example.com/room/1', grants: GRANTS },
  everything: {
    ...QUIET,
    grants: GRANTS,
    pending: [{ ...view({ origin: 'https://new.example.com' }) }],
    refusals: REFUSALS,
    settings: { developerMode: true, pausedSites: [] },
  },
  'disconnect-revoked': { ...QUIET, grants: GRANTS },
  'disconnect-nothing': {
    ...QUIET,
    grants: GRANTS.map(({ expiresAt: _, ...grant }) => grant),
    revocation: 'nothing',
  },
  'disconnect-unsupported': { ...QUIET, grants: GRANTS, revocation: 'unsupported' },
  'disconnect-unconfirmed': { ...QUIET, grants: GRANTS, revocation: 'unconfirmed' },
  'disconnect-error': { ...QUIET, grants: GRANTS, revocation: 'error' },
  silent: { ...QUIET, silent: true },
  many: {
    ...QUIET,
    grants: Array.from({ length: 10_000 }, (_, i) =>
      grant({
        origin: `https://site-${String(i % 500)}.example.com`,
        resource: `https://mcp-${String(Math.floor(i / 500))}.example.net`,
      }),
    ),
  },
};
