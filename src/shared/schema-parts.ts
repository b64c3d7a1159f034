/** Schemas that both doors are built from, and the one way to apply them. */
import * as v from 'valibot';
import { BrokerError } from './errors.ts';
import { CLIENT_AUTH_METHODS } from './facts/client-auth.ts';
import {
  MAX_CLIENT_ID_LENGTH,
  MAX_ID_LENGTH,
  MAX_ORIGIN_LENGTH,
  MAX_SCOPE_LENGTH,
  MAX_URL_LENGTH,
} from './facts/limits.ts';

/** Text that may be a URL; whether it is one is judged where it is used. */
export const url = v.pipe(v.string(), v.maxLength(MAX_URL_LENGTH));
/** Text that may be an origin. */
export const origin = v.pipe(v.string(), v.maxLength(MAX_ORIGIN_LENGTH));
/** An id, nonce or digest. */
export const id = v.pipe(v.string(), v.maxLength(MAX_ID_LENGTH));
/** One scope. */
export const scope = v.pipe(v.string(), v.maxLength(MAX_SCOPE_LENGTH));
/** A client id. */
export const clientId = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_CLIENT_ID_LENGTH));
/** How a client authenticates. */
export const authMethod = v.picklist(CLIENT_AUTH_METHODS);
/** The params of a call that has none. */
export const nothing = v.strictObject({});

/**
 * Applies a schema.
 * @throws BrokerError `invalid_request`
 */
export function read<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (!result.success) throw new BrokerError('invalid_request');
  return result.output;
}
