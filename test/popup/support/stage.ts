/**
 * Shows the real documents in a real Chromium without the extension around them: built by Vite with a fake
 * `browser`, served from loopback under the manifest's own content security policy.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import puppeteer, { type Page } from 'puppeteer-core';
import { build } from 'vite';
import manifest from '../../../manifest.json' with { type: 'json' };
import { DOCUMENTS } from '../../../src/shared/documents.ts';
import { addressIn, type Look, type Shot } from './shots.ts';
import { getChromium } from '../../../scripts/browsers.mjs';

const root = path.resolve(import.meta.dirname, '../../..');
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** How tall a window is in which a screen is looked at; CSS pixels. */
export const WINDOW_HEIGHT = 640;

/** A running stage; `close` leaves nothing behind. */
export interface Stage {
  /** Opens a document; the address is its file's name with the query. `prepare` comes before it loads. */
  open: (address: string, prepare?: (page: Page) => Promise<unknown>) => Promise<Page>;
  /** What the pages complained about: errors, CSP violations. */
  complaints: string[];
  close: () => Promise<void>;
}

/** Opens a screen as it is to be looked at, and brings it into its state. */
export async function openShot(
  stage: Stage,
  shot: Shot,
  look: Look,
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Page> {
  const page = await stage.open(addressIn(shot.address, look.language), async (blank) => {
    await prepare?.(blank);
    await blank.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: look.scheme }]);
    await blank.setViewport({ width: look.width, height: WINDOW_HEIGHT });
  });
  await page.waitForSelector('main, .framed');
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
  await shot.act?.(page);
  // What was pressed last would stay in the colour of what the pointer is on.
  await page.mouse.move(0, 0);
  return page;
}

/** Builds, serves and starts the browser. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'grantkeeper-popup-'));
  await buildInto(folder);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://stage');
    readFile(path.join(folder, path.normalize(pathname))).then(
      (body) => {
        response.setHeader('content-type', TYPES[path.extname(pathname)] ?? 'text/plain');
        response.setHeader(
          'content-security-policy',
          manifest.content_security_policy.extension_pages,
        );
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const browser = await puppeteer.launch({
    executablePath: getChromium(),
    // Grey edges of letters: pictures with coloured ones are twice as large.
    args: ['--no-sandbox', '--disable-gpu', '--disable-lcd-text'],
  });
  const complaints: string[] = [];

  return {
    complaints,
    open: async (address, prepare) => {
      const page = await browser.newPage();
      page.on('console', (line) => {
        // A browser asks for an icon of its own accord.
        const icon = line.location().url?.endsWith('/favicon.ico') ?? false;
        if (line.type() === 'error' && !icon) complaints.push(`${address}: ${line.text()}`);
      });
      page.on('pageerror', (error) => complaints.push(`${address}: ${String(error)}`));
      await prepare?.(page);
      await page.goto(`http://127.0.0.1:${String(port)}/${pathOf(address)}`);
      return page;
    },
    close: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

/** `popup.html?scene=one` with its folders. */
function pathOf(address: string): string {
  const document = Object.values(DOCUMENTS).find((file) => address.startsWith(path.basename(file)));
  if (document === undefined) throw new Error(`No document of ours: ${address}`);
  return document + address.slice(path.basename(document).length);
}

async function buildInto(folder: string): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    resolve: {
      alias: {
        'webextension-polyfill': path.join(root, 'test/popup/support/fake-browser.ts'),
      },
    },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: false,
      rollupOptions: {
        input: Object.values(DOCUMENTS).map((file) => path.join(root, file)),
      },
    },
  });
}
