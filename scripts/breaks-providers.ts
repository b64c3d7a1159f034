/** Faults against redirect slots, refused scopes and recipes (Z45, Z53, Z56); see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const SLOTS = 'flow/redirect-slots.test.ts';
const REFUSED = 'flow/refused-scopes.test.ts';
const slots = 'the slots of the client document › ';

/** Providers as they are. */
export const PROVIDERS: readonly Break[] = [
  ...planted('src/background/connect/redirect-slot.ts', SLOTS, [
    [
      'Z56 kept',
      'a site’s slot is not written down',
      'await ports.store.learnIssuer(use.issuer, { slots: place.sites });',
      'void place.sites;',
      `${slots}give each site a redirect URI of its own, which it keeps (Z56)`,
    ],
    [
      'Z56 room',
      'the slot of a site that has left is nobody’s',
      'isThere: (site) => holders.has(site)',
      'isThere: (site) => holders.has(site) || site !== ""',
      `${slots}are shared from the 33rd site on, which is said before, and to nobody else (Z56)`,
    ],
    [
      'Z56 at once',
      'two sites at once take the same slot',
      'return ports.lock(`slots ${use.issuer}`, async () => {',
      'return Promise.resolve().then(async () => {',
      `${slots}are taken after Allow only, by two sites at once too (Z56)`,
    ],
    [
      'Z56 older',
      'slots are used that the document does not list',
      'if (count === 0) return undefined;',
      'if (count < 0) return undefined;',
      `${slots}are as many as the document lists; one that lists cb alone is used with that (Z56, Z20)`,
    ],
  ]),
  ...planted('src/protocol/redirect-slot.ts', SLOTS, [
    [
      'Z56 33rd',
      'a site that has to share is not told',
      'if (slot < 0) return { slot: count - 1, sites: [...sites], isShared: true };',
      'if (slot < 0) return { slot: count - 1, sites: [...sites], isShared: false };',
      `${slots}are shared from the 33rd site on, which is said before, and to nobody else (Z56)`,
    ],
  ]),
  ...planted('src/protocol/offered-scopes.ts', REFUSED, [
    [
      'Z45 again',
      'what was refused is asked for again',
      'return offers.find((offer) => !isRefused(offer)) ?? kept;',
      'return isRefused(kept) ? kept : offers[0]!;',
      'after a real provider has refused a scope › the next question leaves out offline_access, and is shown as it is asked (Z45)',
    ],
    [
      'Z45 site',
      'one site’s nonsense takes scopes from another',
      'one.origin === origin && one.resource === resource',
      'origin !== "" && one.resource === resource',
      'a provider that refuses › keeps the list of a site from all others, and for a week (T-60, Z45)',
    ],
  ]),
  ...planted('src/protocol/offered-scopes.ts', 'protocol/offered-scopes.test.ts', [
    [
      'Z45 held',
      'what is held is left out',
      'const kept = scopes.filter((scope) => needed.includes(scope));',
      'const kept = scopes.filter((scope) => needed.length > 9 && needed.includes(scope));',
      'what is offered › is never less than what is held or what a 403 has named (Z45, Z9)',
    ],
  ]),
  ...planted('src/background/connect/obtain-token.ts', REFUSED, [
    [
      'Z45 registration',
      'each shorter list makes new registrations',
      "reason === 'scope_refused' && isWhole &&",
      "reason === 'scope_refused' && (isWhole || agreed.scopes.length > 0) &&",
      'a provider that refuses › everything is at last asked for nothing, and keeps the registration (Z45, Z54)',
    ],
  ]),
  ...planted('src/background/connect/merge-grant.ts', REFUSED, [
    [
      'Z45 loop',
      'a suggestion that was refused is asked for again at every 401',
      'const added = [...refused, ...left].map(',
      'const added = [...refused, ...left.slice(9)].map(',
      'a provider that refuses › leaves a suggested scope alone from then on, and one that the page names ends at once (Z45, PLAN-6)',
    ],
  ]),
  ...planted('src/protocol/plan.ts', REFUSED, [
    [
      'Z45 suggestion',
      'a suggestion that was refused opens a window every ten minutes',
      'const settled = [...grant.requested, ...unmet, ...(grant.leftOut ?? [])];',
      'const settled = [...grant.requested, ...unmet];',
      'a provider that refuses › leaves a suggested scope alone from then on, and one that the page names ends at once (Z45, PLAN-6)',
    ],
  ]),
  ...planted('src/background/connect/refused-scopes.ts', REFUSED, [
    [
      'Z45 least',
      'less than nothing is promised',
      'const isLeast = scopes.length === 0;',
      'const isLeast = scopes.length < 0;',
      'a provider that refuses › even a request without scope is offered no less, which is said (Z45)',
    ],
  ]),
  ...planted('src/protocol/provider-recipe.ts', 'protocol/provider-recipe.test.ts', [
    [
      'Z53 lookalike',
      'a name that only looks like a provider’s gets its recipe',
      "return host.startsWith('.') ? hostname.endsWith(host) : hostname === host;",
      "return host.startsWith('.') ? hostname.includes(host) : hostname.startsWith(host);",
      'the recipe for an issuer (Z53) › is none for %s',
    ],
  ]),
  ...planted('src/background/connect/snapshot.ts', 'background/connect/snapshot.test.ts', [
    [
      'Z53 recipe',
      'the question for a client names no recipe',
      '...(recipe && { recipe }),',
      '...(recipe && {}),',
      'the question for a client › names the recipe that fits the issuer, and none elsewhere (Z53)',
    ],
  ]),
  ...planted('src/protocol/client-document.ts', SLOTS, [
    [
      'Z56 document',
      'a document of slots alone counts as another extension’s',
      'const isOurs = listed.includes(redirectUri) || listed.includes(slotUri(redirectUri, 0));',
      'const isOurs = listed.includes(redirectUri) || listed.includes(slotUri(redirectUri, -1));',
      `${slots}give each site a redirect URI of its own, which it keeps (Z56)`,
    ],
  ]),
];
