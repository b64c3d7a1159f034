/** The client id metadata document (draft-ietf-oauth-client-id-metadata-document-00): an address that is a client id. */
import * as v from 'valibot';
import type { DocumentFault } from '../shared/facts/document-fault.ts';
import { MAX_URL_LENGTH } from '../shared/facts/limits.ts';
import { slotUri } from './redirect-slot.ts';

const Document = v.object({
  client_id: v.string(),
  client_name: v.pipe(v.string(), v.minLength(1)),
  redirect_uris: v.array(v.string()),
});

/**
 * True when a URL can be a client id (§3): https, a path, no fragment, no userinfo, no dot segments, written as
 * the URL parser writes it. Whether it may be contacted from here is another question.
 */
export function isDocumentUrl(url: string): boolean {
  const parsed = URL.parse(url);
  // What the parser would resolve away (dot segments, also as %2e) makes the text differ from what is fetched.
  if (parsed?.href !== url || url.length > MAX_URL_LENGTH) return false;
  const bare = !parsed.username && !parsed.password && !url.includes('#');
  return parsed.protocol === 'https:' && bare && parsed.pathname !== '/';
}

/**
 * Judges a document fetched from `url` (§4, R24–R28).
 * @returns why it cannot be used, or undefined
 */
export function findDocumentFault(
  json: unknown,
  url: string,
  redirectUri: string,
): DocumentFault | undefined {
  const document = v.safeParse(Document, json);
  if (!document.success) return 'malformed';
  if (document.output.client_id !== url) return 'client_id';
  const listed = document.output.redirect_uris;
  // Slots lie below it (Z56).
  const isOurs = listed.includes(redirectUri) || listed.includes(slotUri(redirectUri, 0));
  return isOurs ? undefined : 'redirect_uris';
}

/** Of a document that was found good what {@link findDocumentFault} reads; the rest is nobody's to store. */
export function keepClientDocument(json: unknown): object {
  return v.parse(Document, json);
}

/** The document to host at `url`, for every redirect URI under which the extension is known (R25, R27, R42). */
export function clientDocument(url: string, redirectUris: readonly string[]) {
  return {
    client_id: url,
    client_name: 'Grantkeeper',
    application_type: 'web',
    redirect_uris: [...redirectUris],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
}
