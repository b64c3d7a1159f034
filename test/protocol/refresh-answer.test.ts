import { describe, expect, it } from 'vitest';
import { judgeRefreshAnswer } from '../../src/protocol/refresh-answer.ts';

const judge = (status: number, members?: object) =>
  judgeRefreshAnswer({ status, members: members as Record<string, unknown> | undefined });

describe('what an answer says about the refresh token (Z51)', () => {
  it.each([400, 401])('%i refuses it in any words', (status) => {
    const bodies = [undefined, {}, { message: 'x' }, { error: 'nonsense' }, { error: 7 }];
    expect(bodies.map((members) => judge(status, members))).toEqual(bodies.map(() => 'refused'));
  });

  it.each([402, 403, 405, 406, 409, 410, 418, 422, 451])(
    '%i refuses it with a JSON object, and may be somebody else without',
    (status) => {
      expect([judge(status, {}), judge(status)]).toEqual(['refused', 'unclear']);
    },
  );

  it.each([302, 404, 407, 408, 425, 429, 500, 502, 503, 504, 511])('%i says nothing', (status) => {
    expect([judge(status), judge(status, { error: 'invalid_grant' })]).toEqual([
      'silent',
      'silent',
    ]);
  });

  it.each(['temporarily_unavailable', 'server_error', 'slow_down', 'rate_limit_exceeded'])(
    '%s says nothing, whatever the status',
    (error) => {
      expect([200, 400, 401, 403].map((status) => judge(status, { error }))).toEqual(
        Array(4).fill('silent'),
      );
    },
  );

  it('200 refuses it with an error or ok: false, and says nothing with a page', () => {
    expect(judge(200, { error: 'bad_refresh_token' })).toBe('refused');
    expect(judge(200, { ok: false })).toBe('refused');
    expect(judge(200, { status: 'success' })).toBe('unclear');
    expect(judge(200)).toBe('silent');
    expect(judge(201, { access_token: 'at' })).toBe('tokens');
  });

  it.each([
    ['invalid_client', 'unknown_client'],
    ['unauthorized_client', 'unknown_client'],
    ['incorrect_client_credentials', 'unknown_client'],
    ['invalid_scope', 'scope'],
    ['invalid_target', 'target'],
    ['invalid_request', 'request'],
  ])('%s is about %s, also beside 200 and 403', (error, verdict) => {
    expect([200, 400, 401, 403].map((status) => judge(status, { error }))).toEqual(
      Array(4).fill(verdict),
    );
  });
});
