/** Which `Origin` our own requests carry, as rules that the browser is given (Z14). */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { httpWithOrigin, installOriginRule } from '../../../src/background/browser/origin-rule.ts';

interface Rule {
  id: number;
  priority?: number;
  condition: { initiatorDomains: string[]; urlFilter?: string };
  action: { requestHeaders: { header: string; operation: string; value?: string }[] };
}

/** The session rules that the browser holds. */
const rules = vi.hoisted(() => new Map<number, Rule>());

vi.mock('webextension-polyfill', () => ({
  default: {
    runtime: { getURL: () => 'chrome-extension://abcdefgh/' },
    declarativeNetRequest: {
      getSessionRules: () => Promise.resolve([...rules.values()]),
      updateSessionRules: ({
        addRules = [],
        removeRuleIds = [],
      }: {
        addRules?: Rule[];
        removeRuleIds?: number[];
      }) => {
        removeRuleIds.forEach((id) => rules.delete(id));
        if (addRules.some(({ id }) => rules.has(id))) return Promise.reject(new Error('taken'));
        addRules.forEach((rule) => rules.set(rule.id, rule));
        return Promise.resolve();
      },
    },
  },
}));

/** The rules that were there while each request was sent. */
let during: Rule[][];
beforeEach(() => {
  rules.clear();
  during = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => {
    during.push([...rules.values()]);
    return Promise.resolve(new Response('{}'));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const LIMITS = { bytes: 1000, milliseconds: 1000 };
const PROBE = { method: 'POST', headers: { origin: 'https://site.example' } };

it('takes our own origin off, and clears what a former worker left for one request (Z14)', async () => {
  await installOriginRule();
  rules.set(2, { ...rules.get(1)!, id: 2 });
  rules.set(1007, { ...rules.get(1)!, id: 1007, priority: 2 });
  await installOriginRule();
  expect([...rules.keys()].sort()).toEqual([1, 2]);
  expect(rules.get(1)).toMatchObject({
    condition: { initiatorDomains: ['abcdefgh'] },
    action: { requestHeaders: [{ header: 'origin', operation: 'remove' }] },
  });
});

it('gives a request the origin of its site, towards that one server and while it is out (Z14, T-27)', async () => {
  await installOriginRule();
  await httpWithOrigin('http://127.0.0.1:8080/mcp?x=*', PROBE, LIMITS);
  const [[, rule] = []] = during;
  expect(rule).toMatchObject({
    priority: 2,
    condition: { initiatorDomains: ['abcdefgh'], urlFilter: '|http://127.0.0.1:8080/' },
    action: {
      requestHeaders: [{ header: 'origin', operation: 'set', value: 'https://site.example' }],
    },
  });
  expect([...rules.keys()]).toEqual([1]);
});

it('sends two at once under a rule each, and takes the rule away when nothing comes back (Z14)', async () => {
  await installOriginRule();
  vi.mocked(fetch).mockImplementation(() => {
    during.push([...rules.values()]);
    return Promise.reject(new TypeError('refused'));
  });
  const sites = ['https://one.example', 'https://two.example'];
  await Promise.allSettled(
    sites.map((origin) =>
      httpWithOrigin('https://mcp.example/', { ...PROBE, headers: { origin } }, LIMITS),
    ),
  );
  expect(new Set(during.flat().map(({ id }) => id)).size).toBe(3);
  expect([...rules.keys()]).toEqual([1]);
});

it('sends nothing when the rule is refused: a service must not take us for nobody (Z14, T-27)', async () => {
  const { default: browser } = await import('webextension-polyfill');
  const refused = vi
    .spyOn(browser.declarativeNetRequest, 'updateSessionRules')
    .mockRejectedValueOnce(new Error('no'));
  await expect(httpWithOrigin('https://mcp.example/', PROBE, LIMITS)).rejects.toThrow('no');
  expect(fetch).not.toHaveBeenCalled();
  refused.mockRestore();
});

it('makes no rule for a request that names no origin', async () => {
  await httpWithOrigin('https://as.example/token', { method: 'POST' }, LIMITS);
  expect(during).toEqual([[]]);
});
