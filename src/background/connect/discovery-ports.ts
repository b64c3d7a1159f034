/** How discovery sends its requests: within one time for all of them, and metadata once more where that may help. */
import { pauseBeforeNext } from '../../protocol/metadata-retry.ts';
import { parseRetryAfter } from '../../protocol/refresh-trouble.ts';
import { hostOf, hostPattern } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { Http, Ports } from '../ports/ports.ts';

/** How long one discovery takes at most, before its failure is told at ten seconds (Z43); milliseconds. */
const DISCOVERY_TIME = 9000;

/** The ports of one discovery that begins now. */
export function discoveryPorts(ports: Ports): Ports {
  const until = ports.now() + DISCOVERY_TIME;
  const left = () => Math.min(until - ports.now(), DISCOVERY_TIME);
  const bounded: Http = async (url, init, { bytes, milliseconds }) => {
    if (left() <= 0) {
      throw new BrokerError('network_error', {
        detail: { host: hostOf(url), reason: 'unreachable' },
      });
    }
    return ports.http(url, init, { bytes, milliseconds: Math.min(milliseconds, left()) });
  };
  const http: Http = (url, init, limits) =>
    init.method === undefined
      ? patiently(ports, left, url, () => bounded(url, init, limits))
      : bounded(url, init, limits);
  return { ...ports, http };
}

/** Sends a GET again, a bounded number of times, where the answer may be another one a moment later (NET-1, NET-2). */
async function patiently(
  ports: Ports,
  left: () => number,
  url: string,
  send: () => Promise<Response>,
): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await send().catch((error: unknown) => error);
    const answer = outcome instanceof Response ? outcome : undefined;
    const retryAfter = parseRetryAfter(answer?.headers.get('retry-after') ?? null, ports.now());
    const attempt = { tries, status: answer?.status, retryAfter, left: left() };
    const pause = pauseBeforeNext(attempt, ports.random());
    if (pause === undefined || !(answer ?? (await mayBePassing(ports, url, outcome)))) {
      if (answer) return answer;
      throw outcome;
    }
    await ports.pause(pause);
  }
}

/** Without host access no answer is most likely one that the browser keeps from us: that does not pass. */
async function mayBePassing(ports: Ports, url: string, error: unknown): Promise<boolean> {
  const isSilent = error instanceof BrokerError && error.detail.reason === 'unreachable';
  return isSilent && (await ports.hasHostAccess([hostPattern(url)]));
}
