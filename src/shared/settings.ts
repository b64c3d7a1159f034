/** What the user can set, and the file in which it can be carried to another browser. */
import type { ClientAuthMethod } from './facts/client-auth.ts';
import type { DocumentFault } from './facts/document-fault.ts';

/** The user's settings, pre-registered clients aside: those hold secrets and are stored apart. */
export interface Settings {
  /** Allows http loopback MCP servers for any site (Z3). */
  developerMode: boolean;
  /** Origins that the broker does not serve for now. */
  pausedSites: string[];
  /** The client id metadata document to sign in with (Z20); absent: the one of the build, if it has one. */
  clientDocument?: ClientDocumentSetting;
}

/** A client id metadata document (draft-ietf-oauth-client-id-metadata-document). */
export interface ClientDocumentSetting {
  url: string;
  /** Used although it could not be read and checked from here. */
  trusted: boolean;
}

/** What a check of a client id metadata document found. */
export type DocumentVerdict = { usable: true } | { usable: false; fault: DocumentFault };

/** A client that the user has registered at an authorization server; valid there and nowhere else (R37). */
export interface ClientEntry {
  /** The issuer identifier, an exact string. */
  issuer: string;
  clientId: string;
  clientSecret?: string;
  authMethod: ClientAuthMethod;
  /** The address on this computer that is registered for it (Z35); absent: the browser's own. */
  redirectUri?: string;
}

/** A pre-registered client as it is listed: whether there is a secret, never which. */
export interface ClientView {
  issuer: string;
  clientId: string;
  authMethod: ClientAuthMethod;
  redirectUri?: string;
  hasSecret: boolean;
}

/** Exported settings: no token, no client secret, no grant. */
export interface SettingsFile {
  /** Version of this format. */
  grantkeeper: 1;
  settings: Settings;
  clients: Omit<ClientView, 'hasSecret'>[];
}

/** What a settings file would change about who the broker is, before it does. */
export interface SettingsPreview {
  /** Clients that are not here, or that are others here: then `former` is the one here. */
  clients: { issuer: string; clientId: string; former?: string }[];
  /** The client id metadata document, where it is another than the one here. */
  document?: string;
}

/** What the extension is, and what has to be told to an authorization server to register it by hand. */
export interface About {
  version: string;
  /** The redirect URI of pre-registered clients and of the client id metadata document. */
  redirectUri: string;
  /** URL of the build's own client id metadata document; absent when the build has none. */
  builtInDocument?: string;
}
