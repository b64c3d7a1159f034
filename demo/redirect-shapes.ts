/**
 * What authorization servers in public take as redirect URIs of clients that they don't know (docs/redirects.md): ten
 * shapes, each a set of rules for the demo's server. `npm run providers` tries them all.
 */
import type { ClientRules } from './authorization-server.ts';

/** Which redirect URIs a server takes. */
export interface RedirectRules {
  /** At registration. */
  mayRegister: (uri: string) => boolean;
  /** At the authorization endpoint, where that is another question: a refusal is a page there, and nothing comes back. */
  mayAuthorize?: (uri: string) => boolean;
  /** What the refusal of a registration says (RFC 7591 §3.2.2). */
  refusal?: { error: string; error_description: string };
}

/** One shape. */
export interface RedirectShape extends RedirectRules {
  id: string;
  title: string;
  /** How clients become known there, where they don't register themselves. */
  clients?: ClientRules;
  /** What the person has to know of the server: an address, and a client id where one is needed. */
  entered?: { redirectUri: string; clientId?: string };
  /** The server's owner puts an address on its list. */
  list?: (uri: string) => void;
}

const hostOf = (uri: string) => URL.parse(uri)?.hostname ?? '';
const isHttp = (uri: string) => URL.parse(uri)?.protocol === 'http:';
const isOn = (uri: string, ...hosts: string[]) => isHttp(uri) && hosts.includes(hostOf(uri));
const isLoopback = (uri: string) => isOn(uri, '127.0.0.1', 'localhost', '[::1]');
const pathOf = (uri: string) => URL.parse(uri)?.pathname;

/** As a server compares that ignores the port of a loopback address (RFC 8252 §7.3). */
const withoutPort = (uri: string) => `http://${hostOf(uri)}${pathOf(uri) ?? ''}`;

const FIXED = 'http://127.0.0.1:3118/callback';
const OF_TENANT = 'http://localhost:8765/tenants/acme/callback';
const TENANT_CLIENT = 'acme-desktop';

/** The ten, each with a list of its own. */
export function redirectShapes(): RedirectShape[] {
  const listed = new Set<string>();
  return [
    { id: 'loopback', title: 'loopback only', mayRegister: isLoopback },
    { id: '127', title: '127.0.0.1 only', mayRegister: (uri) => isOn(uri, '127.0.0.1') },
    { id: 'localhost', title: 'localhost only', mayRegister: (uri) => isOn(uri, 'localhost') },
    {
      id: 'any-port',
      title: 'two addresses, at any port',
      mayRegister: (uri) =>
        isLoopback(uri) &&
        ['http://127.0.0.1/callback', 'http://localhost/callback'].includes(withoutPort(uri)),
    },
    {
      id: 'fixed-path',
      title: 'a fixed path on this computer',
      mayRegister: (uri) => isLoopback(uri) && pathOf(uri) === '/oauth/callback',
    },
    {
      id: 'no-https',
      title: 'https refused, in words',
      mayRegister: isHttp,
      refusal: {
        error: 'invalid_request',
        error_description: 'Invalid redirect_uri: must be a native callback',
      },
    },
    {
      id: 'at-authorize',
      title: 'refused only at /authorize, by a page',
      mayRegister: () => true,
      mayAuthorize: isLoopback,
    },
    {
      id: 'fixed-port',
      title: 'one address with a fixed port',
      mayRegister: (uri) => uri === FIXED,
      entered: { redirectUri: FIXED },
    },
    {
      id: 'admin-list',
      title: 'listed by an administrator',
      mayRegister: (uri) => listed.has(uri),
      list: (uri) => listed.add(uri),
    },
    {
      id: 'tenant',
      title: 'a client of the tenant’s own',
      mayRegister: () => true,
      clients: {
        registration: false,
        clients: [
          {
            client_id: TENANT_CLIENT,
            application_type: 'native',
            redirect_uris: [OF_TENANT],
            grant_types: ['authorization_code', 'refresh_token'],
            token_endpoint_auth_method: 'none',
          },
        ],
      },
      entered: { redirectUri: OF_TENANT, clientId: TENANT_CLIENT },
    },
  ];
}
