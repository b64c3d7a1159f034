import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { billOfMaterials, obstaclesTo, type State } from '../../scripts/release.ts';

const notes = (heading: string) => `# Changelog\n\n## ${heading}\n\n- Something.\n`;

/** Everything is ready for 0.2.0. */
const READY: State = {
  current: '0.1.0',
  changes: '',
  tags: ['v0.1.0', 'v0.0.9', 'vnext'],
  changelog: `${notes('0.2.0 (2026-12-01)')}\n## 0.1.0 (2026-11-01)\n`,
};

describe('a release', () => {
  it('has nothing in its way when tree, tags and changelog are ready', () => {
    expect(obstaclesTo('0.2.0', READY)).toEqual([]);
    const changelog = READY.changelog.replace('## 0.2.0', '## Unreleased\n\n## 0.2.0');
    expect(obstaclesTo('0.2.0', { ...READY, changelog })).toEqual([]);
  });

  it('may be the version that package.json has, as long as none is tagged', () => {
    const first = { ...READY, tags: [''], changelog: notes('0.1.0 (2026-12-01)') };
    expect(obstaclesTo('0.1.0', first)).toEqual([]);
    expect(obstaclesTo('0.0.9', { ...first, changelog: notes('0.0.9 (2026-12-01)') })).toEqual([
      '0.0.9 is lower than 0.1.0',
    ]);
  });

  it.each(['1.0', '1.0.0-beta.1', 'v1.0.0', '1.0.0.0', '01.0.0', '1.0.100000', ''])(
    'is no %j: the stores take three numbers',
    (version) => {
      expect(obstaclesTo(version, READY)).toEqual([expect.stringContaining('three numbers')]);
    },
  );

  it('waits for a clean tree', () => {
    expect(obstaclesTo('0.2.0', { ...READY, changes: ' M README.md' })).toEqual([
      'the tree has changes that are not committed',
    ]);
  });

  it('takes no version that has a tag, or that is lower than one that has', () => {
    const tags = ['v0.9.0', 'v0.10.0'];
    const at = (version: string) =>
      obstaclesTo(version, { ...READY, tags, changelog: notes(`${version} (2026-12-01)`) });
    expect(at('0.10.0')).toEqual(['the tag v0.10.0 exists', '0.10.0 is lower than 0.10.1']);
    expect(at('0.9.9')).toEqual(['0.9.9 is lower than 0.10.1']);
    expect(at('0.10.1')).toEqual([]);
  });

  it.each(['0.2.0', '0.2.0 (unreleased)', '0.2.1 (2026-12-01)', '0x2.0 (2026-12-01)'])(
    'needs its heading in the changelog, with a day: not “## %s”',
    (heading) => {
      expect(obstaclesTo('0.2.0', { ...READY, changelog: notes(heading) })).toEqual([
        expect.stringContaining(`CHANGELOG.md starts with “## ${heading}”`),
      ]);
    },
  );

  it('keeps no note back under Unreleased', () => {
    const changelog = `${notes('Unreleased')}\n${READY.changelog}`;
    expect(obstaclesTo('0.2.0', { ...READY, changelog })).toEqual([
      expect.stringContaining('“## Unreleased”'),
    ]);
  });
});

describe('the version', () => {
  it('is the same in package.json and its lock, which npm writes together', () => {
    expect(lock.version).toBe(packageJson.version);
    expect(lock.packages[''].version).toBe(packageJson.version);
  });
});

it('the bill of materials lists what the packages contain, and nothing that only builds them', () => {
  const { bomFormat, metadata, components } = JSON.parse(billOfMaterials()) as {
    bomFormat: string;
    metadata: { component: { version: string } };
    components: { name: string; version: string }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  expect(metadata.component.version).toBe(packageJson.version);
  const listed = Object.fromEntries(components.map(({ name, version }) => [name, version]));
  expect(listed).toEqual(packageJson.dependencies);
});
