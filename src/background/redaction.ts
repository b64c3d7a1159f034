/**
 * What of a request and its answer may be seen in a trace. What is not named here is replaced: a parameter or
 * member that nobody has thought of is a secret until somebody has (T-32). Pure functions.
 */
import { REDACTED } from '../shared/activity.ts';

/** Parameters of authorization, token and revocation requests. */
const PARAMETERS = new Set([
  'response_type',
  'client_id',
  'redirect_uri',
  'code_challenge_method',
  'scope',
  'resource',
  'prompt',
  'grant_type',
  'token_type_hint',
]);

const REQUEST_HEADERS = new Set(['accept', 'content-type']);

/** Members of a registration request. */
const CLIENT_MEMBERS = [
  'client_name',
  'application_type',
  'redirect_uris',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
];

/** Members of metadata (RFC 8414, RFC 9728), of a registration and of a token response. */
const ANSWER_MEMBERS = new Set([
  ...CLIENT_MEMBERS,
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'revocation_endpoint',
  'scopes_supported',
  'response_types_supported',
  'grant_types_supported',
  'code_challenge_methods_supported',
  'token_endpoint_auth_methods_supported',
  'prompt_values_supported',
  'authorization_response_iss_parameter_supported',
  'client_id_metadata_document_supported',
  'resource',
  'authorization_servers',
  'bearer_methods_supported',
  'client_id',
  'client_secret_expires_at',
  'token_type',
  'expires_in',
  'scope',
  'error',
]);

/** Error codes of RFC 6749, 6750, 7009, 7591 and 8707; any other text may be anything. */
const ERRORS =
  /^(invalid_(request|client|grant|scope|token|target|redirect_uri|client_metadata)|unauthorized_client|unsupported_(grant_type|response_type|token_type)|access_denied|server_error|temporarily_unavailable|insufficient_scope|consent_required|login_required|interaction_required)$/;

/** Longest value shown, in characters. */
const MAX_VALUE = 500;
/** Members shown of one answer. */
const MAX_MEMBERS = 40;
/** Something shorter is too common to be taken for the echo of a secret; characters. */
const MIN_SECRET = 8;

/** A URL without the values that may be secret. */
export function redactUrl(text: string): string {
  const url = URL.parse(text);
  if (!url) return REDACTED;
  const query = formatParameters(url.searchParams);
  return shorten(url.origin + url.pathname + (query && `?${query}`));
}

/** The headers of a request, those shown that are known to hold no secret. */
export function redactHeaders(headers: HeadersInit | undefined): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of new Headers(headers)) {
    shown[name] = REQUEST_HEADERS.has(name) ? shorten(value) : REDACTED;
  }
  return shown;
}

/** The body of a request: a form, or a registration. */
export function redactBody(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (body instanceof URLSearchParams) return shorten(formatParameters(body));
  const members = typeof body === 'string' ? parseObject(body) : undefined;
  if (!members) return REDACTED;
  const shown = Object.entries(members).map(([name, value]): [string, unknown] => [
    name,
    CLIENT_MEMBERS.includes(name) ? value : REDACTED,
  ]);
  return shorten(JSON.stringify(Object.fromEntries(shown)));
}

/** The members of a JSON answer. */
export function redactAnswer(text: string): Record<string, string> {
  const members = Object.entries(parseObject(text) ?? {}).slice(0, MAX_MEMBERS);
  const hidden = members.flatMap(([name, value]) =>
    !ANSWER_MEMBERS.has(name) && typeof value === 'string' && value.length >= MIN_SECRET
      ? [value]
      : [],
  );
  const shown = members.map(([name, value]): [string, string] => {
    const plain = ANSWER_MEMBERS.has(name) ? format(name, value) : REDACTED;
    // A server that repeats a secret elsewhere must not bring it in here.
    return [shorten(name), hidden.some((secret) => plain.includes(secret)) ? REDACTED : plain];
  });
  return Object.fromEntries(shown);
}

/** The parameters of an authorization response: which, and no values. */
export function redactCallback(callback: string): Record<string, string> {
  const names = [...(URL.parse(callback)?.searchParams.keys() ?? [])].slice(0, MAX_MEMBERS);
  return Object.fromEntries(names.map((name) => [shorten(name), REDACTED]));
}

function format(name: string, value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const values = Array.isArray(value) ? value : [value];
  if (!values.every((one) => typeof one === 'string')) return REDACTED;
  if (name === 'error') return ERRORS.test(values.join(' ')) ? values.join(' ') : REDACTED;
  return shorten(values.map((one) => (one.includes('://') ? redactUrl(one) : one)).join(' '));
}

function formatParameters(parameters: URLSearchParams): string {
  const shown = [...parameters].map(([name, value]) =>
    PARAMETERS.has(name) ? `${name}=${encodeURIComponent(value)}` : `${name}=${REDACTED}`,
  );
  return shown.join('&');
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function shorten(text: string): string {
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}
