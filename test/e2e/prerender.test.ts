/** A page that the browser loads before the user goes there (speculation rules): it finds its broker once it is shown. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, type Listener } from '../../demo/listen.ts';
import { bundle } from '../../demo/web-client/bundle.ts';
import { PATIENCE_MS } from '../../drivers/driver.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { leaveFor } from '../support/history.ts';
import type { Stage } from '../support/stage.ts';

let stage: Stage;
let server: Listener;
/** What the server was told by the page that looks for its broker: whether it was prerendered then. */
const looked: string[] = [];

beforeAll(async () => {
  stage = await openTestStage();
  const files = await bundle();
  server = await listen((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site.invalid');
    if (pathname === '/looked') looked.push(searchParams.get('prerendering') ?? '');
    const html = { '/': FIRST, '/next': `${String(files.get('bare.html'))}${NEXT}` }[pathname];
    const isScript = pathname.endsWith('.js');
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(html ?? files.get(pathname.slice(1)) ?? '');
  });
});
afterAll(() => Promise.all([stage.close(), server.close()]));

const FIRST = `<!doctype html><title>The first page</title>
<script type="speculationrules">{"prerender":[{"urls":["/next"],"eagerness":"immediate"}]}</script>`;

/** Looks for the broker as soon as it runs, as the README's example does, and says how that ended. */
const NEXT = `<script type="module">
  await fetch('/looked?prerendering=' + (document.prerendering === true));
  globalThis.found = grantkeeper.findBroker({ timeout: ${PATIENCE_MS} }).then(
    (broker) => broker?.info.name ?? 'no broker',
    (error) => error.code,
  );
</script>`;

describe(inBrowser('a page that is prerendered'), () => {
  it('finds its broker once the user is there (W4)', async () => {
    const origin = `http://127.0.0.1:${server.address.port}`;
    const page = await stage.browser.page(`${origin}/`);
    const { prerenders } = stage.browser.ways;
    if (prerenders) await expect.poll(() => looked, { timeout: PATIENCE_MS }).toEqual(['true']);
    await leaveFor(page, `${origin}/next`);
    await page.waitForFunction(() => 'found' in globalThis);
    const found = await page.evaluate(() => (globalThis as unknown as { found: unknown }).found);
    expect(found).toBe('Grantkeeper');
    expect(looked).toEqual([String(prerenders)]);
  });
});
