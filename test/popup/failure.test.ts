import { describe, expect, test } from 'vitest';
import { settingsLink, reportOf, wordsOf } from '../../src/popup/failure.ts';

const REPORT = { owner: 'Words.', at: 0, version: '1.2.3' };

describe('the report for a server’s owner', () => {
  test('an issuer is named exactly, unless it carries what may be secret', () => {
    const lineOf = (issuer: string) =>
      reportOf({ code: 'token_failed', issuer }, REPORT)
        .split('\n')
        .find((line) => line.startsWith('issuer: '));
    expect(lineOf('https://login.example/')).toBe('issuer: https://login.example/');
    expect(lineOf('https://u:p@login.example/a?key=s#t')).toBe('issuer: https://login.example/a');
    expect(lineOf('no address?')).toBe('issuer: –');
  });

  test('nothing can forge a line', () => {
    const report = reportOf({ code: 'token_failed', host: 'a.example\ncode: other' }, REPORT);
    expect(report.split('\n').filter((line) => line.startsWith('code:'))).toEqual([
      'code: token_failed',
    ]);
  });
});

test('without a reason the words are those of the code', () => {
  expect(wordsOf({ code: 'rate_limited' }).what).toBe('failBusy');
  expect(wordsOf({ code: 'token_failed', reason: 'unreachable' }).what).toBe('failUnreachable');
});

test('a sign-in page that did not come leads to the client id, which may be the cause', () => {
  const failure = { code: 'authorization_failed', reason: 'unreachable' } as const;
  expect(wordsOf(failure)).not.toEqual(wordsOf({ code: 'network_error', reason: 'unreachable' }));
  expect(settingsLink(failure)).toBe('settings.html#client');
});

test('an issuer is carried to the settings only where a client id is asked for', () => {
  const issuer = 'https://a.example/x#y';
  expect(settingsLink({ code: 'registration_failed', issuer })).toBe(
    'settings.html#client=https%3A%2F%2Fa.example%2Fx%23y',
  );
  expect(settingsLink({ code: 'policy_blocked', issuer })).toBe('settings.html#developer');
  expect(settingsLink({ code: 'rate_limited', issuer })).toBeUndefined();
});
