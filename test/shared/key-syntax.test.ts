/** What can be a key of the user's for one server, and what looks like somebody else's (Z37). */
import { describe, expect, it } from 'vitest';
import { findKeyFault, hasKeyInAddress } from '../../src/shared/facts/key-syntax.ts';
import { MAX_KEY_LENGTH } from '../../src/shared/facts/limits.ts';

const SERVER = 'https://mcp.example.org/mcp';
const faultOf = (value: string, header = 'X-API-Key', resource = SERVER) =>
  findKeyFault({ header, value }, resource);

describe('a key', () => {
  it.each(['abc', 'Bearer abc', 'Basic dXNlcjpwYXNz', 'a.b-c_d~e+f/g=', '{"k":"v"}'])(
    'may be %s (Z37)',
    (value) => {
      expect(faultOf(value)).toBeUndefined();
    },
  );

  it.each([
    ['', 'missing'],
    ['a\r\nHost: evil', 'letters'],
    ['a\nb', 'letters'],
    ['a\tb', 'letters'],
    ['schlüssel', 'letters'],
    ['a  b', 'letters'],
    [' a', 'letters'],
    ['a ', 'letters'],
    ['a\u0000', 'letters'],
    ['x'.repeat(MAX_KEY_LENGTH + 1), 'letters'],
    ['https://mcp.example.org/?key=abc', 'address'],
    ['HTTP://mcp.example.org', 'address'],
  ])('may not be %j (Z37)', (value, fault) => {
    expect(faultOf(value)).toBe(fault);
  });

  it.each(['Cookie', 'Host', 'Origin', 'Referer', 'Sec-Fetch-Site', 'Proxy-Authorization', 'TE'])(
    'is not sent as %s (Z37)',
    (header) => {
      expect(faultOf('abc', header)).toBe('header');
    },
  );

  it.each(['Content-Type', 'Mcp-Session-Id', 'Accept', 'Forwarded', 'X-Forwarded-For', '', 'a b'])(
    'is not sent as "%s" either (Z37)',
    (header) => {
      expect(faultOf('abc', header)).toBe('header');
    },
  );

  it('goes over http to this computer only (Z3, Z37)', () => {
    expect(faultOf('abc', 'X-Key', 'http://mcp.example.org/mcp')).toBe('insecure');
    expect(faultOf('abc', 'X-Key', 'http://127.0.0.1:3000/mcp')).toBeUndefined();
    expect(faultOf('abc', 'X-Key', 'http://127.0.0.1.example.org/mcp')).toBe('insecure');
  });
});

describe('a key that looks like another company’s', () => {
  it.each([
    'ghp_abcdef',
    'github_pat_11A',
    'glpat-abc',
    'xoxb-1-2',
    'xoxp-1',
    'sk-abc',
    'sk-ant-abc',
    'sk_live_abc',
    'AKIAIOSFODNN7EXAMPLE',
    'ya29.abc',
    'AIzaSyA',
    'npm_abc',
    'hf_abc',
  ])('such as %s needs a second word, with a scheme before it too (Z37)', (value) => {
    expect(faultOf(value)).toBe('foreign');
    expect(faultOf(`Bearer ${value}`, 'Authorization')).toBe('foreign');
    const confirmed = { header: 'X-Key', value, confirmed: true as const };
    expect(findKeyFault(confirmed, SERVER)).toBeUndefined();
  });

  it.each([
    ['ghp_abcdef', 'https://api.githubcopilot.com/mcp/'],
    ['ghp_abcdef', 'https://github.com/mcp'],
    ['xoxb-1', 'https://mcp.slack.com/'],
    ['sk-ant-abc', 'https://api.anthropic.com/mcp'],
  ])('%s is at home at %s (Z37)', (value, server) => {
    expect(faultOf(value, 'X-Key', server)).toBeUndefined();
  });

  it.each(['https://github.com.evil.example/mcp', 'https://notgithub.com/mcp'])(
    'is not at home at %s, which only begins or ends like it (Z37)',
    (server) => {
      expect(faultOf('ghp_abcdef', 'X-Key', server)).toBe('foreign');
    },
  );
});

describe('an address', () => {
  it.each([
    'https://mcp.example.org/mcp?api_key=0123456789',
    'https://mcp.example.org/mcp?apiKey=0123456789',
    'https://mcp.example.org/mcp?token=0123456789',
    'https://mcp.example.org/mcp?x=1&access-token=0123456789',
    'https://mcp.example.org/mcp?q=ghp_0123456789',
    'https://user:pass@mcp.example.org/mcp',
  ])('%s has a key in it (Z37)', (address) => {
    expect(hasKeyInAddress(address)).toBe(true);
  });

  it.each([
    'https://mcp.example.org/mcp',
    'https://mcp.example.org/mcp?workspace=a-long-name-of-a-team',
    'https://mcp.example.org/mcp?key=abc',
    'https://mcp.example.org/mcp?monkey=0123456789',
  ])('%s has none (Z37)', (address) => {
    expect(hasKeyInAddress(address)).toBe(false);
  });
});
