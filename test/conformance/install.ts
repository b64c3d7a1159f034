/** Vitest's global set-up: the tools are installed before the first test, outside any test's time limit. */
import { getTools } from './tools.ts';

export default function install(): void {
  getTools();
}
