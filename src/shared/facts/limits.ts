/** Sizes that are checked in more than one place. Lengths are in characters. */

/** Largest message taken from a page, in characters of its JSON form. */
export const MAX_MESSAGE_LENGTH = 65_536;
/** Messages taken from one site in {@link MESSAGE_SPAN}; far above what the SDK sends, far below a flood (T-12). */
export const MAX_MESSAGES = 500;
/** Milliseconds in which messages and new ports are counted. */
export const MESSAGE_SPAN = 10_000;
/** Ports that the pages of a site may have open in one tab: a page has one for each copy of the SDK. */
export const MAX_PORTS = 64;

/** Longest URL accepted. */
export const MAX_URL_LENGTH = 2048;
/** Longest origin of a site. */
export const MAX_ORIGIN_LENGTH = 300;
/** Longest id, nonce, digest or account that a document of ours sends. */
export const MAX_ID_LENGTH = 100;

/** Most scopes in one set. */
export const MAX_SCOPES = 100;
/** Longest scope token. */
export const MAX_SCOPE_LENGTH = 256;

/** Longest `WWW-Authenticate` header that is read or passed on. */
export const MAX_CHALLENGE_LENGTH = 8192;
/** Longest token accepted. */
export const MAX_TOKEN_LENGTH = 16_384;

/** Longest name of the header that carries a key. */
export const MAX_KEY_HEADER_LENGTH = 100;
/** Longest key, with the scheme before it. */
export const MAX_KEY_LENGTH = 4000;

/** Longest client id. */
export const MAX_CLIENT_ID_LENGTH = 2048;
/** Longest client secret. */
export const MAX_CLIENT_SECRET_LENGTH = 4096;
/** Longest name that the user can give an account. */
export const MAX_ACCOUNT_NAME_LENGTH = 60;

/** How long a document that was read from a server is believed without asking again; milliseconds. */
export const DOCUMENT_LIFETIME = 3_600_000;
