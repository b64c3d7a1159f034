/**
 * A carried request on the wire. As in http.ts nothing of the browser's is inherited: no cookies, cache, referrer, and
 * no redirect is followed. The answer's body isn't read here; who reads it may stop, and Chromium then stops the
 * server (Firefox goes on loading).
 */
import { BrokerError } from '../../shared/errors.ts';
import type { Streaming } from '../ports/ports.ts';
import { withOrigin } from './origin-rule.ts';

/** Sends it in the name of the site, whose origin the server sees. */
export const stream: Streaming = async (url, init, signal) => {
  const { method, headers, body, origin } = init;
  try {
    const response = await fetch(await withOrigin(url, origin), {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      // A Blob has a length, which some servers insist on.
      ...(body && { body: new Blob([body]) }),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal,
    });
    const { status, statusText } = response;
    return { status, statusText, headers: [...response.headers], body: response.body };
  } catch (cause) {
    if (signal.aborted) throw new BrokerError('aborted', { cause });
    const detail = { host: new URL(url).host, reason: 'unreachable' as const };
    throw new BrokerError('network_error', { detail, cause });
  }
};
