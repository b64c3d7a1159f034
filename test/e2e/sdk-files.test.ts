/** The page SDK as it is packed, in a page without a bundler: its files side by side (docs/decisions/0048). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, type Listener } from '../../demo/listen.ts';
import { PATIENCE_MS } from '../../drivers/driver.ts';
import { DIST } from '../../scripts/build.ts';
import { filesIn } from '../../scripts/zip.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage } from '../support/stage.ts';

const SDK = path.join(DIST, 'client');
const SCRIPTS = filesIn(SDK).filter((name) => name.endsWith('.js'));

const PAGE = `<!doctype html><title>a page without a bundler</title>
<script type="module">
  import { findBroker } from '/index.js';
  globalThis.found = findBroker({ timeout: ${PATIENCE_MS} }).then(
    (broker) => broker?.info.name ?? 'no broker',
    (error) => String(error),
  );
</script>`;

let stage: Stage;
let site: Listener;
const asked: string[] = [];

beforeAll(async () => {
  stage = await openTestStage();
  site = await listen((request, response) => {
    const name = (request.url ?? '/').slice(1);
    const isScript = SCRIPTS.includes(name);
    if (isScript) asked.push(name);
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? readFileSync(path.join(SDK, name)) : PAGE);
  });
});
afterAll(() => Promise.all([stage.close(), site.close()]));

describe(inBrowser('a page that serves the packed SDK as files'), () => {
  it('finds the broker, and has loaded each file once', async () => {
    const page = await stage.browser.page(`http://127.0.0.1:${site.address.port}/`);
    await page.waitForFunction(() => 'found' in globalThis);
    const found = await page.evaluate(() => (globalThis as unknown as { found: unknown }).found);
    expect(found).toBe('Grantkeeper');
    expect(asked.toSorted()).toEqual(SCRIPTS.toSorted());
  });
});
