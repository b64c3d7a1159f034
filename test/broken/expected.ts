/** What every row has to come to, decided before it is run. */
import type { BreakageId } from './breakages.ts';

/** How far a page's client comes, each with all before it. */
const WAYPOINTS = ['nothing', 'connects', 'calls a tool', 'steps up'] as const;

export type Waypoint = (typeof WAYPOINTS)[number];

/** Of one server, in either browser. */
interface Expected {
  with: Waypoint;
  /** The page alone, with every token got for it by hand. */
  without: Waypoint;
}

/** With Grantkeeper and without, by server. */
export const EXPECTED: Readonly<Record<BreakageId, Expected>> = {
  'no-cors': { with: 'steps up', without: 'nothing' },
  // The status can be read all the same; what a page does not learn is where to sign in, and what for.
  unexposed: { with: 'steps up', without: 'steps up' },
  'preflight-401': { with: 'steps up', without: 'nothing' },
  'preflight-403': { with: 'steps up', without: 'nothing' },
  'preflight-405': { with: 'steps up', without: 'nothing' },
  // Fails only pages that send cookies. That a wildcard does not cover `Authorization` (Fetch), browsers only warn of.
  'star-credentials': { with: 'steps up', without: 'steps up' },
  'no-cors-on-refusals': { with: 'steps up', without: 'nothing' },
  'no-mcp-headers': { with: 'steps up', without: 'nothing' },
  'extension-origin': { with: 'steps up', without: 'steps up' },
  // Nobody was asked about the host behind it, so nothing is sent there.
  redirect: { with: 'nothing', without: 'nothing' },
  sse: { with: 'steps up', without: 'nothing' },
  'headers-2026': { with: 'steps up', without: 'nothing' },
};
