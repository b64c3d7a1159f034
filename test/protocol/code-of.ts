import { BrokerError, type ErrorCode } from '../../src/shared/errors.ts';

/** The code that a task fails with, or undefined; anything that is no BrokerError is a fault of its own. */
export function codeOf(task: () => unknown): ErrorCode | undefined {
  try {
    task();
  } catch (error) {
    if (error instanceof BrokerError) return error.code;
    throw error;
  }
  return undefined;
}
