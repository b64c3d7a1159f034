/** Faults against what SECURITY.md, docs/architecture.md, the decisions and comments promise; see breaks.ts. */
import type { Break } from './breaks-list.ts';

export const PROMISES: readonly Break[] = [];
