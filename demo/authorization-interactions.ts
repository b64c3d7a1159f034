/**
 * The user's side of the authorization server: who are you, and may this client do that. Decisions accumulate in
 * one grant per client and account, so that a step-up adds to what was authorized before.
 */
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { authorizationPage, signInPage } from './authorization-pages.ts';

type Context = Parameters<Parameters<Provider['use']>[0]>[0];
type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;
type Grant = InstanceType<Provider['Grant']>;

/** What `oidc-provider` found to be lacking in the grant. */
interface Missing {
  missingOIDCScope?: string[];
  missingResourceScopes?: Record<string, string[]>;
}

/** The scope that is about the client and no resource: a client that has it gets a refresh token. */
const STAY = 'offline_access';

/** Limit of a decision's form, in bytes; it holds a name or a few scopes. */
const FORM_LIMIT = 16 * 1024;

/** Serves `/interaction/<id>`: GET shows a page, POST takes the decision. */
export function serveInteractions(provider: Provider): void {
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) {
      await next();
      return;
    }
    const interaction = await provider.interactionDetails(ctx.req, ctx.res);
    if (ctx.method === 'POST') await decide(provider, ctx, interaction);
    else await show(provider, ctx, interaction);
  });
}

/**
 * The grant to continue with. A scope refused earlier is asked again when a client asks again: refusing once
 * must not silently answer for ever.
 */
export async function loadExistingGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { client, provider, result, session } = ctx.oidc;
  const decided = result?.consent?.grantId;
  if (decided !== undefined) return provider.Grant.find(decided);
  const id = client && session?.grantIdFor(client.clientId);
  const grant = id === undefined ? undefined : await provider.Grant.find(id);
  delete grant?.rejected;
  return grant;
}

async function show(provider: Provider, ctx: Context, interaction: Interaction): Promise<void> {
  ctx.type = 'html';
  ctx.set('Cache-Control', 'no-store');
  // No form-action: Chromium applies it to the redirect that follows, which leaves for the client.
  ctx.set(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  );
  ctx.body =
    interaction.prompt.name === 'login'
      ? signInPage(ctx.path, 'alice')
      : await authorizationPageOf(provider, ctx.path, interaction);
}

async function authorizationPageOf(
  provider: Provider,
  action: string,
  interaction: Interaction,
): Promise<string> {
  const { params } = interaction;
  const clientId = String(params['client_id']);
  const client = await provider.Client.find(clientId);
  const grant = await grantOf(provider, interaction);
  const resources = [params['resource'] ?? []].flat().map(String);
  const { missingOIDCScope = [], missingResourceScopes = {} } = interaction.prompt
    .details as Missing;
  return authorizationPage({
    action,
    account: interaction.session?.accountId ?? '',
    clientName: client?.clientName ?? clientId,
    redirectHost: new URL(String(params['redirect_uri'])).host,
    resources,
    added: [
      ...Object.values(missingResourceScopes).flat(),
      ...missingOIDCScope.filter((scope) => scope === STAY),
    ],
    held: [
      ...resources.flatMap((resource) => words(grant.getResourceScope(resource))),
      ...words(grant.getOIDCScope()).filter((scope) => scope === STAY),
    ],
  });
}

async function decide(provider: Provider, ctx: Context, interaction: Interaction): Promise<void> {
  const form = await readForm(ctx);
  const submission =
    form.get('decision') === 'refuse'
      ? refused()
      : interaction.prompt.name === 'login'
        ? signedIn(form)
        : await authorized(provider, interaction, form);
  const returnTo = await provider.interactionResult(ctx.req, ctx.res, submission);
  ctx.status = 303;
  ctx.redirect(returnTo);
}

function refused() {
  return { error: 'access_denied', error_description: 'The user refused.' };
}

function signedIn(form: URLSearchParams) {
  const accountId = form.get('login')?.trim();
  return accountId ? { login: { accountId } } : refused();
}

async function authorized(provider: Provider, interaction: Interaction, form: URLSearchParams) {
  const grant = await grantOf(provider, interaction);
  const ticked = form.getAll('scope');
  const { missingOIDCScope = [], missingResourceScopes = {} } = interaction.prompt
    .details as Missing;

  for (const [resource, missing] of Object.entries(missingResourceScopes)) {
    for (const scope of missing) {
      if (ticked.includes(scope)) grant.addResourceScope(resource, scope);
      else grant.rejectResourceScope(resource, scope);
    }
  }
  // Staying connected without being allowed anything is not worth a token.
  if (Object.keys(missingResourceScopes).length > 0 && !grantsAnything(grant)) return refused();
  for (const scope of missingOIDCScope) {
    if (scope !== STAY || ticked.includes(scope)) grant.addOIDCScope(scope);
    else grant.rejectOIDCScope(scope);
  }
  return { consent: { grantId: await grant.save() } };
}

function grantsAnything(grant: Grant): boolean {
  return Object.keys(grant.resources ?? {}).some(
    (resource) => grant.getResourceScope(resource) !== '',
  );
}

async function grantOf(provider: Provider, interaction: Interaction): Promise<Grant> {
  const held = interaction.grantId && (await provider.Grant.find(interaction.grantId));
  if (held) {
    delete held.rejected;
    return held;
  }
  return new provider.Grant({
    accountId: interaction.session?.accountId,
    clientId: String(interaction.params['client_id']),
  });
}

async function readForm(ctx: Context): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of ctx.req) {
    text += String(chunk);
    if (text.length > FORM_LIMIT) ctx.throw(413);
  }
  return new URLSearchParams(text);
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
