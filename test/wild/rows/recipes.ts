/**
 * The providers of docs/providers, each as its public documentation and public reports say that it behaves (J). No live
 * provider was asked. The person does what the recipe says: enters a client, makes an exception.
 */
import type { RecipeName } from '../../../src/shared/facts/recipes.ts';
import { json, refusal } from '../answers.ts';
import { connects, SIGNS_IN_AGAIN, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';

/** Nobody registers there but by hand. */
function registersNobody({ metadata }: WildServer): void {
  metadata['registration_endpoint'] = undefined;
}

function hidesPkce({ metadata }: WildServer): void {
  metadata['code_challenge_methods_supported'] = undefined;
}

/** Puts the issuer at a path, where only the OpenID document is, as many companies' providers have it. */
function openIdAt(s: WildServer, path: string): void {
  s.remove(s.metadataUrl);
  const issuer = `${s.login}${path}`;
  s.resource['authorization_servers'] = [issuer];
  s.metadata['issuer'] = issuer;
  s.metadataUrl = `${issuer}/.well-known/openid-configuration`;
  s.at(s.metadataUrl, () => json(s.metadata));
}

/** What a row says beside its recipe. */
type Played = Omit<Row, 'id' | 'recipe' | 'variant'> & { says: string };

const row = (id: string, recipe: RecipeName, { says, ...rest }: Played): Row => ({
  id,
  recipe,
  variant: says,
  ...rest,
});

/** One for each recipe, and a second where a provider has two faces. */
export const RECIPE_ROWS: readonly Row[] = [
  row('J01', 'entra', {
    says: 'Entra: OpenID document of a tenant, no PKCE in it, nobody registers',
    source: 'vercel/ai#18674, executor#1789',
    change: (s) => {
      openIdAt(s, '/8a1c0f6e-0000-4000-8000-000000000000/v2.0');
      registersNobody(s);
      hidesPkce(s);
    },
    byHand: true,
    ticks: true,
    wants: connects({ asks: 2 }),
  }),
  row('J02', 'google', {
    says: 'Google: one slash more, nobody registers, a secret, no refresh token without a parameter of its own',
    source: 'python-sdk#1919',
    change: (s) => {
      s.resource['authorization_servers'] = [`${s.login}/`];
      registersNobody(s);
      s.exchanged = ({ refresh_token: _, ...answer }) => answer;
    },
    byHand: true,
    wants: connects({ asks: 2, later: SIGNS_IN_AGAIN }),
  }),
  row('J03', 'github', {
    says: 'GitHub: issuer with a path, no PKCE in its metadata, nobody registers, tokens without end',
    source: 'github-mcp-server#1404, quarkus-langchain4j#2246',
    change: (s) => {
      s.moveIssuer(`${s.login}/login/oauth`);
      registersNobody(s);
      hidesPkce(s);
      s.exchanged = ({ access_token, scope }) => ({ access_token, scope, token_type: 'bearer' });
    },
    byHand: true,
    ticks: true,
    wants: connects({ asks: 2, later: SIGNS_IN_AGAIN }),
  }),
  row('J04', 'okta', {
    says: 'Okta: custom authorization server, registration wants an administrator’s key, the client is in the settings',
    source: 'developer.okta.com',
    change: (s) => {
      s.moveIssuer(`${s.login}/oauth2/default`);
      s.at(`${s.login}/register`, () =>
        refusal('access_denied', 'You do not have permission', 403),
      );
    },
    byHand: true,
    entered: true,
    wants: connects(),
  }),
  row('J05', 'auth0', {
    says: 'Auth0: issuer with a slash, nobody registers, scopes that the API lacks are left out without a word',
    source: 'auth0.com/ai/docs/mcp',
    change: (s) => {
      s.moveIssuer(`${s.login}/`);
      registersNobody(s);
      s.resource['scopes_supported'] = ['read', 'unknown'];
      s.exchanged = (answer) => ({ ...answer, scope: 'read' });
    },
    byHand: true,
    wants: connects({ asks: 2 }),
  }),
  row('J06', 'keycloak', {
    says: 'Keycloak: a realm that sends iss, its policy of trusted hosts refuses to register us, the client is in the settings',
    source: 'keycloak.org/securing-apps/mcp-authz-server',
    change: (s) => {
      openIdAt(s, '/realms/staff');
      s.metadata['authorization_response_iss_parameter_supported'] = true;
      s.callback = (callback) => callback.searchParams.set('iss', String(s.metadata['issuer']));
      s.at(`${s.login}/register`, () =>
        refusal('insufficient_scope', "Policy 'Trusted Hosts' rejected request", 403),
      );
    },
    byHand: true,
    entered: true,
    wants: connects(),
  }),
  row('J07', 'atlassian', {
    says: 'Atlassian: the document of a tenant’s issuer calls itself by the host alone',
    source: 'atlassian-mcp-server#205, #148, #74',
    change: (s) => {
      const { metadata } = s;
      const { login } = s;
      s.moveIssuer(`${login}/tenant`);
      metadata['issuer'] = login;
    },
    overrides: (s) => [{ kind: 'issuer_pair', issuer: `${s.login}/tenant`, called: s.login }],
    wants: connects(),
  }),
  row('J08', 'slack', {
    says: 'Slack: the server names its own host, where the document carries the provider’s name; nobody registers, token_type "user"',
    source: 'openwork#3569, vscode#293533',
    change: (s) => {
      s.beItsOwnIssuer();
      s.resource['authorization_servers'] = [s.mcp];
      s.metadata['issuer'] = s.login;
      registersNobody(s);
      s.exchanged = (answer) => ({ ...answer, token_type: 'user' });
    },
    byHand: true,
    overrides: (s) => [{ kind: 'issuer_pair', issuer: s.mcp, called: s.login }],
    wants: connects({ asks: 2 }),
  }),
  row('J09', 'salesforce', {
    says: 'Salesforce: nobody registers, no secret, tokens of minutes that don’t say so',
    source: 'LibreChat#13248, developer.salesforce.com',
    change: (s) => {
      registersNobody(s);
      s.lasts = 900;
      s.exchanged = s.refreshed = ({ expires_in: _, ...answer }) => answer;
    },
    byHand: true,
    wants: connects({ asks: 2 }),
  }),
  row('J10', 'cognito', {
    says: 'Cognito: OpenID document of a pool, no PKCE in it, nobody registers',
    source: 'vercel/ai#18674',
    change: (s) => {
      openIdAt(s, '/eu-central-1_AbCdEf');
      registersNobody(s);
      hidesPkce(s);
    },
    byHand: true,
    ticks: true,
    wants: connects({ asks: 2 }),
  }),
  row('J11', 'salesforce', {
    says: 'Salesforce sandbox: no PKCE in its metadata',
    source: 'mcp-hosted#47',
    change: (s) => {
      registersNobody(s);
      hidesPkce(s);
    },
    byHand: true,
    ticks: true,
    wants: connects({ asks: 2 }),
  }),
];
