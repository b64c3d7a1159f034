/** Finds the files of the servers, and runs each in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { getTools } from '../conformance/tools.ts';
import type { About, Order, Particulars, Report, ServerFile } from './server.ts';

const HERE = import.meta.dirname;

/** The folder with one file for each server. */
const SERVERS = path.join(HERE, 'servers');

/** How long a server may take to start, or to do what it is told; milliseconds. The machine may be busy. */
const PATIENCE_MS = 30_000;

/** Nothing that runs here tells anybody anything. */
const QUIET = {
  DO_NOT_TRACK: '1',
  BETTER_AUTH_TELEMETRY: '0',
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  NO_UPDATE_NOTIFIER: '1',
};

/** A server in its process. */
export interface StartedServer {
  mcpUrl: string;
  expireTokens(): Promise<void>;
  close(): Promise<void>;
}

/** A server that there is a file for. */
export interface FoundServer {
  file: string;
  about: About;
  particulars: Particulars;
}

/** Every server that there is a file for. */
export async function findServers(): Promise<FoundServer[]> {
  const files = readdirSync(SERVERS).filter((name) => name.endsWith('.ts'));
  return Promise.all(
    files.sort().map(async (name) => {
      const file = path.join(SERVERS, name);
      const { about, particulars = {} } = (await import(pathToFileURL(file).href)) as ServerFile;
      return { file, about, particulars };
    }),
  );
}

/** Starts the server of a file. */
export async function startServer(file: string): Promise<StartedServer> {
  const preloaded = [
    path.join(HERE, '..', 'conformance', 'loopback.mjs'),
    path.join(HERE, 'clock.mjs'),
  ];
  const imports = [import.meta.resolve('tsx'), ...preloaded.map((one) => pathToFileURL(one).href)];
  const child = spawn(
    getTools().node,
    [...imports.flatMap((one) => ['--import', one]), path.join(HERE, 'run-server.ts'), file],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, ...QUIET } },
  );
  const report = await next(child, path.basename(file));
  if (!('mcpUrl' in report)) throw new Error(`${path.basename(file)} does not say where it is`);
  const order = async (one: Order): Promise<void> => {
    const done = next(child, path.basename(file));
    child.send(one);
    await done;
  };
  return {
    mcpUrl: report.mcpUrl,
    expireTokens: () => order('expire'),
    close: () => end(child),
  };
}

/** The next report. */
async function next(child: ChildProcess, name: string): Promise<Report> {
  const listeners = new AbortController();
  try {
    return await new Promise<Report>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${name} does not answer`)), PATIENCE_MS);
      const ended = (code: number | null) => reject(new Error(`${name} ended: ${code}`));
      const told = (report: Report) =>
        'error' in report ? reject(new Error(`${name}: ${report.error}`)) : resolve(report);
      child.once('exit', ended).once('message', told);
      listeners.signal.addEventListener('abort', () => {
        clearTimeout(late);
        child.off('exit', ended).off('message', told);
      });
    });
  } finally {
    listeners.abort();
  }
}

/** It ends by itself once nobody listens to it; workerd, its child, has to be ended by it. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  child.disconnect();
  await gone;
  clearTimeout(late);
}
