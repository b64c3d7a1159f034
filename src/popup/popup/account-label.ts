/** What an account is called on screen. */
import { DEFAULT_ACCOUNT } from '../../shared/facts/grant-key.ts';
import type { GrantView } from '../../shared/grant-view.ts';
import { text } from '../kit/text.ts';

/** The user's name for it; until there is one, that it is the first. */
export function accountLabel({ account, accountName }: GrantView): string {
  if (accountName !== undefined) return accountName;
  return account === DEFAULT_ACCOUNT ? text('accountFirst') : account;
}
