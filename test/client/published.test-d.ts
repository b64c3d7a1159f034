/**
 * What a site may write against the SDK. Checked twice: with the sources at each type check, and with the types of the
 * built package by `published-types.test.ts`. A line after `@ts-expect-error` has to be refused.
 */
import {
  findBroker,
  GrantkeeperError,
  InsufficientScopeError,
  type Broker,
  type BrokerInfo,
  type ErrorCode,
  type FetchOptions,
  type FindBrokerOptions,
  type GetTokenParams,
  type GrantListener,
  type PageEvent,
  type Permission,
  type Token,
} from '../../src/client/index.ts';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only where both types are the same, in both directions and without `any`. */
function same<A, B>(..._: Same<A, B> extends true ? [] : ['the types differ']): void {}

/** Finding, and what is found. */
export async function finds(options: FindBrokerOptions): Promise<void> {
  const broker = await findBroker();
  same<typeof broker, Broker | undefined>();
  await findBroker({ extensionIds: ['a'], timeout: 500 });
  same<FindBrokerOptions, { extensionIds?: readonly string[]; timeout?: number }>();
  await findBroker(options);
  // @ts-expect-error -- there may be no broker
  await broker.getToken({ resource: 'https://mcp.example' });
  // @ts-expect-error -- milliseconds are a number
  await findBroker({ timeout: '500' });
}

/** Every member of the broker. */
export async function uses(broker: Broker, signal: AbortSignal): Promise<void> {
  same<typeof broker.info, BrokerInfo>();
  same<BrokerInfo['features'], Record<string, string>>();
  same<typeof broker.fetch, typeof fetch>();
  same<ReturnType<Broker['fetchWith']>, typeof fetch>();
  const token = await broker.getToken({ resource: 'https://mcp.example', scopes: ['a'], signal });
  same<typeof token, Token>();
  same<Token['token_type'], 'Bearer'>();
  same<Token['expires_at'], number>();
  same<Awaited<ReturnType<Broker['permission']>>, Permission>();
  same<
    Permission,
    { resource: string; granted: boolean; scopes: string[]; carried: boolean; sealed: boolean }
  >();
  const { released } = await broker.release('https://mcp.example');
  same<typeof released, boolean>();
  const listener: GrantListener = (event) => same<typeof event, PageEvent>();
  const stop = broker.addEventListener('revoked', listener);
  same<typeof stop, () => void>();
  broker.removeEventListener('grantchange', listener);
  // @ts-expect-error -- no such event
  broker.addEventListener('granted', listener);
  // @ts-expect-error -- a resource is needed
  await broker.getToken({ scopes: ['a'] });
  // @ts-expect-error -- a scope string is no list of scopes
  await broker.getToken({ resource: 'https://mcp.example', scopes: 'a b' });
  // @ts-expect-error -- the page holds no refresh token (Z11)
  void token.refresh_token;
  // @ts-expect-error -- the broker's functions are not to be replaced
  broker.fetch = fetch;
}

/** The options and parameters, whole: a new one is a new line here. */
export function knowsOptions(): void {
  same<
    keyof FetchOptions,
    'onInsufficientScope' | 'maxStepUpRetries' | 'interactive' | 'carry' | 'maxReplayAge'
  >();
  same<FetchOptions['onInsufficientScope'], 'reauthorize' | 'throw' | undefined>();
  same<FetchOptions['carry'], 'required' | undefined>();
  same<
    keyof GetTokenParams,
    'resource' | 'scopes' | 'challenge' | 'rejected' | 'interactive' | 'signal'
  >();
  same<PageEvent['type'], 'grantchange' | 'revoked'>();
  same<keyof Token, 'access_token' | 'token_type' | 'expires_at' | 'scope'>();
}

/** Failures are told apart by a closed list of codes. */
export function catches(error: unknown): ErrorCode | undefined {
  if (error instanceof InsufficientScopeError) {
    same<typeof error.requiredScope, string | undefined>();
    same<typeof error.resourceMetadataUrl, URL | undefined>();
    same<typeof error.challengeAvailable, boolean>();
    const general: GrantkeeperError = error;
    void general;
  }
  if (!(error instanceof GrantkeeperError)) return undefined;
  same<typeof error.code, ErrorCode>();
  same<typeof error.retryable, boolean>();
  // @ts-expect-error -- no such code
  if (error.code === 'no_such_code') return undefined;
  return error.code;
}
