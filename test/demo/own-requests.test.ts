import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, describe, it, onTestFinished } from 'vitest';
import { countOwnRequests, isOAuthRequest } from '../../demo/web-client/own-requests.ts';

const ISSUER = 'https://id.test';

describe('the page’s own OAuth requests', () => {
  it.each([
    ['https://id.test/token', true],
    ['https://id.test/', true],
    ['https://notes.test/.well-known/oauth-protected-resource/mcp', true],
    ['https://notes.test/mcp', false],
    ['https://notebook.test/live.json', false],
    ['https://id.test.evil.test/token', false],
  ])('%s counts: %s', (url, counts) => {
    expect(isOAuthRequest(url, ISSUER)).toBe(counts);
  });

  it('are counted by the browser’s own notes, whatever has sent them', async () => {
    const server = createServer((_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const count = countOwnRequests(ISSUER);
    expect(count()).toBe(0);
    for (const path of ['/.well-known/openid-configuration', '/mcp', '/.well-known/x']) {
      await (await fetch(origin + path)).text();
    }
    await expect.poll(count).toBe(2);
    expect(count()).toBe(2);
  });
});
