import { request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_HOSTS, startLab, TLS_HOSTS, type Lab } from '../../demo/lab.ts';

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

describe('the lab over TLS', () => {
  let lab: Lab;
  beforeAll(async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'as.test' }]);
    lab = await startLab({ tls: { key, cert } });
  });
  afterAll(() => lab.close());

  /** What Chromium does with `--host-resolver-rules`: the public address, at our port. */
  const get = (url: string, method = 'GET') =>
    new Promise<Answer>((resolve, reject) => {
      const { host, pathname, search } = new URL(url);
      const options = {
        host: '127.0.0.1',
        port: lab.tlsPort,
        path: `${pathname}${search}`,
        method,
      };
      const trust = { servername: host, rejectUnauthorized: false, headers: { host } };
      request({ ...options, ...trust }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += String(chunk)));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      })
        .on('error', reject)
        .end();
    });

  it('has addresses without a port, on one socket of 127.0.0.1', () => {
    expect(lab.authorizationServer.issuer).toBe('https://as.test');
    expect(lab.mcpServer.url).toBe('https://mcp.test/mcp');
    expect([lab.siteA.origin, lab.siteB.origin]).toEqual([
      'https://client-a.test',
      'https://client-b.test',
    ]);
    expect(lab.addresses).toMatchObject([{ address: '127.0.0.1', port: lab.tlsPort }]);
  });

  it('names https endpoints of the same issuer', async () => {
    const { body } = await get('https://as.test/.well-known/oauth-authorization-server');
    expect(JSON.parse(body)).toMatchObject({
      issuer: 'https://as.test',
      token_endpoint: 'https://as.test/token',
    });
  });

  it('challenges with its public address', async () => {
    const { status, headers } = await get('https://mcp.test/mcp');
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toContain(
      'resource_metadata="https://mcp.test/.well-known/oauth-protected-resource/mcp"',
    );
  });

  it('gives each site its own name', async () => {
    const configs = await Promise.all(
      [lab.siteA, lab.siteB].map(({ origin }) => get(`${origin}/config.json`)),
    );
    expect(configs.map(({ body }) => (JSON.parse(body) as { name: string }).name)).toEqual([
      'Notebook',
      'Second site',
    ]);
  });

  it('serves no host but its own (421)', async () => {
    for (const host of ['evil.test', 'as.test:8443', `${TLS_HOSTS.mcpServer}.evil.test`]) {
      expect((await get(`https://${host}/`)).status).toBe(421);
    }
  });
});

describe('the lab that visitors meet', () => {
  let lab: Lab;
  beforeAll(async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'id.test' }]);
    lab = await startLab({ tls: { key, cert }, hosts: DEMO_HOSTS, moreServers: true });
  });
  afterAll(() => lab.close());

  it('has a name of its own for each server and site', () => {
    expect(lab.siteA.origin).toBe('https://notebook.test');
    expect(lab.siteB.origin).toBe('https://scratchpad.test');
    expect(lab.mcpServer.url).toBe('https://notes.test/mcp');
    expect(lab.authorizationServer.issuer).toBe('https://id.test');
    expect(lab.more?.closed.url).toBe('https://archive.test/mcp');
    expect(lab.more?.keyed.url).toBe('https://journal.test/mcp');
    expect(new Set(Object.values(DEMO_HOSTS)).size).toBe(6);
    expect(Object.values(DEMO_HOSTS).filter((host) => !/^[a-z]+\.test$/.test(host))).toEqual([]);
  });

  it('listens on one socket, of 127.0.0.1', () => {
    expect(lab.addresses).toMatchObject([{ address: '127.0.0.1', port: lab.tlsPort }]);
  });
});

describe('the lab over http', () => {
  it('has further servers only where they are asked for', async () => {
    const lab = await startLab({ moreServers: true });
    try {
      expect(lab.addresses.map(({ address }) => address)).toEqual(
        Array.from({ length: 6 }, () => '127.0.0.1'),
      );
      const { keyed, closed } = lab.more!;
      expect((await fetch(closed.url, { method: 'OPTIONS' })).status).toBe(405);
      const { origin } = new URL(keyed.url);
      const page = await fetch(`${origin}/key`);
      expect(await page.text()).toContain(keyed.key);
      expect(page.headers.get('access-control-allow-origin')).toBeNull();
      expect((await fetch(`${new URL(closed.url).origin}/key`)).status).toBe(404);
    } finally {
      await lab.close();
    }
  });

  it('closes every socket, held token answers or not', async () => {
    const lab = await startLab();
    lab.authorizationServer.holdTokenResponses();
    const pending = fetch(`${lab.authorizationServer.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'authorization_code' }),
    }).catch(() => undefined);
    await lab.close();
    await pending;
    await expect(fetch(lab.siteA.origin)).rejects.toThrow();
    await expect(fetch(lab.authorizationServer.issuer)).rejects.toThrow();
  });

  it('refuses a Host that is not the MCP server’s', async () => {
    const lab = await startLab();
    try {
      const { hostname, port } = new URL(lab.mcpServer.url);
      const { request: plain } = await import('node:http');
      const status = await new Promise((resolve) => {
        plain(
          { host: hostname, port, path: '/mcp', headers: { host: 'evil.test' } },
          (response) => {
            resolve(response.statusCode);
          },
        ).end();
      });
      expect(status).toBe(403);
    } finally {
      await lab.close();
    }
  });
});
