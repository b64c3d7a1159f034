import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { DIST } from '../../scripts/build.ts';
import { filesIn } from '../../scripts/zip.ts';

const CLIENT = path.join(DIST, 'client');
const read = (name: string): string => readFileSync(path.join(CLIENT, name), 'utf8');

describe('the extension', () => {
  it('has five runtime dependencies; one more needs a decision record', () => {
    expect(Object.keys(packageJson.dependencies).sort()).toEqual([
      'idb',
      'oauth4webapi',
      'preact',
      'valibot',
      'webextension-polyfill',
    ]);
  });
});

describe('the page SDK', () => {
  it('brings no dependency', () => {
    expect(JSON.parse(read('package.json'))).toEqual({
      name: packageJson.name,
      version: packageJson.version,
      description: packageJson.description,
      license: 'MIT',
      type: 'module',
      sideEffects: false,
      types: './index.d.ts',
      exports: { '.': { types: './index.d.ts', import: './index.js' } },
    });
  });

  it('imports nothing but its own parts (docs/decisions/0048)', () => {
    const scripts = filesIn(CLIENT).filter((name) => name.endsWith('.js'));
    const imported = scripts.flatMap((name) =>
      ts.preProcessFile(read(name), true, true).importedFiles.map(({ fileName }) => fileName),
    );
    expect(scripts).toContain('index.js');
    expect([...new Set(imported)].sort()).toEqual(
      scripts.filter((name) => name !== 'index.js').map((name) => `./${name}`),
    );
  });

  it('has types that name only files of its own', () => {
    const declarations = filesIn(CLIENT).filter((name) => name.endsWith('.d.ts'));
    const imports = declarations.flatMap((name) =>
      ts
        .preProcessFile(read(name), true, true)
        .importedFiles.map(({ fileName }) => path.posix.join(path.posix.dirname(name), fileName)),
    );
    expect(imports.length).toBeGreaterThan(0);
    for (const name of imports) {
      expect(declarations).toContain(name.replace(/\.js$/, '.d.ts'));
    }
  });

  it('has types that check in a strict project which has none of ours', () => {
    const program = ts.createProgram([path.join(CLIENT, 'index.d.ts')], {
      strict: true,
      noEmit: true,
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: [],
    });
    const complaints = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(complaints).toEqual([]);
  });
});
