/** Faults against what the demo's pages show a visitor: counts and ticks are of what happened; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const SITE = 'the running demo, as its pages see it › ';
const TICKS = 'the steps that an attempt ticks › ';
const REFUSAL = 'a refusal on the demo’s page › ';

/** The strip, the check list, the words of a refusal, the names of the hosts, and the fallback without them. */
export const DEMO: readonly Break[] = [
  ...planted('demo/check-list.ts', 'demo/check-list.test.ts', [
    [
      'DEMO second site',
      'one site that connects twice counts as two',
      'this.#connected.size > 1',
      'this.#connected.size > 0',
      'the demo’s check list › ticks the second site when two sites have connected, whatever a page says',
    ],
  ]),
  ...planted('demo/ledger.ts', 'demo/ledger.test.ts', [
    [
      'DEMO pages',
      'what a page has sent is put down to Grantkeeper',
      "fromPage: /^https?:/.test(request.headers.origin ?? ''),",
      'fromPage: false,',
      'the ledger › tells requests of a page’s own script from those of the broker',
    ],
  ]),
  ...planted('demo/lab.ts', 'demo/site.test.ts', [
    [
      'DEMO counts',
      'the strip counts for Grantkeeper what a page has sent',
      'grantkeeper: cost.total - ledger.ownOfPages(),',
      'grantkeeper: cost.total,',
      `${SITE}counts what reached the servers, without what a page has sent itself`,
    ],
    [
      'DEMO questions',
      'questions are told that nobody has counted',
      '...(countQuestions && { questions: countQuestions() }),',
      'questions: countQuestions?.() ?? 1,',
      `${SITE}tells of questions only where somebody counts them`,
    ],
  ]),
  ...planted('demo/web-client/site.ts', 'demo/site.test.ts', [
    [
      'DEMO ticks',
      'any page may tick a step',
      "if (headers.origin?.replace(/^https?:\\/\\//, '') !== headers.host) return 403;",
      '',
      `${SITE}takes a tick from its own page only`,
    ],
    [
      'DEMO faces',
      'both sites look alike',
      'data-face="${face}"',
      'data-face="notebook"',
      'a site › has a face of its own from the first byte',
    ],
  ]),
  ...planted('demo/web-client/words.ts', 'demo/words.test.ts', [
    [
      'DEMO wait',
      'waiting is ticked although the visitor was asked',
      'spent.renewed > 0 && spent.asked === 0',
      'spent.renewed > 0',
      `${TICKS}are waiting only where access was renewed and nobody was asked`,
    ],
    [
      'DEMO deny',
      'the first denial is ticked as one that was kept',
      "kind === 'refused' && wasDenied && spent?.asked === 0",
      "kind === 'refused'",
      `${TICKS}are a denial only where it was kept: refused again without a question`,
    ],
    [
      'DEMO asked again',
      'a page says that nobody was asked, though somebody was',
      'if (asked > 0) return',
      'if (asked > 9) return',
      `${REFUSAL}blames no earlier answer where the visitor was asked`,
    ],
    [
      'DEMO unknown',
      'a page that can’t know says that nobody was asked',
      'if (asked === undefined) return fact;',
      'asked ??= 0;',
      `${REFUSAL}says no more than the page knows`,
    ],
  ]),
  ...planted('demo/web-client/own-requests.ts', 'demo/own-requests.test.ts', [
    [
      'DEMO own',
      'metadata at a server is no request of OAuth',
      " || pathname.startsWith('/.well-known/')",
      '',
      'the page’s own OAuth requests › are counted by the browser’s own notes, whatever has sent them',
    ],
  ]),
  ...planted('demo/open-demo.ts', 'demo/open-demo.test.ts', [
    [
      'DEMO fallback',
      'a browser that refuses the certificate gets names that lead nowhere',
      '  } catch {\n    return false;',
      '  } catch {\n    return true;',
      'the demo › is on ports of this computer where the browser %s',
    ],
  ]),
  ...planted('demo/open-demo.ts', 'demo/open-demo.test.ts', [
    [
      'DEMO introduction',
      'the demo opens over the introduction of the extension',
      'page !== introduction && page.url()',
      'page.url()',
      'the demo › lies behind the introduction of the extension, which stays in front',
    ],
  ]),
  ...planted('demo/authorization-interactions.ts', 'demo/tokens.test.ts', [
    [
      'DEMO offline',
      'staying signed in cannot be refused at the sign-in page',
      'if (scope !== STAY || ticked.includes(scope)) grant',
      'if (scope !== STAY || ticked.length > 0) grant',
      'step-up › asks about offline_access as about any scope, and issues no refresh token without it',
    ],
  ]),
];
