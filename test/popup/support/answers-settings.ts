/** How the background and the browser answer the settings page and the first screens, in a scene. */
import type { ExtensionCall, ExtensionCalls } from '../../../src/shared/document-contract.ts';
import type { Override } from '../../../src/shared/facts/override.ts';
import type { SettingsScene } from './scenes-settings.ts';

type Answers = { [C in ExtensionCall]?: (params: ExtensionCalls[C]['params']) => unknown };

export const REDIRECT_URI = 'https://bhpenkhogbfdmbcnkhjpndhmoadcfgmn.chromiumapp.org/cb';

/** Reads and changes the scene as the background would its store. */
export function settingsAnswers(scene: () => SettingsScene): Answers {
  return {
    about: () => {
      const { builtInDocument } = scene();
      return {
        version: '0.1.0',
        redirectUri: REDIRECT_URI,
        ...(builtInDocument !== undefined && { builtInDocument }),
      };
    },
    settings: () => scene().settings,
    configure: (params) => {
      const { settings } = scene();
      if (params.developerMode !== undefined) settings.developerMode = params.developerMode;
      if (params.clientDocument === null) delete settings.clientDocument;
      else if (params.clientDocument) settings.clientDocument = params.clientDocument;
      return settings;
    },
    checkDocument: () => scene().verdict,
    serverKeys: () => scene().keys ?? [],
    overrides: () => scene().overrides ?? [],
    saveOverride: (entry) => {
      if (entry.issuer.startsWith('http:')) throw new Error('no issuer');
      const set = { resource: '', ...entry, at: Date.now() };
      return (scene().overrides = [...(scene().overrides ?? []), set]);
    },
    removeOverride: ({ kind, issuer, resource }) => {
      const others = (one: Override) =>
        one.kind !== kind || one.issuer !== issuer || one.resource !== resource;
      scene().overrides = (scene().overrides ?? []).filter(others);
      return { ended: 2 };
    },
    clients: () => scene().clients,
    saveClient: ({ clientSecret, ...entry }) => {
      const others = scene().clients.filter(({ issuer }) => issuer !== entry.issuer);
      scene().clients = [...others, { ...entry, hasSecret: clientSecret !== undefined }];
      return scene().clients;
    },
    deleteClient: ({ issuer }) => {
      scene().clients = scene().clients.filter((client) => client.issuer !== issuer);
      return scene().clients;
    },
    refusals: () => scene().refusals,
    forgive: ({ origin }) => {
      scene().refusals = scene().refusals.filter((refusal) => refusal.origin !== origin);
      return { forgiven: 1 };
    },
    pause: ({ origin }) => {
      const { settings } = scene();
      settings.pausedSites = settings.pausedSites.filter((site) => site !== origin);
      return settings;
    },
    exportSettings: () => ({
      grantkeeper: 1,
      settings: scene().settings,
      clients: scene().clients.map(({ hasSecret: _, ...client }) => client),
    }),
    previewSettings: ({ file }) => {
      const known = typeof file === 'object' && file !== null && 'grantkeeper' in file;
      if (!known) throw new Error('no settings file');
      return {
        clients: [
          { issuer: 'https://login.example', clientId: 'theirs', former: 'grantkeeper-web' },
          { issuer: 'https://new.example', clientId: 'other' },
        ],
        document: 'https://somebody.example/client.json',
      };
    },
    importSettings: () => ({ clients: 2 }),
    erase: () => ({ unconfirmed: scene().unconfirmed }),
  };
}
