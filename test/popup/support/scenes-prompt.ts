/** The states of the prompt window that came with issues 3 and 5: by hand, several providers, older servers, reasons. */
import { FAILURE_REASONS, type FailureReason } from '../../../src/shared/errors.ts';
import type { Failure, PromptSnapshot, PromptView } from '../../../src/shared/prompt.ts';

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

/** As the background would tell it; the code is the one that goes with the reason most often. */
const FAILED: Record<FailureReason, Failure['code']> = {
  no_resource_metadata: 'discovery_failed',
  names_no_provider: 'discovery_failed',
  malformed_resource_metadata: 'discovery_failed',
  other_resource: 'discovery_failed',
  no_server_metadata: 'discovery_failed',
  malformed_server_metadata: 'discovery_failed',
  other_issuer: 'discovery_failed',
  endpoint_of_other: 'issuer_mismatch',
  no_pkce: 'pkce_unsupported',
  par_required: 'authorization_failed',
  dpop_required: 'discovery_failed',
  redirected: 'discovery_failed',
  forbidden_address: 'policy_blocked',
  key_in_address: 'discovery_failed',
  no_registration: 'registration_failed',
  registration_refused: 'registration_failed',
  redirect_refused: 'registration_failed',
  document_unusable: 'registration_failed',
  client_of_other_issuer: 'registration_failed',
  iss_missing: 'issuer_mismatch',
  iss_wrong: 'issuer_mismatch',
  state_wrong: 'authorization_failed',
  malformed_response: 'authorization_failed',
  provider_refused: 'authorization_failed',
  provider_failed: 'authorization_failed',
  sign_in_closed: 'access_denied',
  sign_in_expired: 'authorization_failed',
  scope_refused: 'authorization_failed',
  resource_refused: 'authorization_failed',
  request_refused: 'authorization_failed',
  exchange_refused: 'token_failed',
  unusable_token: 'token_failed',
  unknown_client: 'token_failed',
  wrong_client: 'token_failed',
  too_many_requests: 'registration_failed',
  oversized: 'discovery_failed',
  unreachable: 'network_error',
  storage_full: 'internal_error',
  storage_newer: 'internal_error',
  storage_failed: 'internal_error',
  credential_returned: 'network_error',
  unread: 'network_error',
};

const REDIRECT_URI = 'https://bhpenkhogbfdmbcnkhjpndhmoadcfgmn.chromiumapp.org/cb';

/** Reasons with which the background names the address that would have to be allowed. */
const WITH_ADDRESS: FailureReason[] = ['redirect_refused', 'sign_in_closed'];

/** What goes wrong at the server itself; everything else does at its sign-in provider. */
const AT_THE_SERVER: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'no_resource_metadata',
  'names_no_provider',
  'malformed_resource_metadata',
  'other_resource',
  'dpop_required',
  'forbidden_address',
  'key_in_address',
  'redirected',
  'oversized',
  'credential_returned',
  'unread',
]);

/** What goes wrong with our own store happens at no host. */
function hostOf(reason: FailureReason): Pick<Failure, 'host'> {
  if (reason.startsWith('storage_')) return {};
  return { host: AT_THE_SERVER.has(reason) ? 'mcp.files.example.net' : 'login.example.net' };
}

const failures = FAILURE_REASONS.map((reason) => [
  `failed-${reason.replaceAll('_', '-')}`,
  viewOf(
    {},
    {
      step: 'failed',
      failure: {
        code: FAILED[reason],
        reason,
        ...hostOf(reason),
        issuer: 'https://login.example.net',
        ...(WITH_ADDRESS.includes(reason) && { redirectUri: `${REDIRECT_URI}/5f0c1e9a7b2d4638` }),
      },
    },
  ),
]);

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

/** By the `flow` of the document's address. */
export const MORE_PROMPTS: Record<string, PromptView | null> = {
  client: viewOf(CLIENT),
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
  'failed-sign-in-page': viewOf(
    {},
    {
      step: 'failed',
      failure: {
        code: 'authorization_failed',
        reason: 'unreachable',
        host: 'login.example.net',
        issuer: 'https://login.example.net',
      },
    },
  ),
  ...(Object.fromEntries(failures) as Record<string, PromptView>),
};
