/** The one place where a failure becomes what a page sees, whichever door it called at. */
import { asBrokerError, toWire, type WireError } from '../../shared/errors.ts';
import type { Ports } from '../ports/ports.ts';

/** What telling takes. */
export interface CallPorts extends Pick<Ports, 'now' | 'pause' | 'log'> {
  /** Whether the site holds a grant at what the call names (Z2). */
  holdsGrantAt(origin: string, resource: string): Promise<boolean>;
}

/** The call that failed. */
interface FailedCall {
  origin: string;
  /** When it came; milliseconds since the epoch. */
  at: number;
  /** The server that it names, if it can be shown to people. */
  resource?: string | undefined;
  /** Nobody is there to be told. */
  isGone: boolean;
  /** The trace that says more. */
  flow?: string | undefined;
}

/**
 * When a failure that the network had a part in is answered before any grant, after the call: longer than discovery
 * takes, so that the time tells nothing (T-25, Z43). Where a person was asked meanwhile, at a multiple; milliseconds.
 */
const FAILURE_TIME = 10_000;

/** Notes a failure, and resolves what its page may learn of it, when it may. */
export async function tellFailure(
  ports: CallPorts,
  { origin, at, resource, isGone, flow }: FailedCall,
  error: unknown,
): Promise<WireError> {
  const isTold = resource !== undefined && !isGone;
  const standing = isTold ? await standingAt(ports, origin, resource) : 'forbidden';
  const about = {
    origin,
    ...(resource !== undefined && { resource }),
    ...(flow !== undefined && { flow }),
  };
  const wire = toWire(error, standing === 'held', ports.log.noteFailure(error, about));
  if (wire.code === 'connect_failed' && standing === 'none') await hideTiming(ports, at);
  return wire;
}

/** Whether the site holds a grant there; an address that is `forbidden` was never contacted. */
async function standingAt(
  ports: CallPorts,
  origin: string,
  resource: string,
): Promise<'held' | 'none' | 'forbidden'> {
  try {
    return (await ports.holdsGrantAt(origin, resource)) ? 'held' : 'none';
  } catch (error) {
    return asBrokerError(error).code === 'policy_blocked' ? 'forbidden' : 'none';
  }
}

/** How long a failure took would tell a page what is behind an address that it may know nothing of (T-25). */
async function hideTiming({ now, pause }: CallPorts, receivedAt: number): Promise<void> {
  const taken = now() - receivedAt;
  await pause(FAILURE_TIME - (taken % FAILURE_TIME));
}
