/**
 * Stands in for `webextension-polyfill` when the documents are shown outside an extension. The scene is
 * chosen by `?flow=` or `?scene=`; a driver reads what was sent, and changes what is answered, through
 * `window.fake`.
 */
import {
  CHANGES,
  type ExtensionCall,
  type ExtensionCalls,
  type ExtensionMessage,
} from '../../../src/shared/document-contract.ts';
import { activityAnswers, grantAnswers } from './answers-popup.ts';
import { messagesOf, type Messages } from './languages.ts';
import { POPUPS, PROMPTS, type PopupScene } from './scenes.ts';
import { settingsAnswers } from './answers-settings.ts';
import { FAILED_PROMPTS } from './scenes-failures.ts';
import { MORE_PROMPTS } from './scenes-prompt.ts';
import { SETTINGS, type SettingsScene } from './scenes-settings.ts';
import { ACTIVITIES, POPUPS_MORE, type ActivityScene } from './scenes-popup.ts';

export type Answers = { [C in ExtensionCall]?: (params: ExtensionCalls[C]['params']) => unknown };

/** What a driver sees and steers. */
export interface Fake {
  /** Every message that was sent, in order; reads of the prompt are left out. */
  sent: { call: string; params: unknown }[];
  /** Every request for host access, and whether it came inside a user gesture. */
  requested: { origins: string[]; active: boolean }[];
  prompt: ExtensionCalls['prompt']['result'];
  popup: PopupScene;
  /** What the settings page and the first screens see; the popup has its own. */
  own: SettingsScene;
  activity: ActivityScene;
  /** Texts that were asked for and do not exist. */
  missing: string[];
  /** When false, `decide` and `retry` are refused, as after a stop of the worker. */
  accepts: boolean;
  /** Settles the pending request for host access. */
  answerHostAccess: (granted: boolean) => void;
  closed: boolean;
  ring: () => void;
  /** The window that the prompt is in; without one it is in a tab, whose window is left as it is. */
  window?: FakeWindow;
  /** With `?hold` the whole list of grants is answered only after this was called. */
  letGo: () => void;
}

/** A window on a desktop that answers at once and gives the new size a moment later, as some do. */
export interface FakeWindow {
  /** CSS pixels. */
  height: number;
  /** Every height that was asked for, in order. */
  asked: number[];
  /** What this desktop makes of a height. Default: just that. */
  cut?: number;
  /** Default: `normal`. */
  state?: 'normal' | 'minimized';
  /** How often it was asked which window it is. */
  looks?: number;
  /** How long it takes to say which window it is; milliseconds. */
  slow?: number;
}

const query = new URLSearchParams(location.search);
const bell = new BroadcastChannel(CHANGES);

const fake: Fake = {
  sent: [],
  requested: [],
  prompt: { ...PROMPTS, ...MORE_PROMPTS, ...FAILED_PROMPTS }[query.get('flow') ?? ''] ?? null,
  own: SETTINGS[query.get('scene') ?? ''] ?? SETTINGS['bare']!,
  popup: { ...POPUPS, ...POPUPS_MORE }[query.get('scene') ?? ''] ?? POPUPS['empty']!,
  activity:
    ACTIVITIES[query.get('scene') ?? (query.has('flow') ? 'flow' : '')] ?? ACTIVITIES['empty']!,
  missing: [],
  accepts: true,
  answerHostAccess: () => undefined,
  closed: false,
  ring: () => bell.postMessage(null),
  letGo: () => undefined,
};
const whole = query.has('hold')
  ? new Promise<void>((resolve) => (fake.letGo = resolve))
  : Promise.resolve();
Object.assign(window, { fake });
window.close = () => (fake.closed = true);

const answers: Answers = {
  prompt: () => fake.prompt,
  decide: () => ({ accepted: fake.accepts }),
  retry: () => ({ started: fake.accepts }),
  pending: () => fake.popup.pending,
  site: () => null,
  review: () => ({ opened: true }),
  grants: ({ origin, limit }) => {
    const others = fake.popup.grants.filter((grant) => grant.origin !== origin);
    const kept = new Set(others.slice(0, limit));
    return fake.popup.grants.filter((grant) => grant.origin === origin || kept.has(grant));
  },
  serverKeys: () => fake.popup.keys ?? [],
  removeKey: () => ({ ended: 1 }),
  replaceKey: () => ({ replaced: true }),
  refusals: () => fake.popup.refusals,
  unreadable: () => ({ count: 0 }),
  forgive: ({ origin }) => {
    const before = fake.popup.refusals.length;
    fake.popup.refusals = fake.popup.refusals.filter((refusal) => refusal.origin !== origin);
    return { forgiven: before - fake.popup.refusals.length };
  },
  settings: () => fake.popup.settings,
  configure: (params) => Object.assign(fake.popup.settings, params),
  ...grantAnswers(fake),
  ...activityAnswers(fake),
};

const language = query.get('language') ?? 'en';
const messages: Messages = messagesOf(language);

/** By the rules of `i18n.getMessage`: a name that is missing gives an empty text. */
function getMessage(name: string, values: string[] = []): string {
  const entry = messages[name];
  if (!entry) fake.missing.push(name);
  return (entry?.message ?? '').replace(/\$(\w+)\$/g, (_, key: string) => {
    const content = entry?.placeholders?.[key.toLowerCase()]?.content ?? '';
    return content.replace(/\$(\d)/g, (__, place: string) => values[Number(place) - 1] ?? '');
  });
}

/** Documents with a scene of their own are answered from it first. */
const own = /settings|onboarding/.test(location.pathname) ? settingsAnswers(() => fake.own) : {};

function answer({ call, params }: ExtensionMessage): unknown {
  if (fake.own.failing.includes(call)) throw new Error('no answer');
  return ((own[call] ?? answers[call]) as (given: unknown) => unknown)(params);
}

const listeners = new Set<() => void>();
const event = {
  addListener: (listener: () => void) => void listeners.add(listener),
  removeListener: (listener: () => void) => void listeners.delete(listener),
};
function setHosts(hosts: string[]): void {
  fake.own.hosts = hosts;
  for (const listener of listeners) listener();
}

export default {
  // In the gallery every document is in a tab, unless the address says otherwise.
  extension: { getViews: () => (query.has('toolbar') ? [window] : []) },
  i18n: { getMessage, getUILanguage: () => (language === 'de' ? 'de-DE' : 'en-GB') },
  runtime: {
    getManifest: () => ({
      version: '0.1.0',
      homepage_url: 'https://code.example.org/grantkeeper',
      ...(fake.own.relay && { content_scripts: [{ matches: ['https://*/*'] }] }),
    }),
    sendMessage: (message: ExtensionMessage) => {
      if (fake.popup.silent) return Promise.reject(new Error('Receiving end does not exist.'));
      const { call, params } = message;
      if (call !== 'prompt') fake.sent.push({ call, params });
      const isWhole = call === 'grants' && !('limit' in params);
      return (isWhole ? whole : Promise.resolve()).then(
        () => new Promise((resolve) => setTimeout(() => resolve(tryAnswer(message)))),
      );
    },
  },
  permissions: {
    request: ({ origins }: { origins: string[] }) => {
      fake.requested.push({ origins, active: navigator.userActivation.isActive });
      return new Promise<boolean>((resolve) => {
        fake.answerHostAccess = (granted) => {
          if (granted) setHosts([...new Set([...fake.own.hosts, ...origins])]);
          resolve(granted);
        };
      });
    },
    getAll: () => Promise.resolve({ origins: fake.own.hosts }),
    contains: ({ origins }: { origins: string[] }) =>
      Promise.resolve(origins.every((origin) => fake.own.hosts.includes(origin))),
    remove: ({ origins }: { origins: string[] }) => {
      if (origins.some((origin) => fake.own.keptHosts.includes(origin))) {
        return Promise.reject(new Error('You cannot remove required permissions.'));
      }
      setHosts(fake.own.hosts.filter((host) => !origins.includes(host)));
      return Promise.resolve(true);
    },
    onAdded: event,
    onRemoved: event,
  },
  tabs: {
    query: () => Promise.resolve([{ id: 1, url: fake.popup.activeUrl }]),
  },
  windows: {
    getCurrent: () => {
      if (fake.window) fake.window.looks = (fake.window.looks ?? 0) + 1;
      return new Promise((resolve) =>
        setTimeout(() => resolve(windowNow()), fake.window?.slow ?? 0),
      );
    },
    get: () => Promise.resolve(windowNow()),
    update: (_id: number, { height }: { height: number }) => {
      const before = windowNow();
      fake.window?.asked.push(height);
      setTimeout(() => {
        if (fake.window) fake.window.height = Math.min(height, fake.window.cut ?? height);
        dispatchEvent(new Event('resize'));
      }, 50);
      return Promise.resolve(before);
    },
  },
};

function windowNow() {
  if (!fake.window) return { id: 1, type: 'normal' };
  const { height, state = 'normal' } = fake.window;
  return { id: 1, type: 'popup', state, height };
}

function tryAnswer(message: ExtensionMessage): unknown {
  try {
    return { ok: true, result: answer(message) };
  } catch {
    const error = { code: 'internal_error', message: '', retryable: false, correlationId: '' };
    return { ok: false, error };
  }
}
