/** Erase everything forgets what is in memory too. */
import { afterEach, expect, it } from 'vitest';
import { BrokerError } from '../../src/shared/errors.ts';
import { Paper } from '../support/hub-on-paper.ts';

let paper: Paper;
afterEach(() => paper.world.close());

it('leaves no failure that names a site and a server (T-35)', async () => {
  paper = await Paper.open();
  const unreachable = new BrokerError('network_error', { detail: { reason: 'unreachable' } });
  paper.world.ports.http = () => Promise.reject(unreachable);
  await paper.ask('https://secret-clinic.example/mcp');
  expect(paper.world.life.flows.pending()).toHaveLength(1);
  await paper.world.own.erase({ what: 'everything' });
  expect(paper.world.life.flows.pending()).toEqual([]);
});
