/** Why a call ends with its page. */
import { BrokerError } from '../../shared/errors.ts';

/**
 * The page has left or reloaded, and took nothing back. A call that ends for any other reason was taken back by a page
 * that is still there, and its question counts as closed once the user has seen it (Z39).
 */
export class PageGone extends BrokerError {
  constructor() {
    super('aborted');
  }
}
