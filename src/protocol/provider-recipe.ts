/**
 * Which of docs/providers fits an issuer: what is known of a provider before the user has registered anything there. Only
 * its address counts. It decides nothing; it names a page and fills in a field.
 */
import type { Recipe, RecipeName } from '../shared/facts/recipes.ts';

interface Known extends Recipe {
  /** Hosts, and those below one that begins with a dot. */
  hosts: readonly string[];
}

const AMAZON = /^cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;
/** Keycloak stands at hosts of its owners; its realms don't move. */
const REALM = /\/realms\/[^/]+$/;

const KNOWN: readonly Known[] = [
  {
    name: 'entra',
    hosts: [
      'login.microsoftonline.com',
      'login.microsoftonline.us',
      'login.partner.microsoftonline.cn',
      'sts.windows.net',
      '.ciamlogin.com',
    ],
    authMethod: 'none',
  },
  { name: 'google', hosts: ['accounts.google.com'], authMethod: 'client_secret_post' },
  { name: 'github', hosts: ['github.com', '.ghe.com'], authMethod: 'client_secret_post' },
  { name: 'okta', hosts: ['.okta.com', '.oktapreview.com', '.okta-emea.com'], authMethod: 'none' },
  { name: 'auth0', hosts: ['.auth0.com'], authMethod: 'none' },
  { name: 'atlassian', hosts: ['auth.atlassian.com', '.mcp.atlassian.com', 'mcp.atlassian.com'] },
  { name: 'slack', hosts: ['slack.com', '.slack.com'], authMethod: 'client_secret_post' },
  { name: 'salesforce', hosts: ['.salesforce.com'], authMethod: 'none' },
];

/** The recipe for an issuer; undefined for one that nobody has written about. */
export function findRecipe(issuer: string): Recipe | undefined {
  const url = URL.parse(issuer);
  if (url?.protocol !== 'https:' || url.username || url.port) return undefined;
  const { hostname, pathname } = url;
  const known = KNOWN.find(({ hosts }) => hosts.some((host) => isAt(hostname, host)));
  if (known) return recipe(known.name, known.authMethod);
  if (AMAZON.test(hostname)) return recipe('cognito', 'none');
  return REALM.test(pathname) ? recipe('keycloak', 'none') : undefined;
}

function isAt(hostname: string, host: string): boolean {
  return host.startsWith('.') ? hostname.endsWith(host) : hostname === host;
}

function recipe(name: RecipeName, authMethod: Recipe['authMethod']): Recipe {
  return { name, ...(authMethod && { authMethod }) };
}
