/** Recipes for providers: a page of docs/providers each. */
import type { ClientAuthMethod } from './client-auth.ts';

/** Names of the recipes, and the provider's own name; each is the name of its page, too. */
export const RECIPES = {
  entra: 'Microsoft Entra ID',
  google: 'Google',
  github: 'GitHub',
  okta: 'Okta',
  auth0: 'Auth0',
  keycloak: 'Keycloak',
  atlassian: 'Atlassian',
  slack: 'Slack',
  salesforce: 'Salesforce',
  cognito: 'Amazon Cognito',
} as const;

/** One of {@link RECIPES}. */
export type RecipeName = keyof typeof RECIPES;

/** What a recipe says that a form can make use of. */
export interface Recipe {
  name: RecipeName;
  /** How a client that was registered as the recipe says authenticates. */
  authMethod?: ClientAuthMethod;
}
