/** Faults of the authorization response that tests need: another issuer's, and one that says less or more than it should. */
import type { Provider } from 'oidc-provider';

/** Changes the parameters of one response. */
export type Twist = (response: URLSearchParams) => void;

/** The knobs of the authorization response (RFC 9207). */
export interface ResponseFaults {
  /** Every response to a client is changed from now on; `undefined` ends that. */
  twistResponses(twist: Twist | undefined): void;
  /** Whether the metadata promises `iss` from now on. Default true. */
  advertiseIss(advertised: boolean): void;
}

/** Puts the faults around the authorization endpoint and the metadata. */
export function responseFaults(provider: Provider): ResponseFaults {
  let twist: Twist | undefined;
  let advertised = true;

  provider.use(async (ctx, next) => {
    await next();
    if (!advertised && ctx.path.startsWith('/.well-known/')) {
      const metadata = ctx.body as { authorization_response_iss_parameter_supported?: boolean };
      delete metadata.authorization_response_iss_parameter_supported;
    }
    const location = ctx.response.get('location');
    // A redirect that leaves the server goes to a redirect URI that it has compared before.
    if (!twist || !URL.canParse(location)) return;
    const url = new URL(location);
    if (url.origin === new URL(provider.issuer).origin) return;
    twist(url.searchParams);
    ctx.set('location', url.href);
  });

  return {
    twistResponses: (next) => void (twist = next),
    advertiseIss: (next) => void (advertised = next),
  };
}
