/** A carried request on the wire, as `browser/stream.ts` sends it; Node lets a request name its own origin. */
import type { Streaming } from '../../src/background/ports/ports.ts';
import { BrokerError } from '../../src/shared/errors.ts';

/** The port in Node. */
export const nodeStream: Streaming = async (url, init, signal) => {
  const { method, headers, body, origin } = init;
  try {
    const response = await fetch(url, {
      method,
      headers: [
        ...headers.map(([name, value]): [string, string] => [name, value]),
        ['origin', origin],
      ],
      ...(body && { body: new Blob([body]) }),
      redirect: 'error',
      signal,
    });
    const { status, statusText } = response;
    return {
      status,
      statusText,
      headers: [...response.headers],
      body: response.body,
      protocol: '',
    };
  } catch (cause) {
    if (signal.aborted) throw new BrokerError('aborted', { cause });
    const detail = { host: new URL(url).host, reason: 'unreachable' as const };
    throw new BrokerError('network_error', { detail, cause });
  }
};
