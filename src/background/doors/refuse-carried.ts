/** The end of a carried request that was not let in, or that failed before anything was known of it. */
import { toWire } from '../../shared/errors.ts';
import type { CarryPort } from '../ports/ports.ts';

/** Says why, and closes the port. Nothing is read, and nothing is logged. */
export function refuseCarried(port: CarryPort, error: unknown): void {
  try {
    port.post({ error: toWire(error, false, crypto.randomUUID()) });
  } catch {
    // The page has gone; there is nobody to tell.
  }
  port.close();
}
