/** Faults against what the popup and the settings say at a glance; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const MEANINGS = 'popup/popup/meanings.test.ts';
const GROUPING = 'popup/popup/grouping.test.ts';
const REFUSALS = 'popup/kit/group-refusals.test.ts';
const ADDRESSES = 'popup/kit/address-parts.test.ts';

/** All of them. */
export const POPUP: readonly Break[] = [
  ...planted('src/popup/popup/meanings.ts', MEANINGS, [
    [
      'T-19 first',
      'what is far-reaching hides among the rest',
      'return meanings.sort((a, b) => Number(b.isWide) - Number(a.isWide));',
      'return meanings;',
      'what a site may do › begins with what is far-reaching (T-19)',
    ],
    [
      'T-19 words',
      'a card has other words than the prompt',
      "hintScope(scope) ?? (isList ? ` ${scope}` : '')",
      '` ${scope}`',
      'what a site may do › is said in the words of the prompt, each once, with all names behind it (T-19)',
    ],
    [
      'T-19 count',
      'a hundred names push everything else out of sight',
      'const isList = unnamed.length <= NAMES_AT_ONCE;',
      'const isList = unnamed.length > 0;',
      'what a site may do › is a name where the name gives nothing away, and a count where there are many such names',
    ],
    [
      'Z23 useful',
      'a site is said to keep the rest, and the rest is of no use',
      "const IDLE: ReadonlySet<string> = new Set(['offline_access', 'openid']);",
      "const IDLE: ReadonlySet<string> = new Set(['openid']);",
      'what is left of %j is of use: %s',
    ],
    [
      'Z23 last',
      'the last permission is removed, and an empty connection stays',
      'scopes.length < all && scopes.length <= REMOVED_AT_ONCE',
      'all > 0 && scopes.length <= REMOVED_AT_ONCE',
      'a button to remove › is there while something is left, which Disconnect is for otherwise (Z23)',
    ],
    [
      'Z23 bound',
      'one click has the provider told a hundred times',
      'const REMOVED_AT_ONCE = 4;',
      'const REMOVED_AT_ONCE = 400;',
      'a button to remove › takes no long list away at once: the provider is told of each (Z23)',
    ],
  ]),
  ...planted('src/popup/popup/grouping.ts', GROUPING, [
    [
      'Z21 names',
      'a question about many leaves out an account',
      'own.length === 1 ? [origin] : own.map(',
      'own.length > 0 ? [origin] : own.map(',
      'namesOf › names every site, and each account where a site has several (Z21)',
    ],
    [
      'Z24 here',
      'what the site in view was denied stands at the end',
      'origin === site && !isSearched;',
      "origin === '' && !isSearched;",
      'splitRefusals › puts what the site in view was denied into its part, and nothing there twice (Z24)',
    ],
    [
      'Z24 searched',
      'a search hides what the site in view was denied',
      'origin === site && !isSearched;',
      "origin === site && typeof isSearched === 'boolean';",
      'splitRefusals › leaves none out while a search may hide that part (Z24)',
    ],
  ]),
  ...planted('src/popup/kit/group-refusals.ts', REFUSALS, [
    [
      'Z24 clock',
      'the first end is told in place of the last',
      'sort((a, b) => b.until - a.until)',
      'sort((a, b) => a.until - b.until)',
      'groupRefusals tells one end for a site at a server, that of the last, with every name once (Z24)',
    ],
    [
      'Z24 all',
      'a site that may ask for nothing seems to be denied a part',
      'if (own.some(({ scopes }) => scopes.length === 0)) return [];',
      '',
      'groupRefusals names nothing in particular where everything is refused (Z24)',
    ],
  ]),
  ...planted('src/popup/kit/address-parts.ts', ADDRESSES, [
    [
      'T-17 port',
      'a question about a server leaves out the port that tells it from another',
      'return parseWeb(address)?.host ?? address;',
      'return parseWeb(address)?.hostname ?? address;',
      'siteName › names %s by its whole host, with its port: %s (T-17)',
    ],
    [
      'Z12 off',
      'Grantkeeper is turned off without a word where the browser says it in another way',
      "new Set(['https://*/*', '*://*/*', '<all_urls>'])",
      "new Set(['https://*/*'])",
      'isEveryServer knows each way in which a browser says all servers (Z12)',
    ],
  ]),
];
