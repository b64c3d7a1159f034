/** A page's messages, from `unknown` to typed params. Schemas are allow-lists: a member not named here is an error. */
import * as v from 'valibot';
import { BrokerError } from './errors.ts';
import {
  MAX_CHALLENGE_LENGTH,
  MAX_MESSAGE_LENGTH,
  MAX_SCOPES,
  MAX_TOKEN_LENGTH,
} from './facts/limits.ts';
import { copyOfPage } from './facts/plain-message.ts';
import type { PageCall, PageCalls, PageMessage } from './page-contract.ts';
import { nothing, read, scope, url } from './schema-parts.ts';

export { MAX_MESSAGE_LENGTH };

/** Params of each call of the page door. */
const PAGE_PARAMS = {
  hello: nothing,
  getToken: v.strictObject({
    resource: url,
    scopes: v.optional(v.pipe(v.array(scope), v.maxLength(MAX_SCOPES))),
    challenge: v.optional(v.pipe(v.string(), v.maxLength(MAX_CHALLENGE_LENGTH))),
    rejected: v.optional(v.pipe(v.string(), v.maxLength(MAX_TOKEN_LENGTH))),
    interactive: v.optional(v.boolean()),
  }),
  permission: v.strictObject({ resource: url }),
  release: v.strictObject({ resource: url }),
};

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

/** What is checked is what is used: a copy. Its text is written only when it is known to be short. */
function measured(message: unknown): unknown {
  const text = toJson(message);
  if (text === undefined || text.length > MAX_MESSAGE_LENGTH) {
    throw new BrokerError('invalid_request');
  }
  return JSON.parse(text);
}

function toJson(message: unknown): string | undefined {
  try {
    return JSON.stringify(copyOfPage(message));
  } catch {
    return undefined;
  }
}
