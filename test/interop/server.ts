/**
 * What the interoperation tests know of a server: one file under servers/ for each, which exports `about` and
 * `start`. It is started in a process of its own, on a Node that is new enough, and listens on loopback only.
 */

import { EXTENSION_ID } from '../../drivers/open.ts';

/** A tool, and a part of its answer. */
export interface ToolCall {
  name: string;
  args?: Record<string, unknown>;
  says: string;
}

/** What a server is, and what it can do. */
export interface About {
  /** Its name, as docs/interop.md has it. */
  title: string;
  /** The packages in which others have written it; their versions are what was seen to work. */
  packages: readonly string[];
  /** A tool that every connected site may call. */
  tool: ToolCall;
  /** What needs one scope more each: a tool, or, where no tool does, a scope that the page names. */
  stepUps: readonly (ToolCall | string)[];
  /** Whether a page of another origin may read its answers. Where not, the page stands at its own origin. */
  cors: boolean;
  /** Whether an access token that has ended is renewed, or answered by an error that tells nobody that it has. */
  renewal: 'refresh' | 'untold';
  /** What the popup says of the revocation, and whether the access token is refused from then on. */
  revocation: { outcome: 'revoked' | 'unsupported' | 'unconfirmed'; endsAccess: boolean };
  /** Its tokens are bound to a key of the browser's, so that no page gets one (Z36). */
  bound?: true;
  /** Selectors of what has to be clicked in its sign-in pages. */
  signIn?: readonly string[];
}

/** A running server. */
export interface Running {
  mcpUrl: string;
  /** Ends every access token, and no refresh token. Default: two hours pass at the server. */
  expireTokens?(): Promise<void>;
  close(): Promise<void>;
}

/**
 * What is worth a test at one server only, by the test's title: given the server's address and an access token of
 * its own. Checks with `node:assert`, since the file is loaded where no test runs, too.
 */
export type Particulars = Readonly<
  Record<string, (mcpUrl: string, token: string) => Promise<void>>
>;

/** What a file under servers/ exports. */
export interface ServerFile {
  about: About;
  particulars?: Particulars;
  start(): Promise<Running>;
}

/** Where our redirect URIs are in Chromium, with the development key; each site has one of its own there. */
export const REDIRECT_ORIGIN = `https://${EXTENSION_ID}.chromiumapp.org`;

/** What the test asks of the process: every access token is to end, or the server is. */
export type Order = 'expire' | 'close';

/** What the process tells: that it runs, that an order is done, or what has gone wrong. */
export type Report = { mcpUrl: string } | { done: Order } | { error: string };

/** Of the servers that guard the demo's notes: what reads, and what needs one scope more each. */
export const NOTES = {
  tool: { name: 'read_notes', says: 'ferns' },
  stepUps: [
    { name: 'add_note', args: { text: 'interop' }, says: 'Added note' },
    { name: 'delete_note', args: { id: 1 }, says: 'Deleted note' },
  ],
} as const satisfies Pick<About, 'tool' | 'stepUps'>;
