/**
 * The door for carried requests (Z27): one port for each, its sender attested anew. What the port may do was admitted
 * by the judgement that the page door has too; what the request may do is decided in access/carry.ts.
 */
import type { Carrier } from '../access/carry.ts';
import type { CarryPort } from '../ports/ports.ts';
import type { PageCaller } from '../ports/records.ts';
import type { Admission, CarryPass } from './admission.ts';
import { CarryCall, type CarryPorts } from './carry-call.ts';
import type { OpenPages } from './open-pages.ts';

export class CarryDoor {
  readonly #carrier: Carrier;
  readonly #ports: CarryPorts;
  readonly #open: Pick<OpenPages, 'has'>;
  readonly #admission: Admission;

  /** @param open knows which pages are still there */
  constructor(
    carrier: Carrier,
    ports: CarryPorts,
    open: Pick<OpenPages, 'has'>,
    admission: Admission,
  ) {
    this.#carrier = carrier;
    this.#ports = ports;
    this.#open = open;
    this.#admission = admission;
  }

  /**
   * Serves one request until its last byte, or until either side has had enough.
   * @param pass what its port was let in with, if it was already
   */
  serve(port: CarryPort, caller: PageCaller, pass = this.#enter(port, caller)): void {
    if (!pass) return;
    const isThere = () => this.#open.has(caller);
    new CarryCall(port, { caller, pass, isThere, carrier: this.#carrier }, this.#ports).serve();
  }

  #enter(port: CarryPort, caller: PageCaller): CarryPass | undefined {
    return this.#admission.enterCarried(port, caller);
  }
}
