/** The states of the prompt window that came with issues 3 and 5: by hand, several providers, older servers, reasons. */
import type { PromptSnapshot, PromptView } from '../../../src/shared/prompt.ts';

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

const { issuer: _, ...BARE } = ALLOW;

/** A view of the flow `f1`, as the first question of a site. */
export function viewOf(
  changes: Partial<PromptSnapshot>,
  rest: Partial<PromptView> = {},
): PromptView {
  return {
    flow: 'f1',
    step: 'deciding',
    snapshot: { ...(changes.credential ? BARE : ALLOW), ...changes },
    nonce: 'nonce-1',
    digest: 'd1'.repeat(32),
    ...rest,
  };
}

/** Where a sign-in leads back to. */
export const REDIRECT_URI = 'https://bhpenkhogbfdmbcnkhjpndhmoadcfgmn.chromiumapp.org/cb';

export const CLIENT: Partial<PromptSnapshot> = {
  stage: 'client',
  redirectUri: REDIRECT_URI,
  scopes: { added: [], held: [] },
};

/** A server without metadata, which wants a key. */
const KEY: Partial<PromptSnapshot> = {
  credential: 'key',
  asked: 'https://mcp.tickets.example.org/v1/mcp',
  resource: 'https://mcp.tickets.example.org/v1/mcp',
  scopes: { added: [], held: [] },
};

const HERE = 'http://127.0.0.1/*';

/** By the `flow` of the document's address. */
export const MORE_PROMPTS: Record<string, PromptView | null> = {
  client: viewOf(CLIENT),
  'client-recipe': viewOf({
    ...CLIENT,
    issuer: 'https://accounts.google.com',
    recipe: { name: 'google', authMethod: 'client_secret_post' },
  }),
  issuers: viewOf({
    issuers: [
      'https://login.example.net',
      'https://accounts.example.org/realms/staff',
      'https://xn--lgin-5qa.example.co.uk',
    ],
  }),
  key: viewOf(KEY),
  'key-or-sign-in': viewOf({ ...KEY, otherWay: 'sign_in' }),
  'key-refused': viewOf({ ...KEY, keyRefused: true, duration: 'day' }),
  'key-held': viewOf({ ...KEY, keyHeld: true }),
  public: viewOf({ ...KEY, credential: 'none' }),
  legacy: viewOf({
    legacy: true,
    asked: 'https://old.example.org/sse',
    resource: 'https://old.example.org/sse',
    issuer: 'https://old.example.org',
    scopes: { added: [], held: [] },
    serverDecides: true,
  }),
  'ends-others': viewOf({
    issuer: 'https://login.example.net',
    endsOthers: ['https://notes.example.co.uk', 'https://board.example.org'],
  }),
  crowded: viewOf({ crowded: true }),
  fewer: viewOf({ fewer: true, scopes: { added: ['files:read'], held: [] } }),
  'fewer-none': viewOf({ fewer: true, serverDecides: true, scopes: { added: [], held: [] } }),
  unconfirmed: viewOf({ declared: 'https://mcp.files.example.net' }),
  weaker: viewOf({
    weaker: true,
    signsInAt: 'accounts.example.net',
    scopes: { added: [], held: ['files:read'] },
  }),
  'new-hosts': viewOf({
    foreignHosts: ['api.example.net', 'login.honest.example.org'],
    newHosts: ['login.honest.example.org'],
    signsInAt: 'login.honest.example.org',
    scopes: { added: [], held: ['files:read', 'offline_access'] },
  }),
  missing: viewOf({ missing: ['pkce'] }),
  'missing-both': viewOf({
    issuer: 'https://mcp.files.example.net',
    missing: ['pkce', 'own_provider'],
    scopes: { added: ['files:read'], held: [] },
  }),
  overridden: viewOf({
    client: 'my-company-app',
    overridden: [
      { kind: 'issuer_pair', at: 1_793_000_000_000, says: 'https://auth.example.org' },
      { kind: 'no_resource', at: 1_793_500_000_000 },
    ],
  }),
  'for-a-day': viewOf({ duration: 'day' }),
  'keeper-broker': viewOf({ keeper: 'broker', scopes: { added: ['files:read'], held: [] } }),
  'keeper-asked': viewOf({
    keeper: 'broker',
    hostAccess: ['https://login.example.net/*', 'https://mcp.files.example.net/*'],
  }),
  'keeper-page': viewOf({ keeper: 'page' }),
  'keeper-sealed': viewOf({
    keeper: 'broker',
    sealed: true,
    tool: 'add_note',
    scopes: { added: ['files:write'], held: ['files:read'] },
  }),
  hand: viewOf({
    stage: 'hand',
    keeper: 'page',
    hands: true,
    scopes: { added: [], held: ['files:read', 'offline_access'] },
  }),
  'hand-more': viewOf({
    keeper: 'page',
    hands: true,
    scopes: { added: ['files:write'], held: ['files:read'] },
  }),
  account: viewOf({
    accountName: 'Work – Müller & Söhne',
    duration: 'session',
    scopes: { added: ['files:write'], held: ['files:read'] },
  }),
  lent: viewOf({ hostAccess: ['https://login.example.net/*', HERE], lent: [HERE] }),
};
