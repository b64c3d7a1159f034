/**
 * The contract of carried requests (Z26–Z32): one port for each, opened by the page and attested by the browser.
 * Closing it is the abort, on either side.
 *
 * The page says what to send, then the body in parts, each after the former was taken. The broker says `ack` at once,
 * `sent` when the request is about to leave (from then on nobody else may send it), then the head, the chunks and the
 * end. Chunks flow as long as the page has granted credit for them.
 */
import type { WireError } from './errors.ts';

/** Name of the port that a page, or Firefox's relay on its behalf, opens for one request. */
export const CARRY_PORT = 'grantkeeper.fetch';

/** Credit that a page grants at first, and never exceeds; bytes. */
export const CREDIT_WINDOW = 1_048_576;
/** Most that one message of a body may hold; bytes. */
export const MAX_PART = 1_048_576;
/** Largest body of a request; bytes. */
export const MAX_UPLOAD = 33_554_432;

/** The first message: everything but the rest of the body. */
export interface CarryRequest {
  v: 1;
  /** Absolute, as the page names it. */
  url: string;
  method: string;
  headers: [name: string, value: string][];
  /** The body, or its first part. */
  body?: Uint8Array<ArrayBuffer>;
  /** Length of the whole body in bytes, when parts of it follow. */
  length?: number;
  /**
   * What became of the page's own request, when there was one: the server's 401 or 403, with its challenge where the
   * page can read it, or no answer that a page may read.
   */
  refused?: { status?: 401 | 403; challenge?: string };
  /** Whether a person may be asked. */
  interactive: boolean;
  /** How often it may be sent again with more scope. */
  stepUps: number;
  /** How old it may be when it is sent again; milliseconds. */
  maxAge: number;
  /** Bytes that the page is ready for. */
  credit: number;
}

/** Page → broker. */
export type CarryMessage = CarryRequest | { body: Uint8Array<ArrayBuffer> } | { credit: number };

/** The head of the answer. */
export interface CarriedHead {
  status: number;
  statusText: string;
  headers: [name: string, value: string][];
  hasBody: boolean;
  /** Names of request headers that were left out. */
  dropped: string[];
}

/** Broker → page. */
export type CarriedMessage =
  | { ack: true }
  /**
   * Nothing was sent, and the page may send it itself: with a token, where access to the host is missing, or without,
   * where the site holds nothing.
   */
  | { instead: 'token' | 'nothing' }
  /** A part of the body was taken: the next may come. */
  | { taken: true }
  | { sent: true }
  | { head: CarriedHead }
  | { chunk: Uint8Array }
  | { end: true }
  /** Before the head the request has failed; after it, its body ends here. */
  | { error: WireError };
