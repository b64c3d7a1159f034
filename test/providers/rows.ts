/** The rows of `npm run providers`: what a provider takes, and what has to come of it. */
import { redirectShapes, type RedirectShape } from '../../demo/redirect-shapes.ts';
import type { LabOptions } from '../../demo/lab.ts';
import type { OverrideKind } from '../../src/shared/facts/override.ts';

/** A provider, and what is expected of it. */
export interface ProviderRow {
  id: string;
  title: string;
  /** How its servers are started; anew for each browser, since a provider may keep a list. */
  open(redirectHost?: string): ProviderAtWork;
  /** Whether the person has to copy or enter anything. */
  types: boolean;
}

/** A provider that is tried. */
export interface ProviderAtWork {
  options: LabOptions;
  /** What the person has from the provider's instructions. */
  entered?: { redirectUri?: string; clientId?: string };
  /** The provider's owner allows an address that the screen names. */
  list?: RedirectShape['list'];
  /** The person ticks what a question says is missing (Z53). */
  ticks?: true;
  /** What they untick in a failure screen before they try again. */
  unticks?: string;
  /** What they enter among the exceptions of the settings, by its fields. */
  exception?: (origins: Origins) => { kind: OverrideKind; fields: Record<string, string> };
}

/** Where the servers are. */
interface Origins {
  provider: string;
  server: string;
}

const SHAPES: ProviderRow[] = redirectShapes().map(({ id, title, entered, list }) => ({
  id,
  title,
  types: entered !== undefined || list !== undefined,
  open: () => {
    const shape = redirectShapes().find((one) => one.id === id)!;
    return {
      options: { redirects: shape, ...shape.clients },
      ...(shape.entered && { entered: shape.entered }),
      ...(shape.list && { list: shape.list }),
    };
  },
}));

const CLIENT = 'by-hand';

/** A client that is registered by hand, at the browser's own address. */
const byHand = (redirectHost: string, scope?: string): LabOptions => ({
  registration: false,
  clients: [
    {
      client_id: CLIENT,
      redirect_uris: [`https://${redirectHost}/cb`],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      ...(scope !== undefined && { scope }),
    },
  ],
});

/** Rules that a person lets pass (docs/overrides.md): each kind. */
const OVERRIDES: ProviderRow[] = [
  {
    id: 'pkce',
    title: 'no PKCE in its metadata, ticked',
    types: false,
    open: () => ({ options: { breaks: 'pkce' }, ticks: true }),
  },
  {
    id: 'own-provider',
    title: 'no provider is named, ticked',
    types: false,
    open: () => ({ options: { breaks: 'own_provider' }, ticks: true }),
  },
  {
    id: 'fewer-scopes',
    title: 'a scope is refused, asked for less',
    types: true,
    open: (host = '') => ({ options: byHand(host, 'openid'), entered: { clientId: CLIENT } }),
  },
  {
    id: 'scopes',
    title: 'a scope is refused, unticked',
    types: true,
    open: (host = '') => ({
      options: byHand(host, 'openid'),
      entered: { clientId: CLIENT },
      unticks: 'offline_access',
    }),
  },
  {
    id: 'issuer-pair',
    title: 'another name in its metadata',
    types: true,
    open: () => ({
      options: { breaks: 'issuer_pair' },
      exception: ({ provider, server }) => ({
        kind: 'issuer_pair',
        fields: { issuer: server, called: provider },
      }),
    }),
  },
  {
    id: 'endpoints',
    title: 'no metadata, addresses by hand',
    types: true,
    open: (host = '') => ({
      options: { breaks: 'endpoints', ...byHand(host) },
      entered: { clientId: CLIENT },
      exception: ({ provider }) => ({
        kind: 'endpoints',
        fields: {
          issuer: provider,
          authorizationEndpoint: `${provider}/auth`,
          tokenEndpoint: `${provider}/token`,
        },
      }),
    }),
  },
  {
    id: 'no-resource',
    title: 'the resource is refused, left out',
    types: true,
    open: (host = '') => ({
      options: { breaks: 'no_resource', ...byHand(host) },
      entered: { clientId: CLIENT },
      exception: ({ server }) => ({ kind: 'no_resource', fields: { resource: `${server}/mcp` } }),
    }),
  },
];

/** All rows. Those of another kind are further lists. */
export const ROWS: readonly ProviderRow[] = [...SHAPES, ...OVERRIDES];
