/** Lets a flow act through ports that write down, redacted, what went over the wire. */
import type { TokenSet } from '../protocol/token.ts';
import { BrokerError } from '../shared/errors.ts';
import type { GrantKey, Http, Ports, Step } from './ports.ts';
import { redactAnswer, redactBody, redactCallback, redactHeaders, redactUrl } from './redaction.ts';

/** The same ports; requests and the sign-in window leave a step each. */
export function recording<P extends Pick<Ports, 'http' | 'authWindow'>>(
  ports: P,
  trace: (step: Step) => void,
): P {
  const { http, authWindow } = ports;
  return {
    ...ports,
    http: recordingHttp(http, trace),
    authWindow: {
      ...authWindow,
      open: async (url, opened) => {
        const request = {
          kind: 'request' as const,
          method: 'GET',
          url: redactUrl(url),
          headers: {},
        };
        try {
          const callback = await authWindow.open(url, opened);
          trace({ ...request, answer: redactCallback(callback) });
          return callback;
        } catch (error) {
          trace(request);
          throw error;
        }
      },
    },
  };
}

function recordingHttp(http: Http, trace: (step: Step) => void): Http {
  return async (url, init, limits) => {
    const body = redactBody(init.body);
    const request = {
      kind: 'request' as const,
      method: init.method ?? 'GET',
      url: redactUrl(url),
      headers: redactHeaders(init.headers),
      ...(body !== undefined && { body }),
    };
    try {
      const response = await http(url, init, limits);
      const answer = redactAnswer(await response.clone().text());
      trace({ ...request, status: response.status, answer });
      return response;
    } catch (error) {
      trace(request);
      throw error;
    }
  };
}

/** A trace of its own for one refresh: ports that record, and how it ended. */
export function tracedRefresh<P extends Pick<Ports, 'http' | 'authWindow' | 'traces'>>(
  ports: P,
  { origin, resource }: GrantKey,
) {
  const { traces } = ports;
  const id = crypto.randomUUID();
  const step = (one: Step) => {
    traces.step({ id, origin, resource }, one);
  };
  const fail = (error: unknown) => {
    step({ kind: 'failed', ...faultOf(error) });
    traces.end(id, 'failed');
  };
  return {
    ports: recording(ports, step),
    fail,
    /** @param token the new tokens, or why the server will not renew them any more */
    end(token: TokenSet | string): void {
      if (typeof token === 'string') {
        fail(new BrokerError('token_failed'));
        return;
      }
      const { granted: scopes, assumed, refreshToken } = token;
      step({ kind: 'granted', scopes, assumed, renewable: refreshToken !== undefined });
      traces.end(id, 'done');
    },
  };
}

/** What a step says of a failure. */
export function faultOf(error: unknown) {
  const { code, detail } =
    error instanceof BrokerError ? error : new BrokerError('internal_error', { cause: error });
  const { reason, host } = detail;
  return { code, ...(reason !== undefined && { reason }), ...(host !== undefined && { host }) };
}
