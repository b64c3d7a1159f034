/** The demo's strip says “none” because it has looked: wherever a credential is planted, it is found. */
import { afterEach, describe, expect, it } from 'vitest';
import { countSent, findCredentials } from '../../demo/web-client/credentials.ts';

const TOKEN = 'Bearer abcdefgh12345678';
const nothing = { stored: {}, held: {}, sent: 0 };
const { fetch } = globalThis;
afterEach(() => void (globalThis.fetch = fetch));

describe('the credentials of the demo’s page', () => {
  it('are none where there are none', () => {
    const held = { client: { name: 'x', tools: ['read_notes'], authorization: undefined } };
    expect(findCredentials({ stored: { localStorage: '{"a":"1"}' }, held, sent: 0 })).toEqual([]);
  });

  it.each<[string, Partial<typeof nothing>, string]>([
    ['a store', { stored: { localStorage: `{"k":"${TOKEN}"}` } }, 'localStorage'],
    ['a store of tokens', { stored: { s: '{"access_token":"x"}' } }, 's'],
    ['a variable', { held: { client: { deep: [{ options: { access_token: 'x' } }] } } }, 'client'],
    ['headers', { held: { init: new Headers({ authorization: TOKEN }) } }, 'init'],
    ['a request', { sent: 2 }, '2 requests of its own'],
  ])('are found in %s', (_where, planted, name) => {
    expect(findCredentials({ ...nothing, ...planted })).toEqual([name]);
  });

  it('end where objects lead back to themselves', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(findCredentials({ ...nothing, held: { loop } })).toEqual([]);
  });

  it('are counted when the page’s own fetch sends them', async () => {
    globalThis.fetch = () => Promise.resolve(new Response());
    const sent = countSent();
    await globalThis.fetch('http://127.0.0.1/', { headers: { authorization: TOKEN } });
    await globalThis.fetch(new Request('http://127.0.0.1/', { headers: { authorization: TOKEN } }));
    await globalThis.fetch('http://127.0.0.1/');
    expect(sent()).toBe(2);
  });
});
