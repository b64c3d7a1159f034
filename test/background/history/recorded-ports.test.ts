/** What a flow leaves in its trace as it goes: requests, the sign-in window, a refresh that is refused. */
import { describe, expect, it } from 'vitest';
import type { AuthWindow, Http, Step } from '../../../src/background/ports/ports.ts';
import { recording, tracedRefresh } from '../../../src/background/history/recorded-ports.ts';
import { BrokerError } from '../../../src/shared/errors.ts';
import { REDACTED } from '../../../src/shared/activity.ts';

const AUTHORIZE =
  'https://As.example:443/auth?client_id=c&state=state-1234&code_challenge=challenge-1';
const LIMITS = { bytes: 1, milliseconds: 1 };
const KEY = { origin: 'https://app.example', resource: 'https://mcp.example', account: 'default' };

function traced(open: AuthWindow['open'], answers: Response[] = []) {
  const steps: Step[] = [];
  const http: Http = () => Promise.resolve(answers.shift() ?? new Response('{}'));
  const authWindow: AuthWindow = {
    open,
    redirectUri: (path) => path,
    close: async () => undefined,
  };
  const ports = recording({ http, authWindow }, (step) => void steps.push(step));
  return { ports, steps };
}

describe('the sign-in window', () => {
  it('leaves its request when it opens, though nobody ever comes back (P5)', () => {
    const { ports, steps } = traced(() => new Promise(() => undefined));
    void ports.authWindow.open(AUTHORIZE, () => undefined);
    expect(steps).toEqual([
      {
        kind: 'request',
        method: 'GET',
        url: `https://As.example:443/auth?client_id=c&state=${REDACTED}&code_challenge=${REDACTED}`,
        headers: {},
        window: true,
      },
    ]);
  });

  it('leaves its answer afterwards: the issuer exactly, and nothing else (P4)', async () => {
    const { ports, steps } = traced(() =>
      Promise.resolve(
        'https://x.example/cb?code=code-1234&state=state-1234&iss=https://as.example/',
      ),
    );
    await ports.authWindow.open(AUTHORIZE, () => undefined);
    expect(steps[1]).toEqual({
      kind: 'returned',
      answer: { code: REDACTED, state: REDACTED, iss: 'https://as.example/' },
    });
    expect(steps.length).toBe(2);
  });

  it('that is closed leaves no answer, and the failure goes on', async () => {
    const closed = new BrokerError('access_denied');
    const { ports, steps } = traced(() => Promise.reject(closed));
    await expect(ports.authWindow.open(AUTHORIZE, () => undefined)).rejects.toBe(closed);
    expect(steps.map(({ kind }) => kind)).toEqual(['request']);
  });
});

describe('a server that tells what it did not like', () => {
  it('brings in no secret of the whole flow: code, verifier, state, client secret, tokens (T-32)', async () => {
    const form = new URLSearchParams({ code: 'code-1234', code_verifier: 'verifier-1234' });
    const registered = Response.json({ client_id: 'c', client_secret: 'secret-1234' });
    const tokens = Response.json({ access_token: 'access-1234', refresh_token: 'refresh-1234' });
    const secrets = ['state-1234', 'challenge-1', 'code-1234', 'verifier-1234'];
    secrets.push('secret-1234', 'access-1234', 'refresh-1234');
    const answers = [registered, tokens];
    for (const secret of secrets) {
      answers.push(Response.json({ error: 'invalid_grant', error_description: `not ${secret}!` }));
    }
    answers.push(Response.json({ error_description: 'The resource is unknown.' }));
    const callback = 'https://x.example/cb?code=code-1234&state=state-1234';
    const { ports, steps } = traced(() => Promise.resolve(callback), answers);
    const send = (body: BodyInit = form) =>
      ports.http('https://as.example/token', { method: 'POST', body }, LIMITS);
    await send('{"client_name":"Grantkeeper"}');
    await ports.authWindow.open(AUTHORIZE, () => undefined);
    await send();
    // From here on nothing of it is sent, only repeated.
    for (const _ of secrets) await send(new URLSearchParams({ grant_type: 'refresh_token' }));
    await send();
    const written = JSON.stringify(steps);
    expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
    expect(steps.at(-1)).toMatchObject({
      answer: { error_description: '"The resource is unknown."' },
    });
  });
});

describe('a refresh', () => {
  const refreshing = (...answers: Response[]) => {
    const steps: Step[] = [];
    const ended: string[] = [];
    const { ports } = traced(() => Promise.resolve(''), answers);
    const traces = {
      step: (_about: object, step: Step) => void steps.push(step),
      end: (_id: string, outcome: string) => void ended.push(outcome),
    };
    return { steps, ended, refresh: tracedRefresh({ ...ports, traces }, KEY) };
  };
  const send = ({ ports }: ReturnType<typeof tracedRefresh>) =>
    ports.http('https://as.example/token', { method: 'POST', body: 'x' }, LIMITS);

  it.each([
    ['invalid_grant', Response.json({ error: 'invalid_grant' }, { status: 400 })],
    ['"bad_refresh_token"', Response.json({ error: 'bad_refresh_token' })],
    ['status 401', new Response('<html>', { status: 401 })],
  ])(
    'that is refused is traced with what the server called it: %s (P5)',
    async (refused, answer) => {
      const { steps, ended, refresh } = refreshing(answer);
      await send(refresh);
      refresh.end('refused');
      expect(steps.at(-1)).toEqual({ kind: 'failed', code: 'token_failed', refused });
      expect(ended).toEqual(['failed']);
    },
  );

  it('that is refused twice is traced with what was said last', async () => {
    const first = Response.json({ error: 'invalid_scope' }, { status: 400 });
    const second = Response.json({ error: 'invalid_grant' }, { status: 400 });
    const { steps, refresh } = refreshing(first, second);
    await send(refresh);
    await send(refresh);
    refresh.end('refused');
    expect(steps.at(-1)).toMatchObject({ refused: 'invalid_grant' });
  });

  it.each(['silent', 'unclear'] as const)(
    'of which the answer is %s, or that could not be asked for, is not called refused (Z51)',
    async (verdict) => {
      const { steps, ended, refresh } = refreshing(new Response('', { status: 503 }));
      await send(refresh);
      refresh.end(verdict);
      refresh.fail(new BrokerError('network_error', { detail: { reason: 'unreachable' } }));
      expect(steps.slice(1)).toEqual([
        { kind: 'failed', code: 'network_error', reason: 'provider_failed' },
        { kind: 'failed', code: 'network_error', reason: 'unreachable' },
      ]);
      expect(ended).toEqual(['failed', 'failed']);
    },
  );
});
