import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hintScope, isReadingScope, isWideScope } from '../../../src/popup/kit/scope-hints.ts';
import {
  groupPiece,
  layoutScopes,
  MOST_LINES,
  scopePiece,
  toBeRead,
} from '../../../src/popup/consent/scope-layout.ts';
import {
  ALL_TICKED,
  modesFor,
  tick,
  tickedOf,
  ticksFor,
} from '../../../src/popup/consent/scope-ticks.ts';

const VERBS = ['read', 'write', 'delete', 'admin', 'send', 'x'];
const many = (count: number, areas: number) =>
  Array.from(
    { length: count },
    (_, i) => `area-${String(i % areas)}.${String(i)}:${VERBS[i % 6]!}`,
  );
const scopes = fc.uniqueArray(
  fc.oneof(
    { arbitrary: fc.constantFrom('*', 'admin', 'owner', 'all'), weight: 1 },
    {
      arbitrary: fc
        .tuple(fc.nat(30), fc.nat(5))
        .map(([area, verb]) => `area-${String(area)}:${VERBS[verb]!}`),
      weight: 9,
    },
  ),
  // Few are not grouped, and that is what goes wrong.
  { minLength: 20, maxLength: 130, size: 'max' },
);

describe('many permissions', () => {
  it('up to two dozen stand one by one, in the order of the server (T-19)', () => {
    const some = many(MOST_LINES, 3);
    expect(layoutScopes(some)).toEqual({ lines: some, groups: [] });
  });

  it('118 are a few heads, each with its count and its most powerful member (T-19)', () => {
    const { lines, groups } = layoutScopes(many(118, 118).filter((one) => !isWideScope(one)));
    expect(lines).toEqual([]);
    expect(groups.length).toBeLessThanOrEqual(8);
    const area = layoutScopes(
      Array.from({ length: 60 }, (_, i) => `notes.${String(i)}:${i === 7 ? 'delete' : 'read'}`),
    );
    expect(area.groups[0]).toMatchObject({ strongest: 'notes.7:delete' });
  });

  it('a powerful one is never folded, and nothing is lost or shown twice, whatever is asked for (T-19)', () => {
    fc.assert(
      fc.property(scopes, (all) => {
        const { lines, groups } = layoutScopes(all);
        const shown = [...lines, ...groups.flatMap((group) => group.scopes)];
        expect(shown.toSorted()).toEqual(all.toSorted());
        expect(groups.flatMap((group) => group.scopes).filter(isWideScope)).toEqual([]);
        for (const { strongest, scopes: members } of groups) expect(members).toContain(strongest);
      }),
    );
  });

  it('the head of a group says what all its members allow, in whatever order the server names them (T-19)', () => {
    const long = (verb: string) =>
      Array.from({ length: 26 }, (_, i) => `${verb}:customer-account-records-batch-${String(i)}`);
    const asked = ['openid', ...long('delete'), 'https://mail.google.com/'];
    const { lines, groups } = layoutScopes(asked);
    expect(lines).toEqual(['https://mail.google.com/']);
    expect(groups.map(({ hint, scopes: { length } }) => [hint, length])).toEqual([
      ['hintIdentity', 1],
      ['hintDelete', 26],
    ]);
    fc.assert(
      fc.property(scopes, (all) => {
        for (const { object, hint, scopes: members } of layoutScopes(all).groups)
          if (object === undefined)
            expect(new Set(members.map(hintScope))).toEqual(new Set([hint]));
      }),
    );
  });

  it('what is to be read covers all that is ticked, by its line or by the head of its group (T-15)', () => {
    fc.assert(
      fc.property(scopes, fc.infiniteStream(fc.boolean()), (all, coins) => {
        const ticked = all.filter(() => coins.next().value);
        const layout = layoutScopes(all);
        const read = toBeRead(layout, new Set(ticked));
        for (const scope of ticked) {
          const group = layout.groups.find(({ scopes: members }) => members.includes(scope));
          expect(read).toContain(group ? groupPiece(group.strongest) : scopePiece(scope));
        }
      }),
    );
  });
});

describe('fewer permissions', () => {
  const added = ['files:read', 'files:write', 'admin:org', 'offline_access'];

  it('only reading leaves out whatever may change anything (Z45)', () => {
    expect(tickedOf(added, { mode: 'reading', off: [] })).toEqual(['files:read', 'offline_access']);
    expect(tickedOf(['files', 'x:read'], { mode: 'reading', off: [] })).toEqual(['x:read']);
  });

  it.each([
    ...['wallet.view.transfer', 'users.read.impersonate', 'read:approve', 'read:put', 'list.add'],
    ...['set_list', 'get_or_set', 'search:replace', 'mail.read.move', 'a.view.unheard-of'],
    ...['https://search.azure.com/user_impersonation', 'https://search.azure.com/.default'],
    ...['https://view.example.com/pay', 'api://list/pay', 'https://read.example.com/x'],
  ])(
    '%s is not only reading: a word in its name, or in a host, promises nothing (Z45)',
    (scope) => {
      expect(isReadingScope(scope)).toBe(false);
    },
  );

  it.each([
    ...['files:read', 'read:user', 'Files.Read', 'mail.readonly', 'repo:list', 'offline_access'],
    ...['https://www.googleapis.com/auth/drive.readonly', 'email', 'notes.audit.view'],
  ])('%s is (Z45)', (scope) => {
    expect(isReadingScope(scope)).toBe(true);
  });

  it('is offered where there is a choice', () => {
    expect(modesFor(added)).toEqual(['reading', 'all', 'choose']);
    expect(modesFor(['a:read', 'offline_access'])).toEqual(['all', 'choose']);
    expect(modesFor(['a:read'])).toEqual([]);
  });

  it('unticks one, or a group, and ticks it again; the other ways forget nothing', () => {
    const off = tick(ALL_TICKED, ['files:write', 'admin:org'], false);
    expect(tickedOf(added, off)).toEqual(['files:read', 'offline_access']);
    expect(tickedOf(added, { ...off, mode: 'all' })).toEqual(added);
    expect(tickedOf(added, tick(off, ['admin:org'], true))).toEqual(
      added.filter((one) => one !== 'files:write'),
    );
  });

  it('stay the choice for a part of the list, and are none once something is new (Z45)', () => {
    const reading = { among: added, ticks: { mode: 'reading' as const, off: [] } };
    expect(ticksFor(added, reading)).toBe(reading.ticks);
    expect(ticksFor(added.slice(0, 2), reading)).toBe(reading.ticks);
    expect(ticksFor([...added, 'b:read'], reading)).toBe(ALL_TICKED);
    expect(ticksFor(added, undefined)).toBe(ALL_TICKED);
    // Where only reading is no longer among the ways, what was left out still is.
    expect(ticksFor(['files:write', 'admin:org'], reading)).toEqual({
      mode: 'choose',
      off: ['files:write', 'admin:org'],
    });
    expect(ticksFor(['files:write'], reading)).toBe(ALL_TICKED);
  });
});
