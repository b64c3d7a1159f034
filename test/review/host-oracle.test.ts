/** The limit of new hosts must not say at the next call what a server that the page cannot read has answered (Z2, Z39). */
import { afterEach, expect, it } from 'vitest';
import { BrokerError } from '../../src/shared/errors.ts';
import { Paper } from './paper.ts';

let paper: Paper;
afterEach(() => paper.world.close());

/** What the page's own next two servers are answered, after one that it must learn nothing of. */
async function codesAfter(isThere: boolean): Promise<unknown[]> {
  paper = await Paper.open();
  const { world } = paper;
  const target = 'https://mcp.corp.example/mcp';
  const real = paper.answer.bind(paper);
  if (isThere) {
    paper.documents['https://mcp.corp.example/.well-known/oauth-protected-resource/mcp'] = {
      resource: target,
      authorization_servers: ['https://sso.corp.example'],
    };
  }
  paper.answer = (url, init) => {
    if (paper.documents[url]) return real(url, init);
    throw new BrokerError('network_error', { detail: { reason: 'unreachable' } });
  };
  world.answer = () => 'close';
  const page = world.openPage('https://site.example');
  const wire = async (resource: string) => {
    await page.call('getToken', { resource, scopes: [] }).catch(() => undefined);
    const last = page.said.findLast((message) => 'ok' in message) as { error?: { code: string } };
    return last.error?.code;
  };
  const codes = [];
  for (const one of [target, 'https://a.evil.example/mcp', 'https://b.evil.example/mcp'])
    codes.push(await wire(one));
  expect(world.prompts).toEqual([]);
  return codes;
}

it('the limit answers the same whether a server was there or not (E-ORACLE, T-25)', async () => {
  const without = await codesAfter(false);
  await paper.world.close();
  expect(await codesAfter(true)).toEqual(without);
});
