/**
 * What a server says in its own words, for a trace that only the user reads: on one line, short, without characters
 * that are not seen or that turn a line round, and in quotation marks, so that it is not taken for ours. Pure.
 */

import { withoutKeyWords } from '../../shared/facts/shown-address.ts';

/** Error codes of RFC 6749, 6750, 7009, 7591 and 8707; any other text may be anything. */
const ERRORS =
  /^(invalid_(request|client|grant|scope|token|target|redirect_uri|client_metadata)|unauthorized_client|unsupported_(grant_type|response_type|token_type)|access_denied|server_error|temporarily_unavailable|insufficient_scope|consent_required|login_required|interaction_required)$/;

/** Longest text shown, in characters. */
const MAX_TEXT = 500;

/** Control, format (bidi among them), private and unpaired characters, and separators of lines. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** The text on one line, with nothing in it that is not seen. */
export function cleaned(text: string): string {
  return text.replace(/\s+/g, ' ').replace(UNSEEN, '');
}

/** The first part of a long text. */
export function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** A name that a server has chosen: a secret may stand there too. */
export function nameWords(name: string): string {
  return shortened(withoutKeyWords(cleaned(name)));
}

/** As the words of a server, which may pass for nothing else. */
export function quoted(text: string): string {
  return JSON.stringify(shortened(withoutKeyWords(cleaned(text))));
}

/** A registered error code as it is, anything else as the server's words. */
export function errorWords(error: string): string {
  return ERRORS.test(error) ? error : quoted(error);
}
