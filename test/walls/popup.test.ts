/** The rooms of src/popup: one for each document of ours, and the kit that they share. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS } from '../../src/shared/documents.ts';

const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });
const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'src/popup');
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
const ROOMS = Object.keys(DOCUMENTS);
const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');

async function isRejected(file: string, specifier: string): Promise<boolean> {
  const text = `import * as it from '${specifier}';\nvoid it;\n`;
  const [result] = await eslint.lintText(text, { filePath: `src/popup/${file}` });
  return result!.messages.some(({ ruleId }) => ruleId === 'no-restricted-imports');
}

describe.each(ROOMS)('the room %s', (room) => {
  const file = `${room}/not-written-yet.tsx`;

  it('imports no other room', async () => {
    const others = ROOMS.filter((other) => other !== room);
    expect(others).toHaveLength(4);
    for (const other of others) {
      expect(await isRejected(file, `../${other}/${other}.tsx`), other).toBe(true);
      expect(await isRejected(file, `../../popup/${other}/${other}.tsx`), other).toBe(true);
      expect(await isRejected(file, `../kit/../${other}/${other}.tsx`), other).toBe(true);
    }
  });

  it('imports the kit, itself and shared', async () => {
    for (const allowed of ['../kit/ask.ts', './part.tsx', '../../shared/errors.ts', 'preact']) {
      expect(await isRejected(file, allowed), allowed).toBe(false);
    }
  });

  it('takes its styles and its script from itself and the kit', () => {
    const [, ...links] = read(`${room}/${room}.html`).split(/(?:href|src)="/);
    const targets = links.map((link) => link.slice(0, link.indexOf('"')));
    expect(targets.length).toBeGreaterThan(2);
    expect(targets.filter((target) => !/^(\.|\.\.\/kit)\/[\w-]+\.(css|tsx)$/.test(target))).toEqual(
      [],
    );
  });
});

describe('the kit', () => {
  it('imports no room', async () => {
    for (const room of ROOMS) {
      expect(await isRejected('kit/ask.ts', `../${room}/${room}.tsx`), room).toBe(true);
    }
  });

  it('holds what two rooms need, nothing that one alone uses', () => {
    const code = files.filter((file) => /\.tsx?$/.test(file));
    const usersOf = (name: string): string[] => {
      const users = code.filter((file) => read(file).includes(`/${name}'`));
      const rooms = users.map((file) => path.dirname(file)).filter((room) => room !== 'kit');
      const inKit = users.filter((file) => path.dirname(file) === 'kit');
      return [...new Set([...rooms, ...inKit.flatMap((file) => usersOf(path.basename(file)))])];
    };
    const kit = code
      .filter((file) => path.dirname(file) === 'kit')
      .map((file) => path.basename(file));
    expect(kit.length).toBeGreaterThan(20);
    expect(kit.filter((name) => usersOf(name).length < 2)).toEqual([]);
  });
});

describe('src/popup', () => {
  it('has its files in rooms, none beside them', () => {
    const rooms = new Set(files.map((file) => path.dirname(file)));
    expect([...rooms].sort()).toEqual([...ROOMS, 'kit'].sort());
  });

  it('exports no name twice', () => {
    const names = files
      .filter((file) => /\.tsx?$/.test(file))
      .flatMap((file) => [
        ...read(file).matchAll(
          /^export (?:async )?(?:function|const|class|type|interface) (\w+)/gm,
        ),
      ])
      .map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
