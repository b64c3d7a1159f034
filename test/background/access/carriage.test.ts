/** A carried request is sent once for each answer that a better credential can change, and its answer is passed on. */
import { describe, expect, it } from 'vitest';
import {
  Carriage,
  type CarriageParts,
  type CarriedRequest,
  type CredentialWanted,
} from '../../../src/background/access/carriage.ts';
import type { StreamedResponse, StreamInit } from '../../../src/background/ports/ports.ts';
import type { Credential } from '../../../src/protocol/credential.ts';
import { watchForEcho } from '../../../src/protocol/echo.ts';
import { BrokerError, type ErrorCode } from '../../../src/shared/errors.ts';

const oauth = (token: string): Credential => ({ is: 'oauth', token });
const TOOL_CALL = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_note"}}';
const STEP_UP = 'Bearer error="insufficient_scope", scope="notes:write"';

/** Answers in order, and what was sent and asked for meanwhile. */
function setUp(
  answers: readonly Partial<StreamedResponse>[],
  credentials: readonly (Credential | ErrorCode)[],
) {
  const sent: StreamInit[] = [];
  const asked: CredentialWanted[] = [];
  const cancelled: number[] = [];
  let clock = 0;
  const abort = new AbortController();
  const parts: CarriageParts = {
    now: () => clock,
    stream: (_url, init) => {
      const number = sent.push(init);
      const body = new ReadableStream<Uint8Array>({ cancel: () => void cancelled.push(number) });
      const answer = answers[number - 1] ?? {};
      return Promise.resolve({
        status: 200,
        statusText: '',
        headers: [],
        protocol: '',
        body,
        ...answer,
      });
    },
    credential: (wanted) => {
      const next = credentials[asked.push(wanted) - 1] ?? 'access_denied';
      return typeof next === 'string'
        ? Promise.reject(new BrokerError(next))
        : Promise.resolve(next);
    },
    sending: () => undefined,
    signal: abort.signal,
  };
  const run = (request: Partial<CarriedRequest> = {}) =>
    new Carriage(
      {
        origin: 'https://notes.example',
        url: 'https://mcp.example/mcp',
        method: 'POST',
        headers: [['content-type', 'application/json']],
        body: new TextEncoder().encode(TOOL_CALL),
        interactive: true,
        limits: { stepUps: 1, age: 60_000 },
        ...request,
      },
      parts,
    ).run();
  const wait = (milliseconds: number) => (clock += milliseconds);
  const tokensSent = () =>
    sent.map(({ headers }) => headers.find(([name]) => name === 'authorization')?.[1]);
  return { parts, abort, run, wait, sent, asked, cancelled, tokensSent };
}

describe('a carried request (Z28)', () => {
  it('goes out with the credential, and comes back with what a page may read', async () => {
    const headers: [string, string][] = [
      ['content-type', 'application/json'],
      ['set-cookie', 'a=b'],
    ];
    const { run, sent, tokensSent } = setUp([{ headers }], [oauth('one')]);
    const answer = await run();
    expect(tokensSent()).toEqual(['Bearer one']);
    expect(sent[0]?.origin).toBe('https://notes.example');
    expect(answer).toMatchObject({ status: 200, headers: [['content-type', 'application/json']] });
  });

  it('is sent again with the same bytes after a 401, with another token', async () => {
    const answers = [
      { status: 401, headers: [['www-authenticate', 'Bearer']] as [string, string][] },
    ];
    const { run, sent, asked, cancelled, tokensSent } = setUp(answers, [
      oauth('one'),
      oauth('two'),
    ]);
    expect((await run()).status).toBe(200);
    expect(tokensSent()).toEqual(['Bearer one', 'Bearer two']);
    expect(sent[1]?.body).toEqual(sent[0]?.body);
    expect(asked).toEqual([
      { interactive: false },
      { challenge: 'Bearer', rejected: 'one', interactive: true },
    ]);
    expect(cancelled).toEqual([1]);
  });

  it('is stepped up after a 403 that names a scope, as often as its client says', async () => {
    const refused = { status: 403, headers: [['www-authenticate', STEP_UP]] as [string, string][] };
    const { run, tokensSent } = setUp(
      [refused, refused, refused],
      [oauth('one'), oauth('two'), oauth('three')],
    );
    expect((await run()).status).toBe(403);
    expect(tokensSent()).toEqual(['Bearer one', 'Bearer two']);
  });

  it('gets the server’s own answer when the user says no', async () => {
    const answers = [{ status: 401 }];
    const { run, sent } = setUp(answers, [oauth('one'), 'access_denied']);
    expect((await run()).status).toBe(401);
    expect(sent).toHaveLength(1);
  });

  it('is not sent again with the credential that was refused', async () => {
    const { run, sent } = setUp([{ status: 401 }], [oauth('one'), oauth('one')]);
    expect((await run()).status).toBe(401);
    expect(sent).toHaveLength(1);
  });

  it('is not sent again when it changes something and its client waits no more', async () => {
    const { run, wait, parts, sent } = setUp([{ status: 401 }], [oauth('one'), oauth('two')]);
    const { stream } = parts;
    parts.stream = (...args) => (wait(60_000), stream(...args));
    expect((await run()).status).toBe(401);
    expect(sent).toHaveLength(1);
  });

  it('ends with the page, and sends nothing more', async () => {
    const { run, abort, sent, parts } = setUp([{ status: 401 }], [oauth('one')]);
    const { credential } = parts;
    parts.credential = async (wanted) => {
      if (wanted.rejected !== undefined) abort.abort();
      return wanted.rejected === undefined ? credential(wanted) : oauth('two');
    };
    expect((await run()).status).toBe(401);
    expect(sent).toHaveLength(1);
  });

  it('asks nobody for the end of a session', async () => {
    const { run, asked } = setUp([{ status: 401 }], [oauth('one'), 'interaction_required']);
    await run({ method: 'DELETE' });
    expect(asked.map(({ interactive }) => interactive)).toEqual([false, false]);
  });

  it('goes out bare where the grant has no token, and hears what the server lacks', async () => {
    const { run, tokensSent } = setUp([{ status: 401 }], ['interaction_required', oauth('two')]);
    expect((await run()).status).toBe(200);
    expect(tokensSent()).toEqual([undefined, 'Bearer two']);
  });

  it('does not go out at all where the token cannot be renewed just now', async () => {
    const { run, sent } = setUp([], ['network_error']);
    await expect(run()).rejects.toMatchObject({ code: 'network_error' });
    expect(sent).toEqual([]);
  });

  it('carries a key in its own header, in place of the page’s', async () => {
    const key: Credential = { is: 'key', header: 'X-API-Key', value: 'of-the-person' };
    const { run, sent } = setUp([{}], [key]);
    await run({ headers: [['x-api-key', 'of-the-page']] });
    expect(sent[0]?.headers).toEqual([['x-api-key', 'of-the-person']]);
  });
});

describe('what an answer may repeat', () => {
  it('is every credential that was sent with the request (Z29)', async () => {
    const [former, latest] = ['former-token-0123456789', 'latest-token-0123456789'];
    const headers: [string, string][] = [
      ['x-request-id', former],
      ['etag', latest],
      ['link', 'of-neither'],
    ];
    const at = setUp([{ status: 401 }, { headers }], [oauth(former), oauth(latest)]);
    const answer = await at.run();
    expect([answer.secret, answer.former, answer.isEchoed]).toEqual([latest, [former], true]);
    expect(answer.headers).toEqual([['link', 'of-neither']]);
  });

  it('is looked for in its body as well, across the border of two chunks (Z29)', () => {
    const [former, latest] = ['former-token-0123456789', 'latest-token-0123456789-longer'];
    for (const secret of [former, latest]) {
      const watch = watchForEcho(latest, 'application/json', ['short', former]);
      const bytes = new TextEncoder().encode(`{"token": "${secret}"}`);
      const seen = [bytes.slice(0, 20), bytes.slice(20)].map((chunk) => watch?.sees(chunk));
      expect(seen).toEqual([false, true]);
    }
  });
});
