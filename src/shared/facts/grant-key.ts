/** How a grant is named. */

/** Identifies one grant (Z1). */
export interface GrantKey {
  /** Client origin: the site that may use it. */
  origin: string;
  resource: string;
  /** Which of the user's accounts at the resource; {@link DEFAULT_ACCOUNT} for the first. */
  account: string;
}

/** The first account at a resource: it has no name of its own until the user gives it one. */
export const DEFAULT_ACCOUNT = 'default';
