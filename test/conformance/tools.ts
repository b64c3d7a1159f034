/**
 * Installs what the conformance runs need beside the project's own dependencies: the official suite, which asks
 * for a newer Node than the project does, that Node, and the official v1 SDK. Locked by tools/package-lock.json.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/set-up.mjs';
import { installLocked } from '../support/locked-tools.ts';

/** The folder of the manifest and the lock. */
const TOOLS = path.join(ROOT, 'test', 'conformance', 'tools');

/** The oldest Node that the suite runs on: it imports `globSync` of `node:fs`. */
const LEAST_NODE = 22;

/** Where the tools are. */
export interface Tools {
  /** A Node that is new enough for the suite. */
  node: string;
  /** The suite's program. */
  suite: string;
  /** The official v1 SDK's folder. */
  sdk: string;
}

/**
 * The tools, installed by `npm ci` when this lock was not installed before.
 * @throws when npm fails, or when there is no Node for this system
 */
export function getTools(): Tools {
  const modules = installLocked(TOOLS, 'conformance');
  return {
    node: findNode(modules),
    suite: path.join(modules, '@modelcontextprotocol', 'conformance', 'dist', 'index.js'),
    sdk: path.join(modules, '@modelcontextprotocol', 'sdk'),
  };
}

function findNode(modules: string): string {
  if (Number(process.versions.node.split('.')[0]) >= LEAST_NODE) return process.execPath;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = path.join(modules, `node-${system}-${process.arch}`, 'bin', program);
  if (existsSync(node)) return node;
  throw new Error(
    `The official suite needs Node ${LEAST_NODE} or newer; none is packed for this system.`,
  );
}
