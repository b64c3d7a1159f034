/** What can be wrong with a client id metadata document (draft-ietf-oauth-client-id-metadata-document). */

/** Why a document cannot be used. */
export type DocumentFault = 'address' | 'unreadable' | 'malformed' | 'client_id' | 'redirect_uris';
