/**
 * Which members of the page SDK may be renamed when its package is built: those that only its own files know. A name
 * that a browser, the contract with the broker or a page knows keeps its spelling, wherever it stands.
 */
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from './set-up.mjs';

const SRC = path.join(ROOT, 'src') + path.sep;
/** Files whose members are nobody else's. The platform's file is in the same room, and its names are the browser's. */
const OWN = /^(?:client.(?!platform\.ts$)|shared.facts.retry\.ts$)/;

/** The names, for a program whose root file is the SDK's entry. */
export function internalMembers(program: ts.Program): string[] {
  const entry = program.getSourceFile(program.getRootFileNames()[0]!)!;
  const files = program.getSourceFiles();
  const isOwn = ({ fileName }: ts.SourceFile): boolean => {
    const file = path.normalize(fileName);
    return file.startsWith(SRC) && OWN.test(file.slice(SRC.length));
  };
  const taken = new Set([
    ...files.filter((file) => !isOwn(file)).flatMap(membersOf),
    ...published(program, entry).flatMap(declaredIn),
  ]);
  return [...new Set(files.filter(isOwn).flatMap(membersOf))].filter((name) => !taken.has(name));
}

/** What the entry exports, as it is declared. */
function published(program: ts.Program, entry: ts.SourceFile): ts.Node[] {
  const checker = program.getTypeChecker();
  return checker.getExportsOfModule(checker.getSymbolAtLocation(entry)!).flatMap((symbol) => {
    const isAlias = symbol.flags & ts.SymbolFlags.Alias;
    return (isAlias ? checker.getAliasedSymbol(symbol) : symbol).declarations ?? [];
  });
}

/** Every member that is named within a node, but for what a function does. */
function declaredIn(node: ts.Node): string[] {
  return ts.isFunctionDeclaration(node) ? node.parameters.flatMap(membersOf) : membersOf(node);
}

/** Every member that is named within a node. */
function membersOf(node: ts.Node): string[] {
  const { name } = node as { name?: ts.Node };
  const isMember =
    ts.isClassElement(node) || ts.isTypeElement(node) || ts.isObjectLiteralElement(node);
  const own = isMember && name && ts.isIdentifier(name) ? [name.text] : [];
  const nested: string[] = [];
  ts.forEachChild(node, (child) => void nested.push(...membersOf(child)));
  return [...own, ...nested];
}
