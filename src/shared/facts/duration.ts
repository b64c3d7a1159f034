/** How long grants last. */

/**
 * How long a grant lasts: until the browser is closed, for a day from the decision, or until it is removed.
 * At its end the tokens are revoked, and the site has to ask again.
 */
export type Duration = 'session' | 'day' | 'always';

/** Stands for the end of an access token that nobody has named: the year 9999, in milliseconds since the epoch. */
export const NO_KNOWN_END = 253_402_300_799_000;
