/** Servers with public names, on paper: every request is seen. */
import { World, type Servers } from '../flow/world.ts';
import { codeOf } from '../flow/calls.ts';
import { providerMetadata } from './provider-metadata.ts';

export const HUB = 'https://hub.example';
export const LOGIN = 'https://login.hub.example';
export const MALLORY = `${HUB}/u/mallory/mcp`;
export const KNOWN = '/.well-known/oauth-protected-resource';
export const SITE = 'https://site.example';

export function provider(issuer: string, more: object = {}) {
  return {
    [`${issuer}/.well-known/oauth-authorization-server`]: providerMetadata(issuer, more),
  };
}

export class Paper {
  world!: World<Servers>;
  documents: Record<string, object> = {};
  sent: { url: string; method: string }[] = [];
  authorized: URL[] = [];
  onGet: (url: string) => void = () => undefined;
  issued = 0;

  static async open(resource = HUB): Promise<Paper> {
    const paper = new Paper();
    const world = await World.beside<Servers>({
      siteA: { origin: SITE },
      mcpServer: { url: resource },
      close: () => Promise.resolve(),
    });
    paper.world = world;
    world.ports.http = async (url, init) => paper.answer(url, init);
    world.ports.authWindow = {
      ...world.ports.authWindow,
      open: async (url, opened) => {
        opened(1);
        const asked = new URL(url);
        paper.authorized.push(asked);
        await paper.signingIn();
        const callback = new URL(asked.searchParams.get('redirect_uri')!);
        callback.searchParams.set('code', 'code');
        callback.searchParams.set('state', asked.searchParams.get('state')!);
        return callback.href;
      },
    };
    return paper;
  }

  signingIn: () => Promise<void> = () => Promise.resolve();

  answer(url: string, { method = 'GET', body }: RequestInit): Response {
    this.sent.push({ url, method });
    if (url.endsWith('/register')) {
      return Response.json({ ...JSON.parse(String(body)), client_id: 'client' }, { status: 201 });
    }
    if (url.endsWith('/token')) {
      const resource = new URLSearchParams(String(body)).get('resource') ?? '';
      this.issued += 1;
      const access_token = `${resource}_${this.issued}`;
      const life = { token_type: 'Bearer', expires_in: 3600, refresh_token: `r${this.issued}` };
      const scope = this.authorized.at(-1)?.searchParams.get('scope') ?? 'read';
      return Response.json({ access_token, ...life, scope });
    }
    this.onGet(url);
    const found = this.documents[url];
    return found ? Response.json(found) : new Response('{}', { status: 404 });
  }

  ask(resource: string, params: object = {}, origin = SITE) {
    return this.world.getToken({ resource, scopes: ['read'], ...params }, { origin }).catch(codeOf);
  }
}

export const tokenOf = (outcome: unknown) =>
  (outcome as { access_token?: string } | undefined)?.access_token;
