/** From `unknown` to typed params. Schemas are allow-lists: a member that is not named here is an error. */
import * as v from 'valibot';
import { BrokerError } from './errors.ts';
import type {
  ExtensionCall,
  ExtensionCalls,
  PageCall,
  PageCalls,
  PageMessage,
} from './messages.ts';

/** Largest message taken from a page, in characters of its JSON form. */
export const MAX_MESSAGE_LENGTH = 65_536;

const url = v.pipe(v.string(), v.maxLength(2048));
const nothing = v.strictObject({});
const origin = v.pipe(v.string(), v.maxLength(300));
const id = v.pipe(v.string(), v.maxLength(100));
const limit = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000));

/** Params of each call of the page door. */
const PAGE_PARAMS = {
  hello: nothing,
  getToken: v.strictObject({
    resource: url,
    scopes: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(256))), v.maxLength(100))),
    challenge: v.optional(v.pipe(v.string(), v.maxLength(8192))),
    rejected: v.optional(v.pipe(v.string(), v.maxLength(16_384))),
    interactive: v.optional(v.boolean()),
  }),
  permission: v.strictObject({ resource: url }),
  release: v.strictObject({ resource: url }),
};

const grantName = { origin, resource: url, account: id };
const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60));
const authMethod = v.picklist(['none', 'client_secret_basic', 'client_secret_post']);
const duration = v.picklist(['session', 'day', 'always']);
const clientMembers = {
  clientId: v.pipe(v.string(), v.minLength(1), v.maxLength(2048)),
  clientSecret: v.optional(v.pipe(v.string(), v.maxLength(4096))),
  authMethod,
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
    issuer: v.optional(url),
    client: v.optional(v.strictObject(clientMembers)),
  }),
  pending: nothing,
  review: v.strictObject({ flow: id }),
  retry: v.strictObject({ flow: id }),
};

/** Params of the calls about grants and refusals. */
const GRANT_PARAMS = {
  site: v.strictObject({ tabId: v.number() }),
  grants: v.strictObject({ origin: v.optional(origin), limit: v.optional(limit) }),
  disconnect: v.strictObject({ ...grantName, everySharer: v.optional(v.boolean()) }),
  disconnectServer: v.strictObject({ resource: url }),
  removeScope: v.strictObject({ ...grantName, scope: v.pipe(v.string(), v.maxLength(256)) }),
  connectAccount: v.strictObject({ ...grantName, name }),
  chooseAccount: v.strictObject(grantName),
  renameAccount: v.strictObject({ ...grantName, name }),
  refusals: nothing,
  forgive: v.strictObject({ origin, resource: url }),
  pause: v.strictObject({ origin, paused: v.boolean() }),
};

/** Params of the calls about activity and settings. */
const SETTINGS_PARAMS = {
  activity: v.strictObject({
    before: v.optional(v.number()),
    origin: v.optional(origin),
    resource: v.optional(url),
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
  importSettings: v.strictObject({ file: v.unknown() }),
  erase: v.strictObject({ what: v.picklist(['activity', 'everything']) }),
};

/** Params of each call of the extension door. */
const EXTENSION_PARAMS = { ...PROMPT_PARAMS, ...GRANT_PARAMS, ...SETTINGS_PARAMS };

const PageEnvelope = v.variant('cancel', [
  v.strictObject({ v: v.literal(1), id: v.number(), cancel: v.literal(true) }),
  v.strictObject({
    v: v.literal(1),
    id: v.number(),
    call: v.picklist(['hello', 'getToken', 'permission', 'release']),
    params: v.unknown(),
    cancel: v.optional(v.undefined()),
  }),
]);

const ExtensionEnvelope = v.strictObject({
  door: v.literal('extension'),
  call: v.picklist(Object.keys(EXTENSION_PARAMS) as [ExtensionCall, ...ExtensionCall[]]),
  params: v.unknown(),
});

/**
 * Reads the envelope of a page's message; its params are still unknown.
 * @throws BrokerError `invalid_request`
 */
export function parsePageMessage(message: unknown): PageMessage {
  return read(PageEnvelope, measured(message)) as PageMessage;
}

/**
 * Reads the params of a page's call.
 * @throws BrokerError `invalid_request`
 */
export function parsePageParams<C extends PageCall>(
  call: C,
  params: unknown,
): PageCalls[C]['params'] {
  return read(PAGE_PARAMS[call], params) as PageCalls[C]['params'];
}

/**
 * Reads a message of one of our own documents.
 * @throws BrokerError `invalid_request`
 */
export function parseExtensionMessage(message: unknown): {
  call: ExtensionCall;
  params: ExtensionCalls[ExtensionCall]['params'];
} {
  const { call, params } = read(ExtensionEnvelope, message);
  const checked = read(EXTENSION_PARAMS[call], params);
  return { call, params: checked as ExtensionCalls[ExtensionCall]['params'] };
}

/** Firefox passes structured clones: a cycle or a BigInt has no JSON form and is refused with the rest. */
function measured(message: unknown): unknown {
  const text = toJson(message);
  if (text === undefined || text.length > MAX_MESSAGE_LENGTH) {
    throw new BrokerError('invalid_request');
  }
  // What is checked is what is used: getters and exotic objects are left behind.
  return JSON.parse(text);
}

function toJson(message: unknown): string | undefined {
  try {
    return JSON.stringify(message);
  } catch {
    return undefined;
  }
}

function read<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (!result.success) throw new BrokerError('invalid_request');
  return result.output;
}
