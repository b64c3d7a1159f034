/** Faults where two parts meet that each hold on their own; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

/** All of them. */
export const JOINTS: readonly Break[] = [
  ...planted('src/background/user/expiry.ts', 'accept/mixup/former-alias.test.ts', [
    [
      'SECURITY 8 former',
      'what a path took unseen under a former version goes on',
      'if (!grant || isUnseenWay(grant, asked)) return undefined;',
      'if (!grant) return undefined;',
      'an alias of a former version gives no path the token of its host (T-20, Z41)',
    ],
  ]),
  ...planted('src/background/connect/prepare-question.ts', 'accept/origins/clash-oracle.test.ts', [
    [
      'T-33 clash',
      'a question that does not come tells what another site holds',
      'clientId, among: { site: origin } }',
      'clientId }',
      'a page cannot tell by a window whether another site is connected to a provider (E-ORACLE, T-33)',
    ],
  ]),
  ...planted('src/background/connect/run-flow.ts', 'flow/ended-meanwhile.test.ts', [
    [
      'ADR 0016 turn',
      'a grant that ended while its flow waited is made anew',
      'if (grant && !(latest && coversScopes(latest.ceiling, grant.ceiling)))',
      'if (grant && !coversScopes(latest?.ceiling ?? [], grant.ceiling))',
      'a grant without named scopes that ends meanwhile comes back with a question only',
    ],
  ]),
  ...planted('src/background/oauth/revocation.ts', 'flow/late-revocation.test.ts', [
    [
      'Z51 late',
      'a late revocation ends what the user has connected since',
      'if (await isReplaced(ports, grant)) return true;',
      '',
      'a revocation that was never confirmed does not end the new grant of the same client',
    ],
  ]),
  ...planted('src/background/connect/flow-table.ts', 'flow/erase.test.ts', [
    [
      'T-35 erased',
      'failures outlive the erasure of everything',
      'this.#failures.clear();',
      '',
      'leaves no failure that names a site and a server (T-35)',
    ],
  ]),
  ...planted('src/protocol/protected-resource.ts', 'accept/mixup/own-metadata.test.ts', [
    [
      'SECURITY 8 top',
      'a server at the top of its host owns every document there',
      "(here !== '/' && at.pathname.startsWith(here!))",
      'at.pathname.startsWith(here!)',
      'a page’s challenge for /mcp is not believed when it names another party’s path (T-20)',
    ],
  ]),
];
