/**
 * L-LEAK in the browsers: after a whole journey the real secrets are hunted in every place where somebody who is not
 * meant to could find one (T-32, T-34). And the policy of our documents, tried from inside them (T-14, T-48).
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DOCUMENTS } from '../../src/shared/documents.ts';
import { reportBar } from '../support/bars.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { dumpDatabase } from '../support/database.ts';
import type { Stage, WebClient } from '../support/stage.ts';

/** The prompt closes itself where there is no question: it is read when it asks. */
const { consent: _, ...READABLE } = DOCUMENTS;

let stage: Stage;
let site: WebClient;
let other: WebClient;
/** Every secret that the servers gave out, and of which kind it is. */
const secrets = new Map<string, string>();
/** Addresses and referrers that the servers saw. */
const addresses: string[] = [];

beforeAll(async () => {
  listenToServers();
  stage = await openTestStage({ https: true });
  site = await stage.visit('siteA');
});
afterAll(async () => {
  vi.restoreAllMocks();
  await stage.close();
});

/** The servers run in this process: what they answer is heard here, and nothing in the product knows. */
function listenToServers(): void {
  const real = Reflect.get(ServerResponse.prototype, 'end') as (...args: unknown[]) => unknown;
  vi.spyOn(ServerResponse.prototype, 'end').mockImplementation(function (
    this: ServerResponse,
    ...args: unknown[]
  ) {
    addresses.push(`${this.req.url ?? ''} ${this.req.headers.referer ?? ''}`);
    noteAnswer(String(args[0] ?? ''), String(this.getHeader('location') ?? ''));
    return real.apply(this, args) as ServerResponse;
  });
}

function noteAnswer(body: string, location: string): void {
  for (const kind of ['access_token', 'refresh_token', 'client_secret']) {
    const [, secret] = new RegExp(`"${kind}":"([^"]{16,})"`).exec(body) ?? [];
    if (secret !== undefined) secrets.set(secret, kind);
  }
  const [, code] = /[?&]code=([\w-]{16,})/.exec(location) ?? [];
  if (code !== undefined) secrets.set(code, 'code');
}

/** The kinds of secrets that stand in a text, or in a file's bytes. */
function found(text: string | Buffer): string[] {
  const kinds = [...secrets].flatMap(([secret, kind]) => {
    const isThere =
      text.includes(secret) ||
      text.includes(encodeURIComponent(secret)) ||
      (typeof text !== 'string' && text.includes(Buffer.from(secret, 'utf16le')));
    return isThere ? [kind] : [];
  });
  return [...new Set(kinds)];
}

/** Text, attributes, name, history and storage of a document, as a script in it could read them. */
async function readDocument(file: string): Promise<string> {
  const page = await stage.browser.extensionPage(file);
  await page.waitForSelector('body *');
  const text = await page.evaluate(() =>
    JSON.stringify([
      document.documentElement.outerHTML,
      [window.name, history.state as unknown, location.href, document.referrer],
      [{ ...localStorage }, { ...sessionStorage }],
    ]),
  );
  await page.close();
  return text;
}

/** What the user may save or copy, as our documents get it. */
async function readExports(): Promise<string> {
  const page = await stage.browser.extensionPage(DOCUMENTS.settings);
  const text = await page.evaluate(async () => {
    const { chrome } = globalThis as unknown as {
      chrome: { runtime: { sendMessage(message: unknown): Promise<{ result: unknown }> } };
    };
    const ask = async (call: string, params: object) =>
      (await chrome.runtime.sendMessage({ door: 'extension', call, params })).result;
    const traces = (await ask('traces', {})) as { id: string }[];
    return JSON.stringify([
      await ask('exportSettings', {}),
      await ask('activity', { limit: 200 }),
      await Promise.all(traces.map(({ id }) => ask('trace', { id }))),
      await ask('grants', {}),
    ]);
  });
  await page.close();
  return text;
}

/** What lies on the toolbar button and in the extension's own storage areas. */
const readWorker = () =>
  stage.browser.evaluateInBackground(async ({ chrome }) => {
    const { storage } = chrome as Partial<typeof chrome>;
    const areas = storage && [storage.local, storage.sync, storage.session];
    const kept = await Promise.all((areas ?? []).map((area) => area.get(null)));
    const badge = [await chrome.action.getBadgeText({}), await chrome.action.getTitle({})];
    return JSON.stringify([kept, badge]);
  });

/** The folder of the running browser's profile. */
function profile(): string {
  const args = stage.browser.browser.process()?.spawnargs ?? [];
  const [named] = args.flatMap((one) => /^--user-data-dir=(.+)$/.exec(one)?.[1] ?? []);
  return named ?? args[args.findIndex((one) => /^--?profile$/.test(one)) + 1]!;
}

/** The files of the profile in which a secret stands. */
function findInProfile(): { files: number; hits: string[] } {
  const names = readdirSync(profile(), { recursive: true, encoding: 'utf8' });
  const files = names.map((name) => path.join(profile(), name)).filter(isReadable);
  const hits = files.flatMap((file) => {
    const kinds = found(readFileSync(file));
    return kinds.length > 0 ? [`${kinds.join()} in ${path.relative(profile(), file)}`] : [];
  });
  return { files: files.length, hits };
}

function isReadable(file: string): boolean {
  try {
    return statSync(file).isFile() && statSync(file).size < 50_000_000;
  } catch {
    // The browser has removed it meanwhile.
    return false;
  }
}

describe(inBrowser('the secrets of a whole journey'), () => {
  it('are nowhere but where they are used: twelve sinks (L-LEAK, T-32, T-34)', async () => {
    const tools = site.connect();
    await stage.answer('allow', 'allow');
    await stage.signIn();
    await tools;
    const call = site.call('add_note', { text: 'marked' });
    const prompt = await (await stage.browser.consentPrompt()).content();
    await stage.answer('allow', 'allow');
    await stage.signIn();
    expect(await call).toContain('marked');
    other = await stage.visit('siteB');
    const refused = await other.getToken({ interactive: false });
    const failed = await site.getToken({
      resource: 'https://mcp.test/not-there',
      interactive: false,
    });
    expect(new Set(secrets.values())).toEqual(
      new Set(['access_token', 'refresh_token', 'code', ...(hasSecret() ? ['client_secret'] : [])]),
    );
    const documents = await Promise.all(Object.values(READABLE).map(readDocument));
    const sinks = {
      console: stage.browser.faults.join('\n'),
      'storage areas and badge': await readWorker(),
      database: await dumpDatabase(stage.browser),
      documents: [prompt, ...documents].join('\n'),
      'events of the page': JSON.stringify(await site.events()),
      'events of another site': JSON.stringify(await other.events()),
      'answers to another site': JSON.stringify(refused),
      errors: JSON.stringify(failed),
      addresses: addresses.join('\n'),
      exports: await readExports(),
      'the page itself': await site.page.content(),
    };
    const hits = Object.entries(sinks).flatMap(([sink, text]) =>
      found(text).map((kind) => `${kind} in ${sink}`),
    );
    const { files, hits: onDisk } = findInProfile();
    const all = [...hits, ...onDisk];
    expect(all).toEqual([]);
    expect(files).toBeGreaterThan(10);
    const counted = { sinks: Object.keys(sinks).length + 1, secrets: secrets.size, files };
    reportBar(inBrowser('L-LEAK-BROWSER'), { ...counted, hits: all.length });
  });

  it('are found where one is planted, on the disk too: the hunt can see', async () => {
    const [secret = ''] = secrets.keys();
    await site.page.evaluate((planted) => {
      localStorage.setItem('planted', planted);
      document.body.append(planted);
    }, secret);
    expect(found(await site.page.content())).not.toEqual([]);
    await expect.poll(() => findInProfile().hits, { timeout: 20_000 }).not.toEqual([]);
  });
});

/** Whether the provider gave the client a secret at all. */
const hasSecret = () => [...secrets.values()].includes('client_secret');

describe(inBrowser('the policy of our documents'), () => {
  it('lets no document speak to a server, run text, or load what is not ours (T-14, T-48)', async () => {
    for (const file of Object.values(READABLE)) {
      const page = await stage.browser.extensionPage(file);
      const reached = await page.evaluate(async () => {
        const works = (task: () => Promise<unknown>) =>
          task().then(
            () => true,
            () => false,
          );
        const loads = (element: HTMLElement, source: string) =>
          new Promise<boolean>((resolve) => {
            element.onload = () => resolve(true);
            element.onerror = () => resolve(false);
            Object.assign(element, { src: source });
            document.head.append(element);
          });
        return {
          fetch: await works(() => fetch('https://mcp.test/')),
          image: await loads(new Image(), 'https://mcp.test/icon.png'),
          blob: await loads(new Image(), URL.createObjectURL(new Blob(['x']))),
        };
      });
      expect([file, reached]).toEqual([file, { fetch: false, image: false, blob: false }]);
      await page.close();
    }
  });
});
