/** Faults at the edges: who is let in, when Allow may be believed, and what the browser is told to allow; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const CALLER = 'src/background/doors/caller.ts';
const ARMING = 'src/popup/consent/arming.ts';
const STATIC = 'accept/static/manifest.test.ts';
const POLICY =
  'the %s manifest (S-MANIFEST) › has the strictest policy that works: no source but its own, and no markup out of text (T-14)';
const LOADABLE =
  'the %s manifest (S-MANIFEST) › asks for exactly this, and makes nothing of ours loadable (T-10)';

/** All of them. */
export const EDGES: readonly Break[] = [
  ...planted(CALLER, 'background/doors/caller.test.ts', [
    [
      'SECURITY 2 frames',
      'a frame passes for the page around it',
      "if (frameId !== 0 || documentLifecycle !== 'active') throw refused;",
      "if (documentLifecycle !== 'active') throw refused;",
      'a web page (Z5) › is a top frame (T-04)',
    ],
    [
      'SECURITY 2 private',
      'private windows are served',
      'tab?.id === undefined || tab.incognito',
      'tab?.id === undefined',
      'a web page (Z5) › is in a tab, in no private window (T-04, Z24)',
    ],
    [
      'SECURITY 3 frame',
      'one of our documents speaks from a frame',
      ' || (sender.frameId ?? 0) !== 0',
      '',
      'one of our own documents (Z6, T-07) › is in no frame (T-14, T-07)',
    ],
    [
      'SECURITY 3 path',
      'whatever begins like one of our documents is one',
      'document === root + path',
      'document?.startsWith(root + path)',
      'one of our own documents (Z6, T-07) › is an exact path of ours (Z6, T-07)',
    ],
  ]),
  ...planted(ARMING, 'popup/consent/arming.test.ts', [
    [
      'SECURITY 11 time',
      'Allow is awake from the beginning',
      'at - Math.max(state.since, readAt) >= ARMING_MS ? at : undefined',
      'at',
      'waking › Allow sleeps until the window has been looked at for a whole second (T-15, T-51)',
    ],
    [
      'SECURITY 11 press',
      'a press that began before waking counts',
      'if (!event.trusted || !isArmed(state, event.at)) return tooEarly(state, event.at);',
      'if (!event.trusted) return tooEarly(state, event.at);',
      'pointer › a press that began before waking does nothing, though it ends after it',
    ],
    [
      'SECURITY 11 held',
      'a key that was held through waking counts',
      "event.trusted && !held ? 'ready' : 'spoiled'",
      "event.trusted ? 'ready' : 'spoiled'",
      'keys › Enter that is held through waking does nothing, called a repeat or not',
    ],
  ]),
  ...planted('manifest.json', STATIC, [
    [
      'SECURITY 17 permission',
      'the extension may read the list of tabs',
      '"permissions": [\n    "declarativeNetRequestWithHostAccess"',
      '"permissions": [\n    "tabs", "declarativeNetRequestWithHostAccess"',
      LOADABLE,
    ],
    [
      'SECURITY 17 script',
      'our documents may run text',
      "script-src 'self';",
      "script-src 'self' 'wasm-unsafe-eval';",
      POLICY,
    ],
    [
      'SECURITY 18 markup',
      'text may become markup in our documents',
      "; require-trusted-types-for 'script'; trusted-types 'none'",
      '',
      POLICY,
    ],
  ]),
  ...planted('src/popup/popup/popup.html', STATIC, [
    [
      'SECURITY 17 connect',
      'the popup may speak to servers',
      "connect-src 'none'",
      'connect-src https:',
      'our documents › reach no server: only the worker may (T-32)',
    ],
  ]),
  ...planted('eslint.config.js', 'walls/walls.test.ts', [
    [
      'SECURITY 18 innerHTML',
      'lint lets a document set markup',
      'innerHTML|outerHTML|insertAdjacentHTML',
      'outerHTML|insertAdjacentHTML',
      'src/%s › may not %s',
    ],
    [
      'SECURITY 18 eval',
      'lint lets a document make code of text',
      "'no-new-func': 'error'",
      "'no-new-func': 'off'",
      'src/%s › may not %s',
    ],
  ]),
];
