/** The table. */
import type { Row } from './row.ts';
import { CLOCK_ROWS } from './rows/clock.ts';
import { CHALLENGE_ROWS } from './rows/challenge.ts';
import { CROWD_ROWS } from './rows/crowd.ts';
import { FAULT_ROWS } from './rows/faults.ts';
import { ISSUER_ROWS } from './rows/issuer.ts';
import { LIFETIME_ROWS } from './rows/lifetime.ts';
import { MORE_ROWS } from './rows/more.ts';
import { NETWORK_ROWS } from './rows/network.ts';
import { OVERRIDE_ROWS } from './rows/override.ts';
import { PROVIDER_ROWS } from './rows/provider.ts';
import { RECIPE_ROWS } from './rows/recipes.ts';
import { REFRESH_ROWS } from './rows/refresh.ts';
import { REGISTRATION_ROWS } from './rows/registration.ts';
import { RESOURCE_ROWS } from './rows/resource.ts';
import { RESPONSE_ROWS } from './rows/response.ts';
import { SECRET_ROWS } from './rows/secret.ts';
import { TOKEN_ROWS } from './rows/token.ts';

/**
 * The matrix of 244 variants that a second reader tried, by its ids. What 25 of them are is not told, so that these rows
 * are our own guess at what belongs there: A19 A31 A39 B08 B13 B48 C04 C06 D16 D18 D24 D37 D42 E08 E18 E21 F03 G06 G11
 * G18 G19 G22 G25 G33 H06.
 */
export const MATRIX_ROWS: readonly Row[] = [
  ...RESOURCE_ROWS,
  ...inOrder([...ISSUER_ROWS, ...PROVIDER_ROWS]),
  ...REGISTRATION_ROWS,
  ...inOrder([...TOKEN_ROWS, ...SECRET_ROWS]),
  ...CHALLENGE_ROWS,
  ...RESPONSE_ROWS,
  ...REFRESH_ROWS,
  ...LIFETIME_ROWS,
];

/** Every row, in the order in which it is printed. */
export const ROWS: readonly Row[] = [
  ...MATRIX_ROWS,
  ...FAULT_ROWS,
  ...NETWORK_ROWS,
  ...CLOCK_ROWS,
  ...CROWD_ROWS,
  ...MORE_ROWS,
  ...OVERRIDE_ROWS,
  ...RECIPE_ROWS,
];

/** Rows of one group, by their numbers. */
function inOrder(rows: readonly Row[]): Row[] {
  return [...rows].sort((one, other) => (one.id < other.id ? -1 : 1));
}
