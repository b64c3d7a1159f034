/**
 * What of a request and its answer may be seen in a trace. What is not named here is replaced: a parameter or
 * member that nobody has thought of is a secret until somebody has (T-32). Pure functions.
 */
import { REDACTED } from '../../shared/activity.ts';
import { Echoes, textsIn } from './echoes.ts';
import { cleaned, errorWords, nameWords, quoted, shortened } from './server-words.ts';
import { formatParameters, isOpenParameter, plainUrl } from './url-redaction.ts';

const REQUEST_HEADERS = new Set(['accept', 'content-type']);
/** Headers whose values give access. Others may be hidden, but are no secrets that could be repeated. */
const CREDENTIAL_HEADERS = ['authorization', 'cookie'];

/** Members of a registration request. */
const CLIENT_MEMBERS = [
  'client_name',
  'application_type',
  'redirect_uris',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
];

/** Members of metadata (RFC 8414, RFC 9126, RFC 9728, OpenID Connect), of a registration and of a token response. */
const ANSWER_MEMBERS = new Set([
  ...CLIENT_MEMBERS,
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'revocation_endpoint',
  'introspection_endpoint',
  'userinfo_endpoint',
  'end_session_endpoint',
  'device_authorization_endpoint',
  'pushed_authorization_request_endpoint',
  'require_pushed_authorization_requests',
  'jwks_uri',
  'service_documentation',
  'op_policy_uri',
  'op_tos_uri',
  'scopes_supported',
  'resource',
  'resource_name',
  'resource_documentation',
  'resource_policy_uri',
  'resource_tos_uri',
  'authorization_servers',
  'dpop_bound_access_tokens_required',
  'tls_client_certificate_bound_access_tokens',
  'client_id',
  'client_id_issued_at',
  'client_secret_expires_at',
  'token_type',
  'expires_in',
  'scope',
  'error',
  'error_description',
  'error_uri',
]);

/** Members in which a server says in its own words what it did not like (RFC 6749 §5.2). */
const WORDS = ['error_description', 'error_uri'];

/** Members shown of one answer. */
const MAX_MEMBERS = 60;
/** Longest entry of a list that anybody may add to the metadata; characters. */
const MAX_ENTRY = 64;

/** A URL as it was sent, without the values that may be secret. */
export function redactUrl(text: string): string {
  return shortened(plainUrl(text));
}

/** The headers of a request, those shown that are known to hold no secret. */
export function redactHeaders(headers: HeadersInit | undefined): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of new Headers(headers)) {
    shown[name] = REQUEST_HEADERS.has(name) ? shortened(value) : REDACTED;
  }
  return shown;
}

/** The body of a request: a form, or a registration. */
export function redactBody(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (body instanceof URLSearchParams) return shortened(formatParameters(body));
  const members = typeof body === 'string' ? parseObject(body) : undefined;
  if (!members) return REDACTED;
  const shown = Object.entries(members).map(([name, value]): [string, unknown] => [
    name,
    CLIENT_MEMBERS.includes(name) ? value : REDACTED,
  ]);
  return shortened(JSON.stringify(Object.fromEntries(shown)));
}

/** What is hidden of a request, and must not come back in an answer. */
export function secretsOfRequest(url: string, init: RequestInit = {}): string[] {
  const { body } = init;
  const parameters = URL.parse(url)?.searchParams ?? new URLSearchParams();
  const form = body instanceof URLSearchParams ? body : new URLSearchParams();
  const json = typeof body === 'string' ? (parseObject(body) ?? {}) : {};
  return [
    ...[...parameters, ...form].flatMap(([name, value]) => (isOpenParameter(name) ? [] : [value])),
    ...Object.entries(json).flatMap(([name, value]) =>
      CLIENT_MEMBERS.includes(name) ? [] : textsIn(value),
    ),
    ...[...new Headers(init.headers)].flatMap(([name, value]) =>
      CREDENTIAL_HEADERS.includes(name) ? partsOf(value) : [],
    ),
  ];
}

/** What is hidden of an answer. */
export function secretsOfAnswer(text: string): string[] {
  return Object.entries(parseObject(text) ?? {}).flatMap(([name, value]) =>
    isShown(name, value) ? [] : textsIn(value),
  );
}

/**
 * The members of a JSON answer.
 * @param echoes secrets of the same flow: a server that repeats one elsewhere must not bring it in here
 */
export function redactAnswer(text: string, echoes = new Echoes()): Record<string, string> {
  const members = Object.entries(parseObject(text) ?? {}).slice(0, MAX_MEMBERS);
  const all = echoes.with(secretsOfAnswer(text));
  const shown = members.map(([name, value]): [string, string] => {
    const plain = isShown(name, value) ? plainMember(name, value) : undefined;
    const isSafe = plain !== undefined && !all.areIn(plain);
    const isNamed = !all.areIn(cleaned(name));
    return [isNamed ? nameWords(name) : REDACTED, isSafe ? formatMember(name, plain) : REDACTED];
  });
  return Object.fromEntries(shown);
}

/**
 * The parameters of an authorization response: which, and of `iss` what it says, since an issuer is no secret.
 * Nothing else: a foreign issuer's `error` must not be shown (R65), and whose it is, is judged later.
 */
export function redactCallback(callback: string, echoes = new Echoes()): Record<string, string> {
  const parameters = URL.parse(callback)?.searchParams ?? new URLSearchParams();
  const all = echoes.with(secretsOfCallback(callback, ['iss']));
  const names = [...new Set(parameters.keys())].slice(0, MAX_MEMBERS);
  const shown = names.map((name): [string, string] => {
    const plain = cleaned(parameters.getAll(name).join(' '));
    const isSafe = name === 'iss' && !all.areIn(plain);
    return [nameWords(name), isSafe ? shortened(plain) : REDACTED];
  });
  return Object.fromEntries(shown);
}

/** The `error` of an authorization response that has passed as its issuer's own (R65). */
export function redactError(callback: string): string {
  const error = URL.parse(callback)?.searchParams.get('error') ?? '';
  const echoes = new Echoes(secretsOfCallback(callback, ['error', 'iss']));
  return echoes.areIn(cleaned(error)) ? REDACTED : errorWords(error);
}

/** The values of an authorization response, but for those that are to be shown. */
export function secretsOfCallback(callback: string, shown = ['iss']): string[] {
  const parameters = URL.parse(callback)?.searchParams ?? new URLSearchParams();
  return [...parameters].flatMap(([name, value]) => (shown.includes(name) ? [] : [value]));
}

function isShown(name: string, value: unknown): boolean {
  if (ANSWER_MEMBERS.has(name)) return true;
  if (!name.endsWith('_supported')) return false;
  return typeof value === 'boolean' || (Array.isArray(value) && value.every(isShort));
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_ENTRY;
}

/** A member as text, in full; undefined for what is no text, number, truth value, nor a list of texts. */
function plainMember(name: string, value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (!values.every((one) => typeof one === 'string')) return undefined;
  const text = values.join(' ');
  if (WORDS.includes(name)) return cleaned(text);
  const words = text.split(' ');
  return words.map((one) => (one.includes('://') ? plainUrl(one) : cleaned(one))).join(' ');
}

function formatMember(name: string, plain: string): string {
  if (name === 'error') return errorWords(plain);
  return WORDS.includes(name) ? quoted(plain) : shortened(plain);
}

/** A credential as it is sent, without its scheme, and what is encoded in it (RFC 7617). */
function partsOf(header: string): string[] {
  const value = header.replace(/^\S+ +/, '');
  const [, password] = /^[^:]*:(.*)$/s.exec(base64(value)) ?? [];
  const both = new URLSearchParams(`=${password ?? ''}`).get('') ?? '';
  return [header, value, password ?? '', both];
}

function base64(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
