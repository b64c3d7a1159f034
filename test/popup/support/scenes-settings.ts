/** What the settings page and the first screens can find: in the store, and in the browser. */
import type { DocumentVerdict, Settings, ClientView } from '../../../src/shared/settings.ts';
import type { Override } from '../../../src/shared/facts/override.ts';
import type { KeyView, RefusalView } from '../../../src/shared/grant-view.ts';

/** The background and the browser, as the settings page sees them. */
export interface SettingsScene {
  settings: Settings;
  clients: ClientView[];
  keys?: KeyView[];
  overrides?: Override[];
  refusals: RefusalView[];
  builtInDocument?: string;
  verdict: DocumentVerdict;
  /** Match patterns that the browser has granted. */
  hosts: string[];
  /** The browser does not give these back. */
  keptHosts: string[];
  /** A build that reaches pages by a content script (Firefox). */
  relay: boolean;
  /** Tokens whose revocation nobody confirmed. */
  unconfirmed: number;
  /** Calls that fail. */
  failing: string[];
}

const BARE: SettingsScene = {
  settings: { developerMode: false, pausedSites: [] },
  clients: [],
  refusals: [],
  verdict: { usable: true },
  hosts: [],
  keptHosts: [],
  relay: false,
  unconfirmed: 0,
  failing: [],
};

const FULL: SettingsScene = {
  ...BARE,
  settings: {
    developerMode: true,
    pausedSites: ['https://pushy.example.com', 'https://other.example.org'],
    clientDocument: { url: 'https://me.example.org/grantkeeper.json', trusted: true },
  },
  keys: [
    {
      resource: 'https://mcp.tickets.example.org/v1/mcp',
      account: 'default',
      header: 'Authorization',
      savedAt: Date.now(),
      sites: [],
    },
  ],
  overrides: [
    { kind: 'pkce', issuer: 'https://login.example.net', resource: '', at: 1_793_000_000_000 },
    {
      kind: 'issuer_pair',
      issuer: 'https://auth.example.org/tenant',
      resource: '',
      called: 'https://auth.example.org',
      at: 1_793_100_000_000,
    },
    {
      kind: 'no_resource',
      issuer: 'https://login.example.net/',
      resource: 'https://mcp.files.example.net/v1',
      at: 1_793_200_000_000,
    },
  ],
  clients: [
    {
      issuer: 'https://login.example.net/',
      clientId: 'grantkeeper-web',
      authMethod: 'client_secret_basic',
      hasSecret: true,
    },
    {
      issuer: 'https://accounts.example.org/realms/a-long-realm-name-that-goes-on/protocol',
      clientId: '0oa1b2c3d4e5f6g7h8i9-a-long-client-id-that-has-to-wrap.apps.example.org',
      authMethod: 'none',
      hasSecret: false,
    },
  ],
  refusals: [
    {
      origin: 'https://pushy.example.com',
      resource: 'https://mcp.files.example.net/v1',
      scopes: [],
      kind: 'embargo',
      until: Date.now() + 7 * 24 * 3_600_000,
    },
  ],
  builtInDocument: 'https://grantkeeper.example/client.json',
  hosts: ['https://login.example.net/*', 'http://127.0.0.1/*', 'https://mcp.files.example.net/*'],
};

/** By the `scene` of the document's address. */
export const SETTINGS: Record<string, SettingsScene> = {
  bare: BARE,
  full: FULL,
  exceptions: {
    ...BARE,
    clients: FULL.clients.slice(0, 1),
    overrides: FULL.overrides ?? [],
  },
  'built-in': { ...BARE, builtInDocument: 'https://grantkeeper.example/client.json' },
  'all-hosts': { ...BARE, hosts: ['https://*/*'] },
  relay: {
    ...BARE,
    relay: true,
    hosts: ['http://127.0.0.1/*', 'http://localhost/*', 'https://*/*'],
  },
  'relay-none': { ...BARE, relay: true },
  'kept-hosts': { ...FULL, keptHosts: ['https://login.example.net/*'] },
  unreadable: { ...BARE, verdict: { usable: false, fault: 'unreadable' } },
};
