/** The table of providers says what it is for, and a result is judged. The rows run in browsers: `npm run providers`. */
import { describe, expect, it } from 'vitest';
import { closing, faultsOf, line } from './report.ts';
import { ROWS } from './rows.ts';
import type { Result } from './run.ts';

const good: Result = {
  browser: 'chromium',
  row: { id: 'loopback', title: 'loopback only', types: false },
  outcome: 'token',
  allowed: 1,
  clicks: 1,
  typed: 0,
  leaked: 0,
  kept: [],
};

describe('the table of providers', () => {
  it('has ten lists of redirect URIs: seven connect without typing, three want something entered (Z35)', () => {
    const shapes = ROWS.slice(0, 10);
    expect(new Set(shapes.map(({ id }) => id)).size).toBe(10);
    expect(shapes.filter(({ types }) => types).map(({ id }) => id)).toEqual([
      'fixed-port',
      'admin-list',
      'tenant',
    ]);
  });

  it('has each kind of override, and the two ways of leaving scopes out (Z45, Z53)', () => {
    const others = ROWS.slice(10).map(({ id, open }) => open().options.breaks ?? id);
    expect(others).toEqual([
      'pkce',
      'own_provider',
      'fewer-scopes',
      'scopes',
      'issuer_pair',
      'endpoints',
      'no_resource',
    ]);
  });

  it('starts each provider anew, so that no row knows of another (Z35)', () => {
    const { open } = ROWS.find(({ id }) => id === 'admin-list')!;
    const [one, other] = [open(), open()];
    one.list!('https://x.example/cb');
    expect(one.options.redirects!.mayRegister('https://x.example/cb')).toBe(true);
    expect(other.options.redirects!.mayRegister('https://x.example/cb')).toBe(false);
  });
});

describe('a result of a provider', () => {
  it('is as expected when all of it is (Z35)', () => {
    expect(faultsOf(good)).toEqual([]);
    expect(closing([good, { ...good, leaked: 1 }])).toBe('1 of 2 as expected');
    expect(line(good)).toContain('connected');
  });

  it.each<[string, Partial<Result>]>([
    ['did not connect', { outcome: 'connect_failed' }],
    ['took two clicks', { clicks: 2 }],
    ['had something entered', { typed: 1 }],
    ['gave a program on the port anything', { leaked: 1 }],
    ['kept access', { kept: ['http://localhost/*'] }],
    ['was to be told something, and was not', { row: { ...good.row, types: true } }],
  ])('is not when it %s (Z35)', (_what, change) => {
    expect(faultsOf({ ...good, ...change })).toHaveLength(1);
  });
});
