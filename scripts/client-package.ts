/** The page SDK as a package of its own: what finds the broker, the rest that it then loads, and their types. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import ts from 'typescript';
import { internalMembers } from './client-members.ts';
import { ROOT } from './set-up.mjs';

const ENTRY = path.join(ROOT, 'src', 'client', 'index.ts');

/** ES modules, split where one is loaded later. */
const AS_LOADED = {
  absWorkingDir: ROOT,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
} satisfies BuildOptions;

/** Writes the package into `folder`, replacing what is there. */
export async function buildClient(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const program = emitTypes(path.join(folder, 'types'));
  await build({
    entryPoints: [ENTRY],
    outdir: folder,
    ...AS_LOADED,
    chunkNames: '[name]',
    legalComments: 'none',
    // Constants are put where they are used, which a site's bundler can't do for what it may not know to be constant.
    minifySyntax: true,
    // A site's own bundler has to keep the names of members, for it can't tell who else knows them.
    mangleProps: new RegExp(`^(?:${internalMembers(program).join('|')})$`),
  });
  writeFileSync(path.join(folder, 'index.d.ts'), "export * from './types/client/index.js';\n");
  writeFileSync(path.join(folder, 'package.json'), packageJson());
  cpSync(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'));
}

/** What a site's visitors load of the package. */
export interface Loaded {
  /** At once, by every visitor. */
  first: Uint8Array[];
  /** Once a broker has answered. */
  then: Uint8Array[];
}

/** The package as a site loads it: put into the site's own bundle, minified. `file` is its index.js. */
export async function bundleClient(file: string): Promise<Loaded> {
  const { outputFiles, metafile } = await build({
    entryPoints: [file],
    ...AS_LOADED,
    minify: true,
    write: false,
    metafile: true,
    outdir: path.dirname(file),
  });
  const { outputs } = metafile;
  const names = Object.keys(outputs);
  const entry = names.find(
    (name) => outputs[name]!.entryPoint && path.basename(name) === 'index.js',
  );
  const first = new Set([entry]);
  for (const name of first) {
    const imports = outputs[name!]!.imports.filter(({ kind }) => kind === 'import-statement');
    for (const { path: imported } of imports) first.add(imported);
  }
  const contents = (isFirst: boolean): Uint8Array[] =>
    names.flatMap((name, at) => (first.has(name) === isFirst ? [outputFiles[at]!.contents] : []));
  return { first: contents(true), then: contents(false) };
}

/** Declarations of the client and of the shared types that it names, as the pure rooms' tsconfig sees them. */
function emitTypes(folder: string): ts.Program {
  const config = ts.getParsedCommandLineOfConfigFile(
    path.join(ROOT, 'tsconfig.pure.json'),
    {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: path.join(ROOT, 'src'),
      outDir: folder,
    },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  );
  const program = ts.createProgram([ENTRY], config?.options ?? {});
  const { diagnostics } = program.emit(undefined, (file, text) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, importsAsPublished(text));
  });
  [...ts.getPreEmitDiagnostics(program), ...diagnostics].forEach(fail);
  return program;
}

/** The sources import `./x.ts`; what is published holds `./x.d.ts`, which every resolver finds as `./x.js`. */
function importsAsPublished(declarations: string): string {
  return declarations.replace(/((?:from|import\()\s*['"]\.[^'"]*)\.ts(?=['"])/g, '$1.js');
}

function fail(diagnostic: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
}

function packageJson(): string {
  const source = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    [key in 'name' | 'version' | 'description' | 'license']: string;
  };
  const { name, version, description, license } = source;
  const published = {
    name,
    version,
    description,
    license,
    type: 'module',
    sideEffects: false,
    types: './index.d.ts',
    exports: { '.': { types: './index.d.ts', import: './index.js' } },
  };
  return `${JSON.stringify(published, null, 2)}\n`;
}
