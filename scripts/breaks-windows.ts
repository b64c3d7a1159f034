/** Faults against how many windows one site can have opened (Z39, T-13); see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const BOMB = 'accept/consent/bomb.test.ts';
const AT_ONCE = 'flow/at-once.test.ts';
const BUDGETS = 'accept/consent/budget.test.ts';

/** All of them. */
export const WINDOWS: readonly Break[] = [
  ...planted('src/background/connect/prompt-screen.ts', BOMB, [
    [
      'Z39 shown',
      'questions that were on the screen are not counted',
      "own.note('question', nonce);",
      '',
      'a page that asks and takes it back › gets three windows by leaving and coming back, over any number of lives (Z39)',
    ],
    [
      'Z39 badge',
      'a question that waits opens over the budget',
      "if (!(await budgets.of(origin)).admits('question', nonce)) return false;",
      'await budgets.of(origin);',
      'a page that asks and takes it back › has what is over its budget wait behind the badge, though it was asked for in time (Z39)',
    ],
    [
      'Z39 names',
      'each name has windows of its own',
      "if (isStranger) all.note('window', nonce);",
      'void isStranger;',
      'sites without any grant › get ten windows an hour together, and the badge alone after that (E-BOMB, Z39)',
    ],
    [
      'Z39 connected',
      'strangers use up what a connected site has',
      'if (pages.length > 0 && (await store.hasAnyGrant(origin))) return true;',
      'await store.hasAnyGrant(origin);',
      'sites without any grant › take nothing from a site that is connected',
    ],
  ]),
  ...planted('src/background/connect/run-flow.ts', AT_ONCE, [
    [
      'Z47 gathering',
      'a question does not wait for the calls that came before it',
      'await ports.gathered(origin);',
      '',
      'twenty calls that need a scope each › are done with one where the disk takes longer for each call than for the one before (Z44, Z47)',
    ],
  ]),
  ...planted('src/background/doors/crowd.ts', 'background/doors/crowd.test.ts', [
    [
      'Z44 joined',
      'a site has calls without number that wait for a flow',
      'this.#begun + this.#joined + this.#waiting.size >= MOST',
      'this.#begun + this.#waiting.size >= MOST',
      'the calls of a site › are full at two hundred, those included that wait for the end of a flow (T-12, Z44)',
    ],
    [
      'Z47 no end',
      'a question waits for a call without an end',
      'void this.#pause(GATHERING).then(one.done);',
      'void [this.#pause, GATHERING];',
      'a question › waits for nothing where all have joined, and for nothing without an end (Z47)',
    ],
  ]),
  ...planted('src/background/connect/commit.ts', 'flow/history.test.ts', [
    [
      'T-50 order',
      'the log has a decision before what came before it',
      'void ports.log.write();',
      '',
      'the activity log › tells a connection, a step-up and a disconnection, newest first, with their scopes',
    ],
  ]),
  ...planted('src/background/connect/consent-queue.ts', BOMB, [
    [
      'Z39 taken back',
      'a question that was taken back may come again at once',
      'flow.shown === nonce && flow.takenBack',
      'flow.shown === nonce && flow.again',
      'a page that asks and takes it back › gets one window for a thousand calls about one server (E-BOMB, T-13)',
    ],
    [
      'Z39 allow',
      'what the user allows counts against the site',
      'await this.screen.giveBack(question.flow.record.origin, answer);',
      'void answer;',
      'a page that asks and takes it back › is counted nothing that the user allows: one server after the other, as many as there are',
    ],
  ]),
  ...planted('src/background/connect/flow-table.ts', BOMB, [
    [
      'Z39 reload',
      'a page that reloads has taken its question back',
      ' && !(joining.signal.reason instanceof PageGone)',
      '',
      'a page that asks and takes it back › may ask again at once after a reload, since it took nothing back',
    ],
  ]),
  ...planted('src/background/access/connect-gate.ts', BOMB, [
    [
      'Z39 rate_limited',
      'a site over its budget is let begin',
      "admitsQuestion: () => budget.admits('question'),",
      'admitsQuestion: () => true,',
      'a page that asks and takes it back › gets three windows by leaving and coming back, over any number of lives (Z39)',
    ],
  ]),
  ...planted('src/background/connect/sign-in.ts', BUDGETS, [
    [
      'Z39 sign-ins',
      'sign-in windows without a question are not counted',
      "if (!budget.take('signIn')) throw",
      'if (budget === undefined) throw',
      'sign-in windows without a question › are as few where each comes from an address that is new (Z39)',
    ],
  ]),
];
