/** Answers as servers give them, in a few words. */
import type { Answer } from './wire.ts';

/** The members of a JSON object. */
export type Members = Record<string, unknown>;

/** JSON, under the type that it should have or another. */
export function json(body: unknown, status = 200, type = 'application/json'): Answer {
  return { status, headers: { 'content-type': type }, body: JSON.stringify(body) };
}

/** A web page. */
export function html(body: string, status = 200): Answer {
  const page = `<!doctype html><html><body>${body}</body></html>`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page };
}

/** JSON behind a byte order mark. */
export function withBom(body: unknown, status = 200): Answer {
  return { ...json(body, status), body: `\uFEFF${JSON.stringify(body)}` };
}

/** A redirect. */
export function redirect(location: string, status = 302): Answer {
  return { status, headers: { location }, body: '' };
}

/** Bytes under a type, or none. */
export function bare(status: number, body = '', type?: string): Answer {
  return { status, headers: type === undefined ? {} : { 'content-type': type }, body };
}

/** An OAuth error (RFC 6749 §5.2). */
export function refusal(error: string, description?: string, status = 400): Answer {
  return json(
    { error, ...(description !== undefined && { error_description: description }) },
    status,
  );
}

/** Tokens in an answer of another form than JSON: the server knows them all the same. */
export function issuing(tokens: Members, answer: Answer): Answer & { issues: Members } {
  return { ...answer, issues: tokens };
}
