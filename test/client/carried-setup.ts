/** A page whose broker carries what it can: its ports, the page door, and the page's own fetch beside them. */
import { createBroker } from '../../src/client/broker.ts';
import { Connection } from '../../src/client/connection.ts';
import type { HeldAt } from '../../src/shared/page-contract.ts';
import { FakeBroker, HELLO, refusal, type Script } from './fake-broker.ts';
import { FakeCarrier, type Carrying } from './fake-carrier.ts';
import { serve, type Setup } from './fetch-setup.ts';
import type { Responder } from './http-server.ts';

export interface CarriedSetup extends Setup {
  carrier: FakeCarrier;
  /** What arrived at the broker, on any port. */
  messages(): number;
}

/** How the broker stands. */
export interface Standing {
  carrying: Carrying;
  /** Where it says that the page holds grants; by default at the server's `/mcp`, carried. */
  held?: (url: string) => HeldAt[];
  features?: Record<string, string>;
  script?: Script;
}

export async function setUpCarried(
  respond: Responder,
  { carrying, held, features = { token: '1.0', fetch: '1.0' }, script }: Standing,
): Promise<CarriedSetup> {
  const server = await serve(respond);
  const url = `${server.origin}/mcp`;
  const fake = new FakeBroker(script ?? (() => refusal('interaction_required')));
  const carrier = new FakeCarrier(carrying);
  const info = { ...HELLO, features, held: held?.(url) ?? [{ url, carried: true }] };
  fake.info = info;
  const broker = createBroker(new Connection(fake.open), info, carrier.open);
  return {
    server,
    fake,
    broker,
    url,
    carrier,
    messages: () => fake.received.length + carrier.ports.length,
  };
}
