/** Which `Origin` our own requests carry, as rules that the browser is given (Z14). */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { httpWithOrigin, installOriginRule } from '../../../src/background/browser/origin-rule.ts';

interface Rule {
  id: number;
  priority?: number;
  condition: { initiatorDomains: string[]; regexFilter?: string };
  action: {
    requestHeaders: { header: string; operation: string; value?: string }[];
    responseHeaders?: { header: string; operation: string; value?: string }[];
  };
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

/** What was sent, and the origin that the rules gave it. */
let sent: { url: string; origin: string | undefined }[];
beforeEach(() => {
  rules.clear();
  sent = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation((input) => {
    const url = input as string;
    sent.push({ url, origin: originOf(url) });
    return Promise.resolve(new Response('{}'));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** As a browser applies the rules: the one of highest priority has the last word. */
function originOf(url: string): string | undefined {
  const fitting = [...rules.values()].filter(({ condition: { regexFilter } }) =>
    new RegExp(regexFilter ?? '').test(url),
  );
  const [rule] = fitting.sort((one, other) => (other.priority ?? 1) - (one.priority ?? 1));
  return rule?.action.requestHeaders[0]?.value;
}

const LIMITS = { bytes: 1000, milliseconds: 1000 };
const probeFor = (origin: string) => ({ method: 'POST', headers: { origin } });

it('takes our own origin off, and clears what a former worker left for its sites (Z14, Z29)', async () => {
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

it('gives each request the origin of its site, and one key to each site (Z29, T-27)', async () => {
  await installOriginRule();
  const sites = ['https://one.example', 'https://two.example', 'https://one.example'];
  await Promise.all(
    sites.map((site) => httpWithOrigin('http://127.0.0.1:8080/mcp?x=*#y', probeFor(site), LIMITS)),
  );
  expect(sent.map(({ origin }) => origin)).toEqual(sites);
  const [first, second, third] = sent.map(({ url }) => url);
  expect(first).toMatch(/^http:\/\/127\.0\.0\.1:8080\/mcp\?x=\*#o=[0-9a-f-]{36}$/);
  expect(third).toBe(first);
  expect(second).not.toBe(first);
});

it('has the answer read no faster than it is wanted, and says so to nobody else’s (Z30)', async () => {
  await installOriginRule();
  await httpWithOrigin('https://mcp.example/', probeFor('https://slow.example'), LIMITS);
  const notKept = { header: 'cache-control', operation: 'append', value: 'no-store' };
  const [own, ofSite] = [...rules.values()].map(({ action }) => action.responseHeaders);
  expect([own, ofSite]).toEqual([undefined, [notKept]]);
});

it('has none for a key in other letters, or with anything behind it (Z29)', async () => {
  await installOriginRule();
  await httpWithOrigin('https://mcp.example/', probeFor('https://three.example'), LIMITS);
  const { url = '' } = sent[0] ?? {};
  expect(originOf(url)).toBe('https://three.example');
  expect(originOf(url.replace(/#o=.*/, (key) => key.toUpperCase()))).toBeUndefined();
  expect(originOf(`${url}x`)).toBeUndefined();
});

it('holds five hundred sites, and drops the one used longest ago (Z29)', async () => {
  await installOriginRule();
  const ask = (i: number) =>
    httpWithOrigin('https://mcp.example/', probeFor(`https://s${String(i)}.example`), LIMITS);
  for (let i = 0; i < 500; i += 1) await ask(i);
  await ask(0);
  await ask(500);
  expect(rules.size).toBe(501);
  const held = [...rules.values()].flatMap(({ action }) => action.requestHeaders[0]?.value ?? []);
  expect(held).toContain('https://s0.example');
  expect(held).not.toContain('https://s1.example');
});

it('sends nothing when the rule is refused: a service must not take us for nobody (Z14, T-27)', async () => {
  const { default: browser } = await import('webextension-polyfill');
  const refused = vi
    .spyOn(browser.declarativeNetRequest, 'updateSessionRules')
    .mockRejectedValueOnce(new Error('no'));
  const ask = () =>
    httpWithOrigin('https://mcp.example/', probeFor('https://refused.example'), LIMITS);
  await expect(ask()).rejects.toThrow('no');
  expect(fetch).not.toHaveBeenCalled();
  refused.mockRestore();
  await ask();
  expect(sent).toHaveLength(1);
});

it('makes no rule for a request that names no origin', async () => {
  await httpWithOrigin('https://as.example/token', { method: 'POST' }, LIMITS);
  expect(sent).toEqual([{ url: 'https://as.example/token', origin: undefined }]);
});
