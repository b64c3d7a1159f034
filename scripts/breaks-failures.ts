/** Faults against what the failure screens promise: who is told what, and in which look (ADR 0062). */
import { planted, type Break } from './breaks-list.ts';

const HELP = 'popup/consent/failure-help.test.ts';
const LOOK = 'shared/failure-look.test.ts';
const AGREES = 'what is offered agrees with the look';
const REPORT = 'the report for a server’s owner';

/** See docs/decisions/0062-failures-in-three-looks.md. */
export const FAILURE_BREAKS: readonly Break[] = [
  ...planted('src/shared/failure-look.ts', LOOK, [
    [
      'ADR 0062 danger',
      'a reply of another provider looks like a fault',
      "iss_wrong: 'danger'",
      "iss_wrong: 'fault'",
      'the look of a failure › of %s is the one of those who can act',
    ],
    [
      'ADR 0062 calm',
      'a person who cancelled is shown a fault',
      "provider_refused: 'calm'",
      "provider_refused: 'fault'",
      'the look of a failure › of %s is the one of those who can act',
    ],
    [
      'ADR 0062 no false alarm',
      'the code makes an attack of what the reason explains',
      'if (reason === undefined) return BY_CODE[code];',
      "if (reason === undefined || BY_CODE[code] === 'danger') return BY_CODE[code];",
      'the look of a failure › is the reason’s, whatever the code: another name in the metadata is no attack by itself',
    ],
    [
      'ADR 0062 curable',
      'a refused list sends for the operator where a click helps',
      "if (reason === 'scope_refused' && offersLess) return 'calm';",
      '',
      'the look of a failure › is calm where a click on the screen may cure it (Z35, Z45)',
    ],
  ]),
  ...planted('src/popup/consent/failure-help.ts', HELP, [
    [
      'ADR 0062 button',
      'Try again stands out where only the operator can help',
      "const REPORT = { main: 'report', retry: true } as const;",
      "const REPORT = { main: 'retry', retry: true } as const;",
      `${AGREES} › what only others can change is copied first, and Try again never stands out`,
    ],
    [
      'ADR 0062 no repeat',
      'what may be an attack is one click from being repeated',
      "careful: { next: 'nextCareful', main: 'report', retry: false }",
      "careful: { next: 'nextCareful', main: 'report', retry: true }",
      `${AGREES} › nothing that may be an attack can be repeated, and nothing else is called one`,
    ],
    [
      'ADR 0062 addressee',
      'a fault of ours is reported to the people who run the server',
      "return help === 'own' || help === 'silent' ? 'makers' : 'server';",
      "return help === 'silent' ? 'makers' : 'server';",
      `${AGREES} › a report is for somebody who can act: us for our own faults, the server for all others`,
    ],
  ]),
  ...planted('src/popup/consent/report.ts', HELP, [
    [
      'ADR 0062 received',
      'the report says that another issuer came where none did',
      "iss_missing: 'none'",
      "iss_missing: 'another'",
      `${REPORT} › after %s it says whom it expected, and that %s came (R35)`,
    ],
    [
      'ADR 0062 expected',
      'the report expects a name that the issuer does not use in replies',
      'failure.expected ?? failure.issuer',
      'failure.issuer',
      `${REPORT} › the issuer is expected by the name that it gives itself in replies (Z53)`,
    ],
  ]),
  ...planted('src/protocol/authorization.ts', 'flow/failures.test.ts', [
    [
      'ADR 0062 told',
      'nobody says whom the reply was expected from',
      '{ expected, cause: fault }',
      '{ cause: fault }',
      'a person who cancels at the provider › is told that a reply came from another provider, whatever else it says (T-22)',
    ],
  ]),
];
