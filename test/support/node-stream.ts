/** A carried request on the wire, as `browser/stream.ts` sends it; Node lets a request name its own origin. */
import type { Streaming } from '../../src/background/ports/ports.ts';
import { isRedirect } from '../../src/background/browser/http.ts';
import { BrokerError } from '../../src/shared/errors.ts';

/** The port in Node. */
export const nodeStream: Streaming = async (url, init, signal) => {
  const { method, headers, body, origin } = init;
  const failed = (reason: 'unreachable' | 'redirected', cause?: unknown) =>
    new BrokerError('network_error', { detail: { host: new URL(url).host, reason }, cause });
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: [
        ...headers.map(([name, value]): [string, string] => [name, value]),
        ['origin', origin],
      ],
      ...(body && { body: new Blob([body]) }),
      redirect: 'manual',
      signal,
    });
  } catch (cause) {
    if (signal.aborted) throw new BrokerError('aborted', { cause });
    throw failed('unreachable', cause);
  }
  if (isRedirect(response)) {
    await response.body?.cancel();
    throw failed('redirected');
  }
  const { status, statusText } = response;
  const sent: [string, string][] = [...response.headers];
  return { status, statusText, headers: sent, body: response.body, protocol: '' };
};
