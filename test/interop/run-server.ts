/** The process of one server: starts it, and does what the test asks. Ends when the test does. */
import { pathToFileURL } from 'node:url';
import type { Order, Report, Running, ServerFile } from './server.ts';

/** Longer than any access token here lives; milliseconds. */
const TWO_HOURS = 2 * 60 * 60 * 1000;

/** Of clock.mjs, which is preloaded. */
declare function letTimePass(milliseconds: number): void;

const tell = (report: Report): void => void process.send?.(report);
const fail = (error: unknown): void =>
  tell({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });

async function run(file: string): Promise<void> {
  const { start } = (await import(pathToFileURL(file).href)) as ServerFile;
  const server = await start();
  process.on('message', (order: Order) => void obey(server, order).catch(fail));
  process.on('disconnect', () => void server.close().finally(() => process.exit()));
  tell({ mcpUrl: server.mcpUrl });
}

async function obey(server: Running, order: Order): Promise<void> {
  if (order === 'close') await server.close();
  else if (server.expireTokens) await server.expireTokens();
  else letTimePass(TWO_HOURS);
  tell({ done: order });
}

process.on('uncaughtException', fail);
run(process.argv[2] ?? '').catch(fail);
