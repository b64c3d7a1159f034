/** The states of the popup's newer parts, and of the activity page. */
import { REDACTED, type ActivityRow, type Trace } from '../../../src/shared/activity.ts';
import { TOKEN_ITSELF } from '../../../src/shared/facts/token-itself.ts';
import { NO_KNOWN_END } from '../../../src/shared/facts/duration.ts';
import type { GrantView, KeyView } from '../../../src/shared/grant-view.ts';
import { ended, GRANTS, grant, POPUPS, QUIET, type PopupScene } from './scenes.ts';

/** What the activity page would be told. */
export interface ActivityScene {
  rows: ActivityRow[];
  traces: Trace[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const now = Date.now();

const SITE = 'https://chat.example.com';
const SERVER = 'https://mcp.files.example.net/v1';
const ISSUER = 'https://login.example.net';
const CRM = { resource: 'https://crm.example.net/mcp' };
const CALENDAR = { resource: 'https://calendar.example.org/mcp' };

const TWO_ACCOUNTS = [
  grant({ chosen: false, accountName: 'private', createdAt: now - 9 * DAY }),
  grant({
    account: 'a2',
    accountName: 'work',
    granted: ['files:read', 'files:write', 'offline_access'],
    createdAt: now - DAY,
    uses: 12,
  }),
  ...GRANTS.slice(1),
];

const KEY: KeyView = {
  resource: 'https://mcp.tickets.example.org/v1/mcp',
  account: 'default',
  header: 'X-API-Key',
  savedAt: now - DAY,
  sites: [SITE, 'https://notes.example.co.uk'],
};

/** A grant where nobody signs in. */
function tokenless(changes: Partial<GrantView>): GrantView {
  const { issuer: _, ...rest } = grant(changes);
  return { ...rest, granted: [], expiresAt: NO_KNOWN_END, renewable: false };
}

const TEN = Array.from({ length: 10 }, (_, i) =>
  grant({ origin: `https://site-${String(i)}.example.com`, lastUsedAt: now - i * HOUR }),
);

/** By the `scene` of the popup's address. */
export const POPUPS_MORE: Record<string, PopupScene> = {
  durations: {
    ...QUIET,
    grants: [
      grant({ duration: 'session' }),
      grant({ account: 'x', origin: 'https://day.example', duration: 'day', endsAt: now + DAY }),
      grant({
        origin: 'https://old.example',
        legacy: true,
        issuer: 'https://mcp.files.example.net',
      }),
    ],
  },
  keys: {
    ...QUIET,
    grants: [
      tokenless({ credential: 'key', resource: KEY.resource }),
      tokenless({ credential: 'none', resource: 'https://docs.example.org/mcp' }),
    ],
    keys: [KEY],
  },
  keeping: {
    ...QUIET,
    activeUrl: `${SITE}/room/1`,
    grants: [
      grant({ carried: false, missingAccess: 'https://mcp.files.example.net/*' }),
      grant({ ...CALENDAR, sealedOnly: true, headers: ['x-project-id'], streams: 2 }),
      grant({ resource: 'https://keys.example.net/mcp', credential: 'key' }),
    ],
    refusals: [
      {
        origin: SITE,
        resource: SERVER,
        scopes: [TOKEN_ITSELF],
        kind: 'denied',
        until: now + MINUTE,
      },
    ],
  },
  paused: {
    ...QUIET,
    activeUrl: `${SITE}/room/1`,
    grants: GRANTS,
    settings: { developerMode: false, pausedSites: [SITE] },
  },
  // What the site in view was denied: at a server that it uses, and at another one.
  denied: {
    ...QUIET,
    activeUrl: `${SITE}/room/1`,
    grants: GRANTS,
    refusals: [
      {
        origin: SITE,
        resource: SERVER,
        scopes: ['files:delete', 'files:admin'],
        kind: 'denied',
        until: now + 9 * MINUTE,
      },
      { origin: SITE, ...CRM, scopes: ['crm:read'], kind: 'denied', until: now + 4 * MINUTE },
      { origin: SITE, ...CRM, scopes: [], kind: 'embargo', until: now + 7 * DAY },
      {
        origin: 'https://notes.example.co.uk',
        resource: SERVER,
        scopes: [],
        kind: 'dismissed',
        until: now + MINUTE,
      },
    ],
  },
  // It could not be connected, and its window lies somewhere behind.
  'failed-waiting': {
    ...QUIET,
    activeUrl: `${SITE}/room/1`,
    pending: [
      {
        ...POPUPS['everything']!.pending[0]!,
        step: 'failed',
        failure: { code: 'discovery_failed', reason: 'no_resource_metadata' },
      },
    ],
  },
  // Every kind of word, and names that say nothing.
  words: {
    ...QUIET,
    activeUrl: `${SITE}/room/1`,
    grants: [
      grant({ granted: ['mail.send', 'files:read', 'notes:read', '*', 'repo', 'offline_access'] }),
      grant({
        ...CALENDAR,
        granted: Array.from({ length: 118 }, (_, i) => `s${String(i)}`),
        streams: 2,
      }),
      grant({ ...CRM, granted: ['openid', 'crm:read', 'offline_access'] }),
    ],
  },
  accounts: { ...QUIET, activeUrl: `${SITE}/room/1`, grants: TWO_ACCOUNTS },
  'refuses-changes': {
    ...QUIET,
    activeUrl: `${SITE}/room/1`,
    grants: TWO_ACCOUNTS,
    refuses: true,
  },
  'scope-signed-out': { ...QUIET, activeUrl: SITE, grants: GRANTS, removal: 'signedOut' },
  'scope-gone': { ...QUIET, activeUrl: SITE, grants: GRANTS, removal: 'gone' },
  'scope-error': { ...QUIET, activeUrl: SITE, grants: GRANTS, removal: 'error' },
  // Of this site: one that needs the user again, one without a known end, and one that ends others.
  overridden: { ...QUIET, grants: [grant({ overridden: [{ kind: 'pkce', at: now - DAY }] })] },
  endings: {
    ...QUIET,
    activeUrl: `${SITE}/room/1`,
    grants: [
      ended({ granted: [], ungranted: ['files:read', 'files:write'] }),
      grant({ ...CALENDAR, expiresAt: NO_KNOWN_END, renewable: false, issuer: CALENDAR.resource }),
      grant({ ...CRM, endsOthers: true, lastUsedAt: now - HOUR }),
    ],
  },
  'disconnect-ending': { ...QUIET, grants: GRANTS, accessEndsAt: now + 42 * MINUTE },
  'disconnect-no-end': {
    ...QUIET,
    grants: GRANTS.map((one) => ({ ...one, expiresAt: NO_KNOWN_END, renewable: false })),
    revocation: 'unsupported',
  },
  'server-ending': { ...QUIET, grants: GRANTS, accessEndsAt: now + 42 * MINUTE },
  'disconnect-shared': { ...QUIET, grants: GRANTS.slice(0, 3), revocation: 'shared' },
  'server-unconfirmed': { ...QUIET, grants: GRANTS, revocation: 'unconfirmed' },
  'many-here': {
    ...POPUPS['many']!,
    activeUrl: 'https://site-499.example.com',
    // The later in the store, the later used.
    grants: POPUPS['many']!.grants.map((grant, i) => ({
      ...grant,
      lastUsedAt: now - (10_000 - i) * MINUTE,
    })),
  },
  search: { ...QUIET, activeUrl: `${SITE}/room/1`, grants: [...TEN, ...GRANTS] },
};

let id = 1000;

function row(
  minutesAgo: number,
  kind: ActivityRow['kind'],
  more: Partial<ActivityRow> = {},
): ActivityRow {
  id -= 1;
  const at = now - minutesAgo * MINUTE;
  return { id, at, kind, origin: SITE, resource: SERVER, scopes: [], ...more };
}

function withoutServer({ resource: _, ...rest }: ActivityRow): ActivityRow {
  return rest;
}

const NOTES = { origin: 'https://notes.example.co.uk' };

/** One of each kind, over four days. */
const ROWS: ActivityRow[] = [
  row(1, 'used', { count: 1284 }),
  row(2, 'renewed'),
  row(4, 'narrowed', { scopes: ['files:delete'] }),
  row(9, 'failed', {
    ...CALENDAR,
    code: 'issuer_mismatch',
    reason: 'iss_missing',
    host: 'calendar.example.org',
    correlationId: 'c-1',
    flow: 'flow-failed',
  }),
  row(10, 'allowed', { ...CALENDAR, scopes: ['events:read'], flow: 'flow-failed' }),
  row(12, 'widened', { scopes: ['files:write', 'files:delete'], flow: 'flow-done' }),
  row(13, 'allowed', { scopes: ['files:write', 'files:delete'], flow: 'flow-done' }),
  withoutServer(row(1 * 24 * 60, 'resumed', NOTES)),
  withoutServer(row(1 * 24 * 60 + 20, 'paused', NOTES)),
  row(1 * 24 * 60 + 31, 'used', { ...NOTES, count: 1 }),
  row(3 * 24 * 60, 'ended', NOTES),
  row(3 * 24 * 60 + 1, 'disconnected', CALENDAR),
  row(3 * 24 * 60 + 5, 'dismissed', { ...CALENDAR, scopes: ['events:write'] }),
  row(3 * 24 * 60 + 6, 'denied', { ...CALENDAR, scopes: ['events:write', 'events:delete'] }),
  row(4 * 24 * 60, 'connected', { scopes: ['files:read', 'offline_access'], flow: 'flow-first' }),
  row(4 * 24 * 60 + 1, 'allowed', { scopes: ['files:read', 'offline_access'], flow: 'flow-first' }),
  row(4 * 24 * 60 + 9, 'failed', { code: 'network_error', host: 'mcp.files.example.net' }),
];

/** A step-up that went well. */
const DONE: Trace = {
  id: 'flow-done',
  at: now - 13 * MINUTE,
  origin: SITE,
  resource: SERVER,
  outcome: 'done',
  steps: [
    {
      at: now - 13 * MINUTE,
      kind: 'request',
      method: 'GET',
      url: 'https://mcp.files.example.net/.well-known/oauth-protected-resource/v1',
      headers: { accept: 'application/json', 'mcp-protocol-version': '2026-07-28' },
      status: 200,
      answer: { 'content-type': 'application/json' },
    },
    {
      at: now - 13 * MINUTE + 130,
      kind: 'discovered',
      source: 'oauth-authorization-server',
      issuer: ISSUER,
      issuers: [ISSUER, 'https://login-2.example.net'],
      legacy: false,
    },
    {
      at: now - 13 * MINUTE + 131,
      kind: 'scopes',
      requested: ['files:read', 'offline_access'],
      challenged: ['files:write', 'files:delete'],
      held: ['files:read', 'offline_access'],
      refused: [],
      asked: ['files:read', 'offline_access', 'files:write', 'files:delete'],
    },
    { at: now - 13 * MINUTE + 132, kind: 'prompt', stage: 'allow', decision: 'allow' },
    { at: now - 13 * MINUTE + 4000, kind: 'registration', choice: 'dynamic', issuer: ISSUER },
    {
      at: now - 13 * MINUTE + 4100,
      kind: 'request',
      method: 'GET',
      url: `https://login.example.net/authorize?response_type=code&client_id=c-17&state=${REDACTED}`,
      headers: {},
      window: true,
    },
    {
      at: now - 13 * MINUTE + 9099,
      kind: 'returned',
      answer: { code: REDACTED, state: REDACTED, iss: ISSUER },
    },
    {
      at: now - 13 * MINUTE + 9100,
      kind: 'response',
      row: 1,
      advertised: true,
      present: true,
      accepted: true,
    },
    {
      at: now - 13 * MINUTE + 9102,
      kind: 'request',
      method: 'POST',
      url: 'https://login.example.net/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: REDACTED },
      body: `grant_type=authorization_code&code=${REDACTED}&code_verifier=${REDACTED}`,
      status: 200,
      answer: { 'cache-control': 'no-store', token_type: 'Bearer', access_token: REDACTED },
    },
    {
      at: now - 13 * MINUTE + 9300,
      kind: 'granted',
      scopes: ['files:read', 'files:write', 'files:delete'],
      assumed: true,
      renewable: true,
    },
  ],
};

/** A response that was thrown away. */
const FAILED: Trace = {
  id: 'flow-failed',
  at: now - 9 * MINUTE,
  origin: SITE,
  resource: CALENDAR.resource,
  outcome: 'failed',
  steps: [
    {
      at: now - 9 * MINUTE,
      kind: 'request',
      method: 'GET',
      url: 'https://calendar.example.org/.well-known/oauth-protected-resource/mcp',
      headers: {},
    },
    {
      at: now - 9 * MINUTE + 8000,
      kind: 'discovered',
      source: 'defaults',
      issuer: 'https://calendar.example.org',
      issuers: [],
      legacy: true,
    },
    {
      at: now - 9 * MINUTE + 8001,
      kind: 'registration',
      choice: 'held',
      issuer: 'https://calendar.example.org',
    },
    {
      at: now - 9 * MINUTE + 15_000,
      kind: 'response',
      row: 2,
      advertised: true,
      present: false,
      accepted: false,
    },
    {
      at: now - 9 * MINUTE + 15_001,
      kind: 'failed',
      code: 'issuer_mismatch',
      reason: 'iss_missing',
      host: 'calendar.example.org',
    },
  ],
};

/** A refresh that the provider would not do, and said why. */
const REFUSED: Trace = {
  id: 'flow-refused',
  at: now - 11 * MINUTE,
  origin: SITE,
  resource: SERVER,
  outcome: 'failed',
  steps: [
    {
      at: now - 11 * MINUTE,
      kind: 'request',
      method: 'POST',
      url: 'https://login.example.net/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=refresh_token&refresh_token=${REDACTED}&resource=https%3A%2F%2Fmcp.files.example.net%2Fv1`,
      status: 400,
      answer: {
        error: 'invalid_grant',
        error_description: '"The refresh token has expired because of inactivity."',
      },
    },
    { at: now - 11 * MINUTE + 210, kind: 'failed', code: 'token_failed', refused: 'invalid_grant' },
  ],
};

/** Requests that were carried for a site: one that went well, one with a header left out, two that were stopped. */
const CARRIED: Trace = {
  id: 'carried',
  at: now - 6 * MINUTE,
  origin: SITE,
  resource: SERVER,
  outcome: 'failed',
  steps: [
    { method: 'POST', status: 200, bytes: 18_204, milliseconds: 61 },
    { method: 'POST', status: 200, bytes: 911, milliseconds: 58, dropped: ['x-project-id'] },
    {
      method: 'GET',
      status: 405,
      bytes: 0,
      milliseconds: 1,
      code: 'rate_limited',
      held: [[SITE, 2]],
    },
    { method: 'POST', bytes: 0, milliseconds: 12, code: 'network_error', reason: 'redirected' },
  ].map((step, i) => ({
    at: now - 6 * MINUTE + i * 4000,
    kind: 'carried',
    url: SERVER,
    ...step,
  })) as Trace['steps'],
};

const OPEN: Trace = { ...DONE, id: 'flow-open', at: now - 3 * MINUTE, outcome: 'open', steps: [] };

/** By the `scene` of the activity page's address. */
export const ACTIVITIES: Record<string, ActivityScene> = {
  empty: { rows: [], traces: [] },
  /** Of the sign-in that a prompt window shows. */
  flow: { rows: [], traces: [{ ...FAILED, id: 'f1' }] },
  log: { rows: ROWS, traces: [FAILED, OPEN, REFUSED, DONE] },
  carried: {
    rows: [row(6, 'failed', { code: 'network_error', reason: 'redirected', flow: 'carried' })],
    traces: [CARRIED],
  },
  long: {
    rows: Array.from({ length: 2300 }, (_, i) => ({
      ...row(i * 30, i % 7 === 0 ? 'failed' : 'used', { count: i + 1 }),
      id: 5000 - i,
      ...(i % 7 === 0 && { code: 'network_error' as const }),
    })),
    traces: [],
  },
};
