/** Lets a flow act through ports that write down, redacted, what went over the wire. */
import type { RefreshVerdict } from '../../protocol/refresh-answer.ts';
import type { TokenSet } from '../../protocol/token.ts';
import { BrokerError, asBrokerError } from '../../shared/errors.ts';
import { Echoes } from './echoes.ts';
import type { AuthWindow, Http, Ports, Step } from '../ports/ports.ts';
import type { GrantKey } from '../ports/records.ts';
import {
  redactAnswer,
  redactBody,
  redactCallback,
  redactHeaders,
  redactUrl,
  secretsOfAnswer,
  secretsOfCallback,
  secretsOfRequest,
} from './redaction.ts';

type Trace = (step: Step) => void;

/** The same ports; requests leave a step each, the sign-in window one when it opens and one for its answer. */
export function recording<P extends Pick<Ports, 'http' | 'authWindow'>>(ports: P, trace: Trace): P {
  // Of the whole flow: what one server was given, another may repeat.
  const echoes = new Echoes();
  return {
    ...ports,
    http: recordingHttp(ports.http, trace, echoes),
    authWindow: recordingWindow(ports.authWindow, trace, echoes),
  };
}

function recordingWindow(authWindow: AuthWindow, trace: Trace, echoes: Echoes): AuthWindow {
  return {
    ...authWindow,
    open: async (url, opened, signal, redirectUri) => {
      echoes.add(secretsOfRequest(url));
      // At once: a window that nobody ever leaves is what somebody will want to know about.
      trace({ kind: 'request', method: 'GET', url: redactUrl(url), headers: {}, window: true });
      const callback = await authWindow.open(url, opened, signal, redirectUri);
      trace({ kind: 'returned', answer: redactCallback(callback, echoes) });
      echoes.add(secretsOfCallback(callback));
      return callback;
    },
  };
}

function recordingHttp(http: Http, trace: Trace, echoes: Echoes): Http {
  return async (url, init, limits) => {
    const body = redactBody(init.body);
    const { method = 'GET' } = init;
    const request = {
      kind: 'request' as const,
      method,
      url: redactUrl(url),
      headers: redactHeaders(init.headers),
      ...(body !== undefined && { body }),
    };
    echoes.add(secretsOfRequest(url, init));
    try {
      const response = await http(url, init, limits);
      const text = await response.clone().text();
      trace({ ...request, status: response.status, answer: redactAnswer(text, echoes) });
      // Metadata holds no secret, only members that we do not know.
      if (method !== 'GET') echoes.add(secretsOfAnswer(text));
      return response;
    } catch (error) {
      trace(request);
      throw error;
    }
  };
}

/** Verdicts that say nothing about the refresh token: it may be good still. */
const UNDECIDED: readonly RefreshFault[] = ['silent', 'unclear'];

type RefreshFault = Exclude<RefreshVerdict, 'tokens'>;

/** A trace of its own for one refresh: ports that record, and how it ended. */
export function tracedRefresh<P extends Pick<Ports, 'http' | 'authWindow' | 'traces'>>(
  ports: P,
  { origin, resource }: GrantKey,
) {
  const { traces } = ports;
  const id = crypto.randomUUID();
  let said = 'no answer';
  const step = (one: Step) => {
    if (one.kind === 'request') said = one.answer?.['error'] ?? `status ${String(one.status)}`;
    traces.step({ id, origin, resource }, one);
  };
  const fail = (error: unknown, refused?: string) => {
    step({ kind: 'failed', ...faultOf(error), ...(refused !== undefined && { refused }) });
    traces.end(id, 'failed');
  };
  return {
    ports: recording(ports, step),
    fail: (error: unknown) => {
      fail(error);
    },
    /** @param outcome the new tokens, or what the answer says of the refresh token */
    end(outcome: TokenSet | RefreshFault): void {
      if (typeof outcome === 'string') {
        if (UNDECIDED.includes(outcome)) fail(UNANSWERED);
        else fail(new BrokerError('token_failed'), said);
        return;
      }
      const { granted: scopes, assumed, refreshToken } = outcome;
      step({ kind: 'granted', scopes, assumed, renewable: refreshToken !== undefined });
      traces.end(id, 'done');
    },
  };
}

/** The server had trouble, or somebody in between answered: no refusal. */
const UNANSWERED = new BrokerError('network_error', { detail: { reason: 'provider_failed' } });

/** What a step says of a failure. */
export function faultOf(error: unknown) {
  const { code, detail } = asBrokerError(error);
  const { reason, host } = detail;
  return { code, ...(reason !== undefined && { reason }), ...(host !== undefined && { host }) };
}
