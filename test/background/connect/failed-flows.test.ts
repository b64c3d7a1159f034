import { describe, expect, it } from 'vitest';
import { FailedFlows, neverBegun } from '../../../src/background/connect/failed-flows.ts';
import type { Ports } from '../../../src/background/ports/ports.ts';
import { BrokerError, serverFault } from '../../../src/shared/errors.ts';

const ports = { now: () => 1000 } as Ports;

function failureOf(error: BrokerError) {
  const flow = neverBegun(ports, { origin: 'https://a.example', asked: 'https://m.example/mcp' });
  new FailedFlows(ports).add(flow, error);
  return flow.failure;
}

describe('a flow that has failed', () => {
  it('names the recipe for its provider, by the address alone (Z53)', () => {
    const at = (issuer: string) =>
      serverFault('registration_failed', issuer, 'registration_refused');
    expect(failureOf(at('https://acme.okta.com'))).toMatchObject({ recipe: 'okta' });
    expect(failureOf(at('https://sso.acme.example/realms/staff'))).toMatchObject({
      recipe: 'keycloak',
    });
    expect(failureOf(at('https://id.acme.example'))).not.toHaveProperty('recipe');
    expect(failureOf(new BrokerError('network_error'))).toEqual({ code: 'network_error' });
  });
});
