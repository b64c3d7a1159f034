/** The files of `src` and what each imports, types included, read with TypeScript's own scanner. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from './set-up.mjs';
import { filesIn } from './zip.ts';

/** Each file, such as `src/protocol/plan.ts`, with the files of `src` that it imports. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** The graph of the tree as it lies there. */
export function graphOfSources(root = ROOT): Graph {
  const names = filesIn(path.join(root, 'src')).map((name) => `src/${name}`);
  const sources = names.filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'));
  return graphOf(
    new Map(sources.map((name) => [name, readFileSync(path.join(root, name), 'utf8')])),
  );
}

/** The graph of files by name. What isn't among them, such as a package or a style sheet, is left out. */
export function graphOf(texts: ReadonlyMap<string, string>): Graph {
  const importsOf = (name: string, text: string): string[] => {
    const { importedFiles } = ts.preProcessFile(text, true, true);
    const found = importedFiles.map(({ fileName }) =>
      fileName.startsWith('.') ? path.posix.join(path.posix.dirname(name), fileName) : fileName,
    );
    return [...new Set(found)].filter((file) => texts.has(file));
  };
  return new Map([...texts].map(([name, text]) => [name, importsOf(name, text)]));
}

/**
 * Groups that import each other in a circle, each sorted: the strongly connected parts of a graph (Tarjan), those of
 * one member aside.
 */
export function cyclesIn(graph: Graph): string[][] {
  const order = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[][] = [];
  const visit = (name: string): number => {
    const own = order.size;
    order.set(name, own);
    open.push(name);
    let low = own;
    for (const next of graph.get(name) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (open.includes(next)) low = Math.min(low, order.get(next) ?? low);
    }
    if (low === own) {
      const part = open.splice(open.indexOf(name));
      if (part.length > 1) cycles.push(part.sort());
    }
    return low;
  };
  for (const name of graph.keys()) if (!order.has(name)) visit(name);
  return cycles;
}
