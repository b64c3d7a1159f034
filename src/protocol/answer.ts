/**
 * Answers of OAuth endpoints as servers write them, normalised to what they mean before the library reads them. What
 * protects nobody is read leniently (Z50); nothing here makes a token of what is none. Pure functions.
 */
import * as v from 'valibot';

/** The members of a JSON object. */
export type Members = Record<string, unknown>;

/** A flag that protects: `"true"` is meant, and what cannot be told is refused rather than taken for no. */
export const Flag = v.optional(
  v.union([
    v.boolean(),
    v.pipe(
      v.literal('true'),
      v.transform(() => true),
    ),
  ]),
);

/** An answer: its status, and its members when the body is a JSON object. */
export interface Answer {
  status: number;
  members: Members | undefined;
}

/** Stands for an error that the server gave no code for. */
export const UNNAMED_ERROR = 'refused_without_a_code';

/** Members of a token answer that may be left out, and so may be empty (RFC 6749 §5.1). */
const OPTIONAL_IN_TOKENS = ['token_type', 'expires_in', 'refresh_token', 'scope'];
/** The same of a registration answer (RFC 7591 §3.2.1). */
const OPTIONAL_IN_REGISTRATION = ['client_secret', 'client_secret_expires_at'];

/** The members of a body that is a JSON object, without those that are `null`; undefined for every other body. */
export function readMembers(text: string): Members | undefined {
  try {
    return presentMembers(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch {
    return undefined;
  }
}

/** The members that are there: servers write `null` for what they do not have. Undefined when it is no object. */
export function presentMembers(json: unknown): Members | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
}

/**
 * A token answer as it was meant (RFC 6749 §5.1, §5.2): 201 is 200, an error in a 200 is an error, a missing type is
 * Bearer, and so is Slack's `user`. An ID token is dropped unread: MCP has no use for it, and the library would
 * refuse good tokens for its sake.
 */
export function normaliseTokenAnswer(answer: Answer): Answer {
  const failed = normaliseError(answer, 'access_token');
  if (failed) return failed;
  const { id_token: _, ...members } = withoutEmpty(answer.members ?? {}, OPTIONAL_IN_TOKENS);
  const { token_type: type = 'bearer', scope, refresh_token: refresh, expires_in: life } = members;
  const normalised = {
    ...members,
    token_type: typeof type === 'string' && type.toLowerCase() === 'user' ? 'bearer' : type,
    scope: readScopeMember(scope),
    refresh_token: typeof refresh === 'string' ? refresh : undefined,
    expires_in: Number.isNaN(Number(life)) ? undefined : life,
  };
  return { status: 200, members: normalised };
}

/**
 * A registration answer as it was meant (RFC 7591 §3.2.1): 200 is 201, a secret whose end is not named has none, and
 * a method that needs a secret is none where there is no secret.
 */
export function normaliseRegistrationAnswer(answer: Answer): Answer {
  const failed = normaliseError(answer, 'client_id');
  if (failed) return failed;
  const members = withoutEmpty(answer.members ?? {}, OPTIONAL_IN_REGISTRATION);
  const { client_secret: secret, client_secret_expires_at: end = 0 } = members;
  if (secret === undefined) return { status: 201, members };
  const ends = Number.isNaN(Number(end)) ? 0 : Number(end);
  return { status: 201, members: { ...members, client_secret_expires_at: ends } };
}

/** What the answer is as an error, with a code in any case; undefined when it brings what was asked for. */
function normaliseError({ status, members }: Answer, wanted: string): Answer | undefined {
  const isSuccess = isSuccessful(status);
  if (isSuccess && members?.[wanted] !== undefined) return undefined;
  if (isSuccess && !(members && saysNo(members))) return { status, members };
  const error = codeOf(members);
  return { status: isSuccess ? 400 : status, members: { ...members, error } };
}

/** RFC 6749 names 200, RFC 7591 201; servers answer either with any of them. */
export function isSuccessful(status: number): boolean {
  return status >= 200 && status < 300;
}

/** An error beside status 200: GitHub writes `error`, Slack `ok: false`. */
export function saysNo(members: Members): boolean {
  return members['ok'] === false || Boolean(members['error']);
}

/** The code of an error answer. */
export function codeOf(members: Members | undefined): string {
  const error = members?.['error'];
  return typeof error === 'string' && error !== '' ? error : UNNAMED_ERROR;
}

function readScopeMember(scope: unknown): string | undefined {
  const scopes = Array.isArray(scope) ? scope : [scope];
  return scopes.every((one) => typeof one === 'string') ? scopes.join(' ') : undefined;
}

function withoutEmpty(members: Members, names: readonly string[]): Members {
  const present = Object.entries(members).filter(
    ([name, value]) => !(value === '' && names.includes(name)),
  );
  return Object.fromEntries(present);
}
