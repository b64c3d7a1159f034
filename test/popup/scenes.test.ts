/** What the pictures would tell a reader that is not so. */
import { expect, it } from 'vitest';
import messages from '../../_locales/en/messages.json' with { type: 'json' };
import { failureWords } from '../../src/popup/kit/failure-words.ts';
import { POPUPS, PROMPTS } from './support/scenes.ts';
import { FAILED_PROMPTS } from './support/scenes-failures.ts';
import { POPUPS_MORE } from './support/scenes-popup.ts';
import { MORE_PROMPTS } from './support/scenes-prompt.ts';
import { SHOTS } from './support/shots.ts';

const SERVER = 'mcp.files.example.net';

it('no failure of the server is put down to its sign-in provider, nor the other way round', () => {
  const blamed = Object.values({ ...PROMPTS, ...MORE_PROMPTS, ...FAILED_PROMPTS }).flatMap(
    (view) => {
      const { failure } = view ?? {};
      const said = failure && messages[failureWords(failure).what].message;
      // That the server has moved to another provider is found out at the provider that was entered.
      if (!failure?.host || !said || failure.reason === 'client_of_other_issuer') return [];
      if (said.startsWith('The server’s') || /^The server (doesn’t|wants|describes)/.test(said)) {
        return [[said, failure.host, SERVER]];
      }
      const issuer = new URL(failure.issuer ?? 'https://login.example.net').host;
      return /^The sign-in provider /.test(said) ? [[said, failure.host, issuer]] : [];
    },
  );
  expect(blamed.length).toBeGreaterThan(15);
  expect(blamed.filter(([, host, right]) => host !== right)).toEqual([]);
});

it('no connection was last used, or made, longer ago than a product has users', () => {
  const year = 365 * 86_400_000;
  const grants = Object.values({ ...POPUPS, ...POPUPS_MORE }).flatMap((scene) => scene.grants);
  const old = grants.filter(
    ({ lastUsedAt = Date.now(), createdAt }) => Date.now() - Math.min(lastUsedAt, createdAt) > year,
  );
  expect(old).toEqual([]);
});

it('the gallery has every state in which somebody can lose or enter something', () => {
  const names = SHOTS.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      ...[
        'settings-erasing',
        'settings-erasing-activity',
        'settings-erased',
        'settings-kept-hosts',
      ],
      ...['settings-client-new', 'settings-client-faults', 'consent-client', 'consent-key-form'],
      ...['activity-erasing', 'activity-erased', 'popup-server-asking', 'popup-scope-asking'],
    ]),
  );
  expect(new Set(names).size).toBe(names.length);
});
