import { describe, expect, it } from 'vitest';
import { hintScope, isWideScope } from '../../../src/popup/kit/scope-hints.ts';

describe('hintScope', () => {
  it.each([
    ['files:read', 'hintRead'],
    ['Files.Read', 'hintRead'],
    ['https://www.example.com/auth/drive.readonly', 'hintRead'],
    ['files:write', 'hintChange'],
    ['Mail.ReadWrite', 'hintChange'],
    ['repo_edit', 'hintChange'],
    ['read:delete', 'hintDelete'],
    ['mail.send', 'hintSend'],
    ['tools:execute', 'hintRun'],
    ['admin:org', 'hintManage'],
    ['files:*', 'hintEverything'],
    ['*', 'hintEverything'],
    ['files*', 'hintEverything'],
    ['DeleteItems', 'hintDelete'],
    ['full-access', 'hintEverything'],
    ['Files.ReadWrite.All', 'hintEverything'],
    ['openid', 'hintIdentity'],
    ['profile', 'hintProfile'],
    ['email', 'hintEmail'],
    ['offline_access', 'hintStay'],
  ])('%s → %s', (scope, hint) => {
    expect(hintScope(scope)).toBe(hint);
  });

  it.each(['tickets', 'bread', 'readme', 'overwrite', 'padmin', 'email:inbox', 'constructor', ''])(
    'nothing is guessed about %j',
    (scope) => {
      expect(hintScope(scope)).toBeUndefined();
    },
  );
});

describe('isWideScope', () => {
  it.each(['*', 'files:*', 'admin', 'org.admin', 'full_access', 'all', 'superuser'])(
    '%s is far-reaching',
    (scope) => expect(isWideScope(scope)).toBe(true),
  );

  it.each(['files:read', 'files:delete', 'openid', 'fully', 'small', 'badminton'])(
    '%s is not',
    (scope) => expect(isWideScope(scope)).toBe(false),
  );
});
