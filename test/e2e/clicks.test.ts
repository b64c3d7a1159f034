/** How many clicks each task takes: the table of docs/user-guide.md, counted in the packaged extension. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countClicks } from '../../drivers/clicks.ts';
import { DOCUMENTS } from '../../src/shared/documents.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';

const GUIDE = path.resolve(import.meta.dirname, '../../docs/user-guide.md');

/** What the guide promises for a task: clicks in Grantkeeper, and questions of the browser itself. */
function promised(task: string): { own: number; native: number } {
  const row = readFileSync(GUIDE, 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`| ${task} |`));
  const [own, native] = (row?.match(/\| \d+ /g) ?? []).map((cell) => Number(cell.slice(2)));
  if (own === undefined || native === undefined) throw new Error(`Not in the guide: ${task}`);
  return { own, native };
}

let stage: Stage;
let site: WebClient;
let clicks: () => number;

async function open(): Promise<void> {
  stage = await openTestStage({ https: true });
  ({ browser: stage.browser, clicks } = countClicks(stage.browser));
}

/** Each host that the browser lets the extension contact. */
const held = () =>
  stage.browser.evaluateInBackground(
    async (background) => (await background.chrome.permissions.getAll()).origins?.length ?? 0,
  );

/** What a task took. One question of the browser's is one change of what it lets the extension contact. */
async function taken(task: () => Promise<unknown>): Promise<{ own: number; native: number }> {
  const [own, hosts] = [clicks(), await held()];
  await task();
  return { own: clicks() - own, native: Number((await held()) > hosts) };
}

const allowed = async (client: WebClient, scope: string) => {
  const call = client.getToken({ scopes: [scope] });
  await stage.approve();
  expect(await call).toHaveProperty('token');
};

const openPopup = async () => {
  const popup = await stage.browser.actionPopup(site.page);
  await popup.waitForSelector('main[aria-busy="false"]');
  return popup;
};

describe(inBrowser('clicks of a first connection'), () => {
  beforeAll(async () => {
    await open();
    site = await stage.visit('siteA');
  });
  afterAll(() => stage.close());

  it('are one, and one at the browser’s own question where it has one (Z13)', async () => {
    const { holdsHostAccessFromStart } = stage.browser.ways;
    const task = 'Connect a site to a server for the first time';
    const all = 'The same, once your browser lets Grantkeeper contact all servers';
    expect(await taken(() => allowed(site, 'notes:read'))).toEqual(
      promised(holdsHostAccessFromStart ? all : task),
    );
  });

  it('are one for a step-up (Z45)', async () => {
    const counted = await taken(async () => {
      const call = site.getToken({ scopes: ['notes:write'] });
      await stage.answer('allow', 'allow');
      await stage.signIn();
      await call;
    });
    expect(counted).toEqual(promised('Let a site do more'));
  });

  it('are one for a second site at the same server (Z1)', async () => {
    const other = await stage.visit('siteB');
    const counted = await taken(() => allowed(other, 'notes:read'));
    expect(counted).toEqual(promised('Connect a second site to the same server'));
    await other.page.close();
  });

  it('are three to remove a permission (Z23)', async () => {
    const counted = await taken(async () => {
      const popup = await openPopup();
      await popup.click('.remove[aria-label*="notes:write"]');
      await popup.waitForSelector('.confirm');
      await popup.click('.confirm');
      await popup.waitForSelector('.scope-outcome[data-outcome="narrowed"]');
      await popup.close();
    });
    expect(counted).toEqual(promised('Remove a permission'));
  });

  it('are three to disconnect a site (Z21)', async () => {
    const row = `[data-grant="${stage.lab.siteA.origin} ${stage.lab.mcpServer.url}"]`;
    const counted = await taken(async () => {
      const popup = await openPopup();
      await popup.click(`${row} .disconnect`);
      await popup.waitForSelector(`${row} .confirm`);
      await popup.click(`${row} .confirm`);
      await popup.waitForSelector(`${row} .outcome`);
      await popup.close();
    });
    expect(counted).toEqual(promised('Disconnect a site'));
  });
});

describe(inBrowser('clicks once all servers are allowed'), () => {
  beforeAll(async () => {
    await open();
    await stage.browser.preApproveHostAccess(['https://*/*']);
    const settings = await stage.browser.extensionPage(DOCUMENTS.settings);
    await settings.waitForSelector('#host-list, #allow-all');
    if (await settings.$('#allow-all')) await settings.click('#allow-all');
    await settings.waitForSelector('[data-host="https://*/*"]');
    await settings.close();
    site = await stage.visit('siteA');
  });
  afterAll(() => stage.close());

  it('are one, and the browser asks nothing (Z13)', async () => {
    expect(await taken(() => allowed(site, 'notes:read'))).toEqual(
      promised('The same, once your browser lets Grantkeeper contact all servers'),
    );
  });

  it('are one to see why a connection failed, wherever its window is', async () => {
    stage.lab.authorizationServer.twistResponses((response) => response.delete('iss'));
    const other = await stage.visit('siteB');
    // It is answered once the window is closed, which here is never.
    other.getToken({ scopes: ['notes:read'] }).catch(() => undefined);
    await stage.answer('allow', 'allow');
    await stage.signIn();
    const failed = await stage.browser.consentPrompt();
    await failed.waitForSelector('#failure');
    const counted = await taken(async () => {
      const popup = await openPopup();
      const why = await popup.waitForSelector('#pending .why');
      expect(await why?.evaluate((line) => line.textContent)).toContain('sign-in provider');
      await popup.close();
    });
    expect(counted).toEqual(promised('See why a connection failed'));
  });

  it('made the extension log nothing and fail nowhere (T-32)', () => {
    expect(stage.browser.faults).toEqual([]);
  });
});
