/** Permissions in plain words, as the popup says them. */
import { describe, expect, it } from 'vitest';
import { isRemovable, isUseful, meaningsOf } from '../../../src/popup/popup/meanings.ts';
import { hintScope } from '../../../src/popup/kit/scope-hints.ts';

const NAMES = Array.from({ length: 118 }, (_, i) => `s${String(i)}`);

describe('what a site may do', () => {
  it('is said in the words of the prompt, each once, with all names behind it (T-19)', () => {
    const scopes = ['files:read', 'notes:read', 'files:write', 'offline_access'];
    expect(meaningsOf(scopes)).toEqual([
      { hint: hintScope('files:read'), scopes: ['files:read', 'notes:read'], isWide: false },
      { hint: hintScope('files:write'), scopes: ['files:write'], isWide: false },
      { hint: hintScope('offline_access'), scopes: ['offline_access'], isWide: false },
    ]);
  });

  it('begins with what is far-reaching (T-19)', () => {
    const [first] = meaningsOf(['files:read', 'admin:org']);
    expect(first).toMatchObject({ scopes: ['admin:org'], isWide: true });
  });

  it('is a name where the name gives nothing away, and a count where there are many such names', () => {
    expect(meaningsOf(['repo', 'gist'])).toEqual([
      { scopes: ['repo'], isWide: false },
      { scopes: ['gist'], isWide: false },
    ]);
    expect(meaningsOf(NAMES)).toEqual([{ scopes: NAMES, isWide: false }]);
  });

  it('leaves none out and says none twice', () => {
    const scopes = [...NAMES, 'files:read', 'mail.send', '*', 'openid'];
    const said = meaningsOf(scopes).flatMap((meaning) => meaning.scopes);
    expect(said.sort()).toEqual([...scopes].sort());
  });
});

it.each([
  [['offline_access'], false],
  [['openid', 'offline_access'], false],
  [['offline_access', 'files:read'], true],
  [['email'], true],
  [[], true],
])('what is left of %j is of use: %s', (scopes, useful) => {
  expect(isUseful(scopes)).toBe(useful);
});

describe('a button to remove', () => {
  const of = (count: number) => ({ scopes: NAMES.slice(0, count), isWide: false });

  it('is there while something is left, which Disconnect is for otherwise (Z23)', () => {
    expect([isRemovable(of(1), 2), isRemovable(of(2), 2)]).toEqual([true, false]);
  });

  it('takes no long list away at once: the provider is told of each (Z23)', () => {
    expect([isRemovable(of(4), 118), isRemovable(of(5), 118)]).toEqual([true, false]);
  });
});
