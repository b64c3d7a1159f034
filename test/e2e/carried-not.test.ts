/** A browser in which bytes don't pass to the background as they are: the page sends its requests itself, as before. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../support/carried-page.ts';
import { unpack } from '../support/packaged.ts';
import { inBrowser, openTestStage, TARGET } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let site: WebClient;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'grantkeeper-patched-'));
  cpSync(unpack(TARGET), folder, { recursive: true });
  const file = path.join(folder, 'manifest.json');
  const { message_serialization: _, ...manifest } = JSON.parse(
    readFileSync(file, 'utf8'),
  ) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify(manifest));
  stage = await openTestStage({ extension: folder });
  site = await stage.visit('siteA');
});
afterAll(async () => {
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the page is told about how its requests go. */
const isCarried = () =>
  site.page.evaluate(async (resource) => {
    const { broker } = (globalThis as unknown as Globals).sdk;
    return (await broker.permission(resource)).carried;
  }, stage.lab.mcpServer.url);

interface Globals {
  sdk: { broker: { permission(resource: string): Promise<{ carried: boolean }> } };
}

describe(inBrowser('an extension without structured clone on its ports'), () => {
  it('leaves requests to the page, with a token, and says so; Firefox’s relay needs no such key (Z26)', async () => {
    const tools = site.connect();
    await stage.approve();
    expect(await tools).toContain('read_notes');
    expect(await isCarried()).toBe(TARGET === 'firefox');
    const mark = stage.lab.ledger.mark();
    // Only what a page sends itself has a preflight, and a header that it never sent needs a new one.
    const headers = { 'mcp-param-new': '1' };
    expect((await send(site.page, stage.lab.mcpServer.url, { headers })).status).toBe(200);
    const { entries } = stage.lab.ledger.since(mark);
    expect(entries.some(({ method }) => method === 'OPTIONS')).toBe(TARGET === 'chrome');
    expect(stage.browser.faults).toEqual([]);
  });
});
