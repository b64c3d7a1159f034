/** The messages of our own documents, from `unknown` to typed params; allow-lists like those of `parse-page.ts`. */
import * as v from 'valibot';
import type { ExtensionCall, ExtensionCalls } from './document-contract.ts';
import { BrokerError } from './errors.ts';
import {
  MAX_ACCOUNT_NAME_LENGTH,
  MAX_CLIENT_SECRET_LENGTH,
  MAX_KEY_HEADER_LENGTH,
  MAX_KEY_LENGTH,
} from './facts/limits.ts';
import { copyPlain } from './facts/plain-message.ts';
import { ASKED_OVERRIDES, OVERRIDE_KINDS, SETTINGS_OVERRIDES } from './facts/override.ts';
import { authMethod, clientId, id, nothing, origin, read, scope, url } from './schema-parts.ts';

const grantKey = { origin, resource: url, account: id };
const limit = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000));
const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(MAX_ACCOUNT_NAME_LENGTH));
const header = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const duration = v.picklist(['session', 'day', 'always']);
const keyEntry = v.strictObject({
  header: v.pipe(v.string(), v.maxLength(MAX_KEY_HEADER_LENGTH)),
  value: v.pipe(v.string(), v.maxLength(MAX_KEY_LENGTH)),
  confirmed: v.optional(v.literal(true)),
});
const clientMembers = {
  clientId,
  clientSecret: v.optional(v.pipe(v.string(), v.maxLength(MAX_CLIENT_SECRET_LENGTH))),
  authMethod,
  redirectUri: v.optional(url),
};

/** Params of the calls about a prompt. */
const PROMPT_PARAMS = {
  prompt: v.strictObject({ flow: id }),
  decide: v.strictObject({
    flow: id,
    nonce: id,
    digest: id,
    decision: v.picklist(['allow', 'deny', 'choose']),
    duration: v.optional(duration),
    sealed: v.optional(v.boolean()),
    issuer: v.optional(url),
    way: v.optional(v.picklist(['key', 'sign_in'])),
    client: v.optional(v.strictObject(clientMembers)),
    key: v.optional(keyEntry),
    overrides: v.optional(v.array(v.picklist(ASKED_OVERRIDES))),
    scopes: v.optional(v.array(scope)),
  }),
  pending: nothing,
  review: v.strictObject({ flow: id }),
  retry: v.strictObject({
    flow: id,
    leaveOut: v.optional(v.array(scope)),
    returnTo: v.optional(url),
  }),
};

/** Params of the calls about grants and refusals. */
const GRANT_PARAMS = {
  site: v.strictObject({ tabId: v.number() }),
  grants: v.strictObject({ origin: v.optional(origin), limit: v.optional(limit) }),
  disconnect: v.strictObject({ ...grantKey, everySharer: v.optional(v.boolean()) }),
  disconnectServer: v.strictObject({ resource: url }),
  removeScope: v.strictObject({ ...grantKey, scope }),
  seal: v.strictObject({ ...grantKey, sealed: v.boolean() }),
  allowHeaders: v.strictObject({ ...grantKey, names: v.pipe(v.array(header), v.maxLength(20)) }),
  connectAccount: v.strictObject({ ...grantKey, name }),
  chooseAccount: v.strictObject(grantKey),
  renameAccount: v.strictObject({ ...grantKey, name }),
  refusals: nothing,
  forgive: v.strictObject({ origin, resource: url }),
  pause: v.strictObject({ origin, paused: v.boolean() }),
  serverKeys: nothing,
  replaceKey: v.strictObject({ resource: url, account: id, key: keyEntry }),
  removeKey: v.strictObject({ resource: url, account: id }),
  unreadable: v.strictObject({ forget: v.optional(v.boolean()) }),
  overrides: nothing,
  saveOverride: v.strictObject({
    kind: v.picklist(SETTINGS_OVERRIDES),
    issuer: url,
    resource: v.optional(url),
    called: v.optional(url),
    authorizationEndpoint: v.optional(url),
    tokenEndpoint: v.optional(url),
  }),
  removeOverride: v.strictObject({ kind: v.picklist(OVERRIDE_KINDS), issuer: url, resource: url }),
};

/** Params of the calls about activity and settings. */
const SETTINGS_PARAMS = {
  activity: v.strictObject({
    before: v.optional(v.number()),
    origin: v.optional(origin),
    resource: v.optional(url),
    failed: v.optional(v.literal(true)),
    limit,
  }),
  traces: nothing,
  trace: v.strictObject({ id }),
  about: nothing,
  settings: nothing,
  configure: v.strictObject({
    developerMode: v.optional(v.boolean()),
    clientDocument: v.optional(v.nullable(v.strictObject({ url, trusted: v.boolean() }))),
  }),
  checkDocument: v.strictObject({ url }),
  clients: nothing,
  saveClient: v.strictObject({ issuer: url, ...clientMembers }),
  deleteClient: v.strictObject({ issuer: url }),
  exportSettings: nothing,
  previewSettings: v.strictObject({ file: v.unknown() }),
  importSettings: v.strictObject({ file: v.unknown() }),
  erase: v.strictObject({ what: v.picklist(['activity', 'everything']) }),
};

/** Params of each call of the extension door. */
const EXTENSION_PARAMS = { ...PROMPT_PARAMS, ...GRANT_PARAMS, ...SETTINGS_PARAMS };

/** A settings file may hold thousands of sites and clients; nothing else is nearly as large. */
const BOUNDS = { depth: 8, nodes: 20_000, characters: 8_000_000 };

const ExtensionEnvelope = v.strictObject({
  door: v.literal('extension'),
  call: v.picklist(Object.keys(EXTENSION_PARAMS) as [ExtensionCall, ...ExtensionCall[]]),
  params: v.unknown(),
});

/**
 * Reads a message of one of our own documents.
 * @throws BrokerError `invalid_request`
 */
export function parseExtensionMessage(message: unknown): {
  call: ExtensionCall;
  params: ExtensionCalls[ExtensionCall]['params'];
} {
  const { call, params } = read(ExtensionEnvelope, measured(message));
  const checked = read(EXTENSION_PARAMS[call], params);
  return { call, params: checked as ExtensionCalls[ExtensionCall]['params'] };
}

function measured(message: unknown): unknown {
  try {
    return copyPlain(message, BOUNDS);
  } catch {
    throw new BrokerError('invalid_request');
  }
}
