import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/set-up.mjs';
import { findRecipe } from '../../src/protocol/provider-recipe.ts';
import { RECIPES } from '../../src/shared/facts/recipes.ts';

const ISSUERS: [issuer: string, name: string][] = [
  ['https://login.microsoftonline.com/8a1c0f6e-0000-4000-8000-000000000000/v2.0', 'entra'],
  ['https://acme.ciamlogin.com/acme.onmicrosoft.com/v2.0', 'entra'],
  ['https://accounts.google.com', 'google'],
  ['https://accounts.google.com/', 'google'],
  ['https://github.com/login/oauth', 'github'],
  ['https://acme.ghe.com/login/oauth', 'github'],
  ['https://acme.okta.com', 'okta'],
  ['https://acme.oktapreview.com/oauth2/default', 'okta'],
  ['https://acme.eu.auth0.com/', 'auth0'],
  ['https://sso.acme.example/realms/staff', 'keycloak'],
  ['https://sso.acme.example/auth/realms/staff', 'keycloak'],
  ['https://auth.atlassian.com', 'atlassian'],
  ['https://cf.mcp.atlassian.com', 'atlassian'],
  ['https://slack.com', 'slack'],
  ['https://login.salesforce.com', 'salesforce'],
  ['https://acme.my.salesforce.com', 'salesforce'],
  ['https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf', 'cognito'],
];

describe('the recipe for an issuer (Z53)', () => {
  it.each(ISSUERS)('of %s is %s', (issuer, name) => {
    expect(findRecipe(issuer)?.name).toBe(name);
  });

  it.each([
    'https://login.microsoftonline.com.evil.example/common/v2.0',
    'https://evilokta.com',
    'https://okta.com.evil.example',
    'https://evil.example/acme.okta.com',
    'https://acme.okta.com@evil.example',
    'https://user@acme.okta.com',
    'https://acme.okta.com:8443',
    'http://acme.okta.com',
    'https://cognito-idp.eu.evil.example.amazonaws.com/x',
    'https://s3.eu-central-1.amazonaws.com',
    'https://sso.acme.example/realms/staff/other',
    'https://sso.acme.example/realms/',
    'https://id.acme.example',
    'nonsense',
  ])('is none for %s', (issuer) => {
    expect(findRecipe(issuer)).toBeUndefined();
  });

  it('is a page of docs/providers, for each name, and each name is found by some issuer', () => {
    const names = Object.keys(RECIPES);
    const pages = names.map((name) => path.join(ROOT, 'docs', 'providers', `${name}.md`));
    expect(pages.filter((page) => !existsSync(page))).toEqual([]);
    expect(new Set(ISSUERS.map(([, name]) => name))).toEqual(new Set(names));
  });

  it('says how a client authenticates only where that is the same for everybody', () => {
    const methods = Object.fromEntries(
      ISSUERS.map(([issuer]) => findRecipe(issuer)!).map((one) => [one.name, one.authMethod]),
    );
    expect(methods).toEqual({
      entra: 'none',
      google: 'client_secret_post',
      github: 'client_secret_post',
      okta: 'none',
      auth0: 'none',
      keycloak: 'none',
      atlassian: undefined,
      slack: 'client_secret_post',
      salesforce: 'none',
      cognito: 'none',
    });
  });
});
