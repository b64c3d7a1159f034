/** The table. */
import type { Row } from './row.ts';
import { RESOURCE_ROWS } from './rows/resource.ts';

/** Every row, in the order in which it is printed. */
export const ROWS: readonly Row[] = [...RESOURCE_ROWS];
