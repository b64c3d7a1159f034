/** Faults against what is promised of overrides (Z53; docs/overrides.md). */
import { planted, type Break } from './breaks-list.ts';

const SET = 'flow/overrides.test.ts';
const ENDED = 'flow/overrides-end.test.ts';
const PKCE = 'a provider that does not advertise PKCE';
const PAIR = 'a provider that goes by another name';
const TAKEN_BACK = 'an override that is taken back';

export const OVERRIDE_BREAKS: readonly Break[] = [
  ...planted('src/background/user/overrides.ts', ENDED, [
    [
      'Z53 again',
      'what was left out stays so after the exception is taken back',
      'await rewriteGrant(ports, grant, (all) => askAgain(all, scopes));',
      'void [rewriteGrant, grant, askAgain];',
      'scopes that are left out after a failure › are asked for again, in a question, once the exception is taken back (Z53, Z45)',
    ],
  ]),
  ...planted('src/background/connect/prepare-question.ts', 'flow/refused-scopes.test.ts', [
    [
      'Z53 unticked',
      'what was unticked in a failure is asked for all the same',
      'flow.again ? [] : namedNow(record, found, grant)',
      'namedNow(record, found, grant)',
      'a provider that refuses › is asked without what the user unticked, until a page that is connected names it (Z45, Z53)',
    ],
  ]),
  ...planted('src/protocol/overrides.ts', 'protocol/overrides.test.ts', [
    [
      'Z53 exact',
      'an override for one server holds for every server of the provider',
      ' && one.resource === key.resource',
      '',
      'where an override holds › %s holds at exactly its place, byte for byte (Z53)',
    ],
  ]),
  ...planted('src/protocol/overrides.ts', SET, [
    [
      'Z53 client',
      'the resource is left out with a client that nobody has entered',
      'const hasNoResource = isClientByHand && findOverride(',
      'const hasNoResource = findOverride(',
      'a provider that refuses the resource › is told the resource again when the client goes: nobody else is asked without it',
    ],
  ]),
  ...planted('src/shared/accept-answer.ts', SET, [
    [
      'Z53 allow',
      'Allow alone lets everything pass',
      'if (!isSame(answer.overrides ?? [], snapshot.missing ?? [])) return undefined;',
      '',
      `${PKCE} › is asked about with a control of its own, and Allow alone sets nothing (Z53, R86)`,
    ],
  ]),
  ...planted('src/background/connect/overrides.ts', SET, [
    [
      'Z53 front',
      'a page in the background is offered an override',
      'return isOnScreen || isAnyInFront(ports, flow.pages);',
      'return isOnScreen || flow.pages.length >= 0;',
      `${PKCE} › is no question for a site without a grant whose tab is not in front (Z53, Z24)`,
    ],
    [
      'Z53 looked up',
      'a page in the background is offered an override once its question was looked up',
      'const isOnScreen = inFront === true && promptWindow',
      'const isOnScreen = promptWindow',
      `${PKCE} › is no question either for a page in the background whose first one was looked up (Z53)`,
    ],
    [
      'Z53 worse',
      'a provider that has stopped to protect codes is offered an override',
      'if (!isWorse && (await mayOffer(ports, flow))) return;',
      'if (await mayOffer(ports, flow)) return;',
      `${PKCE} › is refused when it has advertised it before (T-43, Z53)`,
    ],
  ]),
  ...planted('src/protocol/authorization-server.ts', SET, [
    [
      'Z53 pair',
      'with a pair any name will do',
      'if (!isOwn && metadata.issuer !== called)',
      'if (!isOwn && called === undefined)',
      `${PAIR} › is refused when the pair says the name and %s`,
    ],
    [
      'Z53 home',
      'with a pair the code goes wherever the metadata says',
      "if (!isAtHome(metadata.token_endpoint)) throw failed('issuer_mismatch', 'other_issuer');",
      '',
      `${PAIR} › gets no code but at its own host: another one that borrows its name is refused (T-22, T-55, Z53)`,
    ],
    [
      'Z53 revoke',
      'with a pair tokens are sent elsewhere to be revoked',
      'revocation_endpoint: isAtHome(revocation) ?',
      'revocation_endpoint: metadata.issuer ?',
      `${PAIR} › is sent no token to be revoked elsewhere`,
    ],
    [
      'Z53 names',
      'with a pair everything is kept by the other name',
      'issuer: isOwn ? metadata.issuer : issuer,',
      'issuer: metadata.issuer,',
      `${PAIR} › is not sent the secret of the client that the person has at the name it gives itself (R37)`,
    ],
  ]),
  ...planted('src/background/user/overrides.ts', SET, [
    [
      'Z53 by hand',
      'the setting is taken without a client of the person’s',
      "if (isAlone) throw new BrokerError('invalid_request');",
      'void isAlone;',
      'a provider that refuses the resource › takes no setting without a client entered by hand for that provider (Z53)',
    ],
  ]),
  ...planted('src/background/user/overrides.ts', ENDED, [
    [
      'Z53 revocable',
      'what rests on an override goes on without it',
      'await ports.lock(refreshLock(grant), () => dropTokens(ports, grant));',
      'void [refreshLock(grant), dropTokens];',
      `${TAKEN_BACK} › ends the tokens that rest on it, here and at the provider, and the site is asked again (Z53)`,
    ],
  ]),
  ...planted('src/background/access/refresh.ts', ENDED, [
    [
      'Z53 renewal',
      'tokens are renewed without what they rest on',
      'if (await isUnset(this.#ports, grant)) return dropTokens(this.#ports, grant);',
      'void [isUnset, dropTokens];',
      'an override that is lost from the disk › lets nothing be renewed: no refresh is sent, and the person is asked (Z53, T-46)',
    ],
  ]),
  ...planted('src/background/connect/sign-in.ts', ENDED, [
    [
      'Z53 waiting',
      'a sign-in begins with what was taken back while its question waited',
      'await requireSet(ports, flow.record, audience);',
      'void requireSet;',
      `${TAKEN_BACK} › lets no sign-in begin whose question had told of it (Z53)`,
    ],
  ]),
  ...planted('src/background/connect/run-flow.ts', ENDED, [
    [
      'Z53 under way',
      'a sign-in ends with tokens whose override was taken back meanwhile',
      'if (await isUnset(ports, audience)) await dropTokens(ports, next);',
      'void [isUnset, dropTokens];',
      `${TAKEN_BACK} › takes the tokens with it of a sign-in that was under way`,
    ],
  ]),
  ...planted('src/background/connect/merge-grant.ts', ENDED, [
    [
      'Z53 loop',
      'what is left out is asked for again at every challenge',
      '    leftOut: findLeftOut(same, authorized),\n',
      '',
      'scopes that are left out after a failure › are asked for no more, with the registration that is there, and a challenge brings no loop (Z53)',
    ],
  ]),
];
