/** docs/interop.md has one row for each server, with the versions that are installed here. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/set-up.mjs';
import { findServers } from './start-server.ts';
import { versionOf } from './tools.ts';

const page = readFileSync(path.join(ROOT, 'docs', 'interop.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('docs/interop.md', () => {
  it('has a row for every server that there is a file for, and for no other', async () => {
    const titles = (await findServers()).map(({ about }) => about.title);
    expect(rows.map(([, title]) => title).sort()).toEqual(titles.sort());
  });

  it('names the versions that the tests run', async () => {
    for (const { about } of await findServers()) {
      const versions = about.packages.map((name) => `${name} ${versionOf(name)}`).join(', ');
      expect(rows.find(([, title]) => title === about.title)?.[2]).toBe(versions);
    }
  });
});
