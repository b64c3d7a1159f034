/** The types of the built package are what the page SDK promises, for each way in which sites resolve them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClient } from '../../scripts/client-package.ts';
import { ROOT } from '../../scripts/set-up.mjs';

const SITE = readFileSync(path.join(ROOT, 'test/client/published.test-d.ts'), 'utf8');
const SOURCES = "'../../src/client/index.ts'";

let folder: string;
/** A site that has installed the package. */
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'grantkeeper-site-'));
  await buildClient(path.join(folder, 'node_modules', 'grantkeeper'));
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** What the compiler says of a site's text, strictly and with the package's declarations checked too. */
function complaints(
  text: string,
  resolution: Pick<ts.CompilerOptions, 'module' | 'moduleResolution'>,
) {
  const file = path.join(folder, 'site.ts');
  writeFileSync(file, text);
  const program = ts.createProgram([file], {
    ...resolution,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    types: [],
  });
  // The site and the package; the libraries of the language need no check.
  const files = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder));
  expect(files.length).toBeGreaterThan(5);
  return files
    .flatMap((one) => [
      ...program.getSyntacticDiagnostics(one),
      ...program.getSemanticDiagnostics(one),
    ])
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const WAYS_TO_RESOLVE = [
  [
    'a bundler',
    { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  ],
  ['Node', { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext }],
] as const;

describe.each(WAYS_TO_RESOLVE)('the published types, as %s resolves them', (_, resolution) => {
  it('are what a site may write against', () => {
    expect(SITE).toContain(SOURCES);
    expect(complaints(SITE.replace(SOURCES, "'grantkeeper'"), resolution)).toEqual([]);
  });

  it('name nothing of the broker’s inside', () => {
    const inside = [
      "import { Tokens } from 'grantkeeper';",
      "import { Connection } from 'grantkeeper/types/client/connection.js';",
      'void [Tokens, Connection];',
    ].join('\n');
    const found = complaints(`import 'grantkeeper';\n${inside}`, resolution);
    expect(found).toEqual([
      expect.stringContaining("no exported member named 'Tokens'"),
      expect.stringContaining('grantkeeper/types/client/connection.js'),
    ]);
  });
});
