/**
 * What the tests of a file are called, and which of them assert nothing. A title is half a sentence whose subject
 * stands in `describe`; outside a runner it is quoted with it, as `describe › it`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from './set-up.mjs';

/** Between subject and test. */
export const UNDER = ' › ';

/** One test as the source has it; a case of a table stands as `%s` or `$name`. */
export interface TestCall {
  /** With its subject. */
  title: string;
  /** What the test itself does and what it calls in its file: false when no part of it asserts anything. */
  asserts: boolean;
  line: number;
}

/** Files with tests, below test/. */
export function testFiles(): string[] {
  return readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
}

/** The tests of a file below test/; none when there is no such file. */
export function testsIn(file: string): TestCall[] {
  const known = read.get(file);
  if (known) return known;
  const full = path.join(ROOT, 'test', file);
  const tests = existsSync(full) ? testsOf(readFileSync(full, 'utf8'), file) : [];
  read.set(file, tests);
  return tests;
}

const read = new Map<string, TestCall[]>();

/** The tests of a file's text; its name says whether there may be JSX in it. */
export function testsOf(text: string, name = 'a.test.ts'): TestCall[] {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const asserting = assertingFunctions(source);
  const found: TestCall[] = [];
  const visit = (node: ts.Node, subjects: readonly string[]): void => {
    const call = ts.isCallExpression(node) ? calledTest(node) : undefined;
    if (call?.word === 'it') {
      const asserts = isAsserting(call.body, asserting);
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ title: [...subjects, call.title].join(UNDER), asserts, line: line + 1 });
      return;
    }
    const below = call ? [...subjects, call.title] : subjects;
    ts.forEachChild(node, (child) => {
      visit(child, below);
    });
  };
  visit(source, []);
  return found;
}

/** `it(…)`, `it.each(…)(…)`, `describe.skipIf(…)(…)` and the like. */
function calledTest(call: ts.CallExpression) {
  let callee: ts.Expression = call.expression;
  while (ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)) {
    callee = callee.expression;
  }
  if (!ts.isIdentifier(callee)) return undefined;
  const word = callee.text;
  const [named, ...rest] = call.arguments;
  const title = named && textOf(named);
  const body = rest.find((one) => ts.isFunctionLike(one) || ts.isIdentifier(one));
  if ((word !== 'it' && word !== 'describe') || title === undefined || !body) return undefined;
  return { word, title, body };
}

/** The words of a title; of `inBrowser('a page')` those that it begins with. */
function textOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return node.getText().slice(1, -1);
  const [words] = ts.isCallExpression(node) ? node.arguments : [];
  return words && textOf(words);
}

/** What asserts wherever it is called: vitest's own, and properties, which fail by throwing. */
const ASSERTING = new Set(['expect', 'assert', 'fail']);

/** Names of the file's functions that assert something, directly or through one another. */
function assertingFunctions(source: ts.SourceFile): Set<string> {
  const bodies = new Map<string, ts.Node>();
  const collect = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) && node.name) bodies.set(node.name.text, node);
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      bodies.set(node.name.text, node.initializer);
    }
    if (ts.isImportSpecifier(node) && /^expect|^check/i.test(node.name.text)) {
      bodies.set(node.name.text, node.name);
    }
    ts.forEachChild(node, collect);
  };
  collect(source);
  const known = new Set(ASSERTING);
  // Once for each function is enough: every round but the last finds one more that calls an asserting one.
  for (const _ of bodies) {
    for (const [name, body] of bodies) if (isAsserting(body, known)) known.add(name);
  }
  return known;
}

/** True when somewhere in it a name is used that asserts. */
function isAsserting(node: ts.Node, known: ReadonlySet<string>): boolean {
  if (ts.isIdentifier(node) && known.has(node.text)) return true;
  return ts.forEachChild(node, (child) => isAsserting(child, known) || undefined) === true;
}
