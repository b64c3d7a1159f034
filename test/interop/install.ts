/** Vitest's global set-up: the servers of others are installed before the first test, outside any test's time limit. */
import { getTools } from '../conformance/tools.ts';
import { getServers } from './tools.ts';

export default function install(): void {
  getTools();
  getServers();
}
