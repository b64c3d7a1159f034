import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { faultOfSubject, faultsSince } from '../../scripts/commits.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'grantkeeper-commits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@t.example', ...args], {
    cwd: folder,
    encoding: 'utf8',
  }).trim();
const commit = (subject: string) => git('commit', '-q', '--allow-empty', '-m', subject);

describe('the subject of a commit', () => {
  it.each([
    'popup: the erase button asks twice',
    'access, client: one retry',
    'test/flow: the lock knows names',
    'Revert "popup: the erase button asks twice"',
    `docs: ${'x'.repeat(66)}`,
  ])('is fine: %s', (subject) => {
    expect(faultOfSubject(subject)).toBeUndefined();
  });

  it.each(['A removal is held against no site, shown', 'popup:no space', 'Popup: x', 'popup: '])(
    'has to start with its room: %s',
    (subject) => {
      expect(faultOfSubject(subject)).toContain('its room');
    },
  );

  it('has 72 characters at most', () => {
    expect(faultOfSubject(`docs: ${'x'.repeat(67)}`)).toContain('73 characters');
  });
});

it('only what is new since the base is read, and no merge', () => {
  git('init', '-q', '-b', 'main');
  commit('An old one, before there was a rule');
  const base = git('rev-parse', 'HEAD');
  commit('docs: a good one');
  git('checkout', '-q', '-b', 'side');
  commit('A bad one');
  git('checkout', '-q', 'main');
  commit('test: another good one');
  git('merge', '-q', '--no-ff', '-m', 'Merge branch side', 'side');
  expect(faultsSince(base, folder)).toEqual([expect.stringMatching(/^\w+ A bad one: does not/)]);
  expect(faultsSince('HEAD', folder)).toEqual([]);
});
