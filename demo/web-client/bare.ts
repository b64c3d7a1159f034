/** A page without a program: tests drive the page SDK and the official client through one global. */
import {
  auth,
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import * as sdk from '../../src/client/index.ts';

const surface = { ...sdk, auth, Client, SSEClientTransport, StreamableHTTPClientTransport };

/** What `globalThis.grantkeeper` holds on the bare page, for the types of a test. */
export type BarePage = typeof surface;

Object.assign(globalThis, { grantkeeper: surface });
