/** Faults in what the pages in a tab say: activity, traces, the first pages, and their pictures; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const PAGES = 'popup/activity/log-pages.test.ts';
const WORDS = 'popup/onboarding/words.test.ts';

/** All of them. */
export const TAB_PAGES: readonly Break[] = [
  ...planted('src/popup/activity/log-pages.ts', PAGES, [
    [
      'ADR 0060 acts',
      'an act has two rows',
      "!(kind === 'allowed' && flow && flows.has(flow))",
      "kind !== 'allowed' || flow !== undefined",
      'one row for one act › leaves out that it was allowed when something came of it, in whatever order the rows are',
    ],
    [
      'ADR 0060 kept',
      'what was allowed goes with the failure that followed',
      "new Set(['connected', 'widened', 'renewed'])",
      "new Set(['connected', 'widened', 'renewed', 'failed'])",
      'one row for one act › keeps what was allowed when it failed, when nothing came of it, and when another flow went well',
    ],
  ]),
  ...planted('src/background/storage/activity.ts', 'flow/history.test.ts', [
    [
      'ADR 0060 failures',
      'failures alone are everything',
      "if (failed && value.kind !== 'failed') continue;",
      '',
      'the activity log › gives failures alone when asked for them, and only those of the page that was asked for',
    ],
  ]),
  ...planted('src/popup/activity/trace-text.ts', 'popup/activity/trace-text.test.ts', [
    [
      'R63 case',
      'a reader is sent to a table that they do not have',
      "['iss check (RFC 9207)', `case ${String(row)} of 4`]",
      "['iss table row', String(row)]",
      'a trace as text has its requests, the iss row, the scope arithmetic and the registration (R63, T-32)',
    ],
  ]),
  ...planted('_locales/en/messages.json', WORDS, [
    [
      'ADR 0060 words',
      'the browser says more than we had said',
      '“Read and change all your data on all websites”',
      '“Read your data”',
      'the first pages › quote what Chromium and Firefox say when they ask for access to all sites',
    ],
  ]),
  ...planted('scripts/palette-png.ts', 'scripts/pictures.test.ts', [
    [
      'ADR 0022 brand',
      'a rare colour becomes its neighbour',
      '(pinned.has(colour) ? 2 ** 32 : 0) + count',
      'count',
      'a palette › keeps a colour that was asked for exact, however rare it is',
    ],
  ]),
];
