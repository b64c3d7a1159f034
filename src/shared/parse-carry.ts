/**
 * Messages of a carried request, from `unknown` to typed. Bytes are counted, never serialised: a copy of a message
 * costs as much as the sender likes.
 */
import * as v from 'valibot';
import { CREDIT_WINDOW, MAX_PART, MAX_UPLOAD, type CarryRequest } from './carry-contract.ts';
import { MAX_CHALLENGE_LENGTH } from './facts/limits.ts';
import { read, url } from './schema-parts.ts';

/** Headers in one request, and characters of one and of all. */
const MAX_HEADERS = 64;
const MAX_HEADER = 4096;

const text = v.pipe(v.string(), v.maxLength(MAX_HEADER));
const bytes = v.pipe(
  v.instance(Uint8Array),
  v.check((part) => part.byteLength <= MAX_PART),
);
const count = (most: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(most));

/** What of a message is worth keeping until it can be read: one that is too large is kept as malformed. */
export function boundCarry(message: unknown): unknown {
  const { body } = (message ?? {}) as { body?: unknown };
  return body instanceof Uint8Array && body.byteLength > MAX_PART ? undefined : message;
}

const Request = v.strictObject({
  v: v.literal(1),
  url,
  method: v.pipe(v.string(), v.maxLength(16)),
  headers: v.pipe(v.array(v.strictTuple([text, text])), v.maxLength(MAX_HEADERS)),
  body: v.optional(bytes),
  length: v.optional(count(MAX_UPLOAD)),
  refused: v.optional(
    v.strictObject({
      status: v.optional(v.picklist([401, 403])),
      challenge: v.optional(v.pipe(v.string(), v.maxLength(MAX_CHALLENGE_LENGTH))),
    }),
  ),
  interactive: v.boolean(),
  stepUps: count(100),
  maxAge: count(Number.MAX_SAFE_INTEGER),
  credit: count(CREDIT_WINDOW),
});

const Body = v.strictObject({ body: bytes });
const Grant = v.strictObject({ credit: count(CREDIT_WINDOW) });

/**
 * Reads the first message.
 * @throws BrokerError `invalid_request`
 */
export function parseCarryRequest(message: unknown): CarryRequest {
  return read(Request, message) as CarryRequest;
}

/**
 * Reads a part of the body.
 * @throws BrokerError `invalid_request`
 */
export function parsePart(message: unknown): Uint8Array<ArrayBuffer> {
  return read(Body, message).body as Uint8Array<ArrayBuffer>;
}

/**
 * Reads a grant of credit, in bytes.
 * @throws BrokerError `invalid_request`
 */
export function parseCredit(message: unknown): number {
  return read(Grant, message).credit;
}
