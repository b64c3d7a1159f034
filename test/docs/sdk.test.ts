/** The reference of the page SDK is whole: every export, and every member of the broker and of its options. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/set-up.mjs';

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const page = read('docs/sdk.md');
const headings = [...page.matchAll(/^#{2,3} (.+)$/gm)].map(([, text = '']) => text).join(' ');

/** Names in the braces of every `export` of a module. */
function exportsOf(source: string): string[] {
  return [...source.matchAll(/^export (?:type )?\{([^}]+)\}/gm)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.replace(/\btype\b/, '').trim()),
  );
}

/** Members that an interface declares, their comments left out. */
function membersOf(source: string, name: string): string[] {
  const [, body = ''] =
    new RegExp(`interface ${name}\\b[^{]*\\{([\\s\\S]*?)\\n\\}`).exec(source) ?? [];
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, member = '']) => member);
}

describe('docs/sdk.md', () => {
  it('has a heading for every export', () => {
    const names = exportsOf(read('src/client/index.ts'));
    expect(names).toContain('findBroker');
    expect(names.filter((name) => !headings.includes(`\`${name}\``))).toEqual([]);
  });

  it('has a heading for every member of the broker', () => {
    const members = membersOf(read('src/client/broker.ts'), 'Broker');
    expect(members).toContain('getToken');
    expect(members.filter((name) => !headings.includes(`\`broker.${name}\``))).toEqual([]);
  });

  it.each([
    ['src/client/authorized-fetch.ts', 'FetchOptions', 'maxReplayAge'],
    ['src/client/find-broker.ts', 'FindBrokerOptions', 'timeout'],
    ['src/client/broker.ts', 'GetTokenParams', 'signal'],
  ])('has a row for every member that %s declares of %s', (file, name, one) => {
    const members = membersOf(read(file), name);
    expect(members).toContain(one);
    expect(members.filter((member) => !page.includes(`| \`${member}?`))).toEqual([]);
  });
});
