/** Grantkeeper's page SDK. */
export type { ErrorCode } from '../shared/errors.ts';
export type { BrokerInfo, PageEvent, Permission, Token } from '../shared/page-contract.ts';
export type { AuthProvider } from './auth-provider.ts';
export type { FetchOptions } from './authorized-fetch.ts';
export type { Broker, GetTokenParams } from './broker.ts';
export { GrantkeeperError, InsufficientScopeError } from './errors.ts';
export { findBroker, type FindBrokerOptions } from './find-broker.ts';
export type { GrantListener } from './listeners.ts';
