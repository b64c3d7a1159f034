/** Which client to be at an authorization server (MCP authorization, "Client Registration"; R20–R41). */
import type { AuthorizationServer } from 'oauth4webapi';
import type { Registration } from './client-registration.ts';

/** What there is to choose from. */
export interface ClientSources {
  /** The user's own client at exactly this issuer. */
  preRegistered?: Registration | undefined;
  /** What this site has registered at this issuer before, if it can still be used. */
  held?: Registration | undefined;
  /** URL of the client id metadata document; undefined when there is none. */
  document?: string | undefined;
  /** False when the document was looked at and cannot be used; only then it is passed over. */
  documentUsable: boolean;
}

/** `stuck`: a document is set and this server takes documents, but it cannot be used, and nothing else is left. */
export type ClientChoice =
  | { choice: 'pre-registered' | 'held'; registration: Registration }
  | { choice: 'document'; clientId: string }
  | { choice: 'dynamic' | 'asked' | 'stuck' };

/**
 * Chooses, in the order of R23: the user's client, the document where the server takes documents, dynamic
 * registration where the server offers it, else the user is asked. A site that has registered already stays
 * with that: another client would lose what was granted to the first.
 */
export function chooseClient(server: AuthorizationServer, sources: ClientSources): ClientChoice {
  const { preRegistered, held, document, documentUsable } = sources;
  if (preRegistered) return { choice: 'pre-registered', registration: preRegistered };
  if (held) return { choice: 'held', registration: held };
  // Only the literal `true` advertises it.
  const takesDocuments = server['client_id_metadata_document_supported'] === true;
  if (takesDocuments && document !== undefined && documentUsable) {
    return { choice: 'document', clientId: document };
  }
  if (server.registration_endpoint !== undefined) return { choice: 'dynamic' };
  return { choice: takesDocuments && document !== undefined ? 'stuck' : 'asked' };
}
