/** What worker.ts uses of a package that stands in .cache, where the compiler does not look. */
declare module '@cloudflare/workers-oauth-provider' {
  /** What was verified of the token. */
  export interface Auth {
    scope: string[];
  }

  /** What a handler may ask of the provider. */
  export interface Helpers {
    parseAuthRequest(request: Request): Promise<{ scope: string[] }>;
    completeAuthorization(options: {
      request: unknown;
      userId: string;
      metadata: unknown;
      scope: string[];
      props: unknown;
    }): Promise<{ redirectTo: string }>;
  }

  export class OAuthProvider<Env> {
    constructor(options: object);
    fetch(request: Request, env: Env, context: unknown): Promise<Response>;
  }

  export function insufficientScope(auth: Auth, scope: string[]): Response;
}
