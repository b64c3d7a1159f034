/** A carried request reaches the granted resource and what lies below it, whatever way the address is written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { urlUnder } from '../../src/protocol/carried-url.ts';

const MCP = 'https://mcp.example/mcp';

describe('the address of a carried request (Z29)', () => {
  it.each([
    ['https://mcp.example/mcp', 'https://mcp.example/mcp'],
    ['https://mcp.example/mcp/', 'https://mcp.example/mcp/'],
    ['https://mcp.example/mcp/x', 'https://mcp.example/mcp/x'],
    ['https://mcp.example/mcp?session=1', 'https://mcp.example/mcp?session=1'],
    ['https://mcp.example/mcp#part', 'https://mcp.example/mcp'],
    ['HTTPS://MCP.EXAMPLE:443/mcp', 'https://mcp.example/mcp'],
    ['https://mcp.example/x/../mcp', 'https://mcp.example/mcp'],
    ['https://mcp.example/%2e/mcp', 'https://mcp.example/mcp'],
    ['https://mcp.example\\mcp\\x', 'https://mcp.example/mcp/x'],
    ['https://mcp.example/m\tcp', 'https://mcp.example/mcp'],
    ['https://mcp.example/mcp/a;b', 'https://mcp.example/mcp/a;b'],
    ['https://mcp.example/mcp/%41', 'https://mcp.example/mcp/%41'],
  ])('is what it means: %j goes to %j', (text, sent) => {
    expect(urlUnder(text, MCP)?.href).toBe(sent);
  });

  it.each([
    'https://mcp.example/mcp-evil',
    'https://mcp.example/mcp;x',
    'https://mcp.example/mcpx',
    'https://mcp.example/MCP',
    'https://mcp.example/',
    'https://mcp.example/mcp/../x',
    'https://mcp.example/mcp/%2e%2e/x',
    'https://mcp.example/mcp/.%2E/x',
    'https://mcp.example/mcp\\..\\x',
    'https://mcp.example/mcp/..;/x',
    'https://mcp.example/mcp/.;/x',
    'https://mcp.example/mcp/..%3b/x',
    'https://mcp.example/mcp/%2f../x',
    'https://mcp.example/mcp/..%2fx',
    'https://mcp.example/mcp/%5c..%5cx',
    'https://mcp.example/mcp/%252e/../../x',
    'https://mcp.example/mcp/a%2eb',
    'https://mcp.example/mcp/%00',
    'https://user@mcp.example/mcp',
    'https://:pass@mcp.example/mcp',
    'https://@mcp.example/mcp',
    'https://mcp.example:8443/mcp',
    'http://mcp.example/mcp',
    'https://mcp.example.evil/mcp',
    'https://mcp.example@evil.example/mcp',
    'https://mcp.example./mcp',
    'blob:https://mcp.example/mcp',
    'data:,https://mcp.example/mcp',
    '//mcp.example/mcp',
    'not a url',
    '',
  ])('is refused as %j', (text) => {
    expect(urlUnder(text, MCP)).toBeUndefined();
  });

  it('is anything at the host where the whole host was granted', () => {
    expect(urlUnder('https://mcp.example/a/b?c', 'https://mcp.example')?.href).toBe(
      'https://mcp.example/a/b?c',
    );
    expect(urlUnder('https://mcp.example/a/..;/b', 'https://mcp.example')).toBeUndefined();
  });

  it('keeps the query by which the resource is told apart', () => {
    const tenant = 'https://mcp.example/mcp?tenant=1';
    expect(urlUnder('https://mcp.example/mcp?tenant=1', tenant)).toBeDefined();
    expect(urlUnder('https://mcp.example/mcp?tenant=2', tenant)).toBeUndefined();
    expect(urlUnder('https://mcp.example/mcp', tenant)).toBeUndefined();
  });

  it.each(['/.mcp/.', '/.mcp/..', '/.x//../..'])(
    'leaves no dots to the server, whatever a parser makes of %s: that of Node 20 leaves them',
    (end) => {
      const { pathname } = urlUnder(`${MCP}${end}`, MCP) ?? { pathname: '' };
      expect(pathname.split('/')).not.toContain('.');
      expect(pathname.split('/')).not.toContain('..');
    },
  );

  it('has the origin and the path of the resource at its front, for whatever is written', () => {
    const pieces = fc.constantFrom(
      ...['mcp', 'x', '/', '\\', '.', '..', ';', '%2e', '%2F', '?', '#', '@', ':', 'evil.example'],
      ...['https://', 'mcp.example', '\t', ' ', '%00', '%5C'],
    );
    const written = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
    const forms = fc.oneof(
      written,
      written.map((end) => `${MCP}/${end}`),
    );
    fc.assert(
      fc.property(forms, (text) => {
        const url = urlUnder(text, MCP);
        if (!url) return;
        expect(url.origin).toBe('https://mcp.example');
        expect(`${url.pathname}/`.startsWith('/mcp/')).toBe(true);
        expect(decodeURIComponent(url.pathname)).not.toMatch(/(^|\/)\.\.?(;|\/|$)|\\/);
      }),
      { numRuns: 5000 },
    );
  });
});
