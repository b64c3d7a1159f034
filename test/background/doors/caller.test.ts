import { describe, expect, it } from 'vitest';
import { isOwnDocument, verifyPage, type Sender } from '../../../src/background/doors/caller.ts';
import { codeOf } from '../../protocol/code-of.ts';
import { DOCUMENTS } from '../../../src/shared/documents.ts';

const PAGE: Sender = {
  url: 'https://client.example/app?x#y',
  origin: 'https://client.example',
  frameId: 0,
  documentLifecycle: 'active',
  tab: { id: 7, incognito: false },
};
const refusal = (change: Partial<Sender>, viaRelay = false) =>
  codeOf(() => verifyPage({ ...PAGE, ...change }, viaRelay));
const ID = 'abcdefghijklmnopabcdefghijklmnop';
const refused = (list: unknown[]) => list.map(() => 'insecure_context');

describe('a web page (Z5)', () => {
  it('is known by the origin that the browser attests, and its tab (Z5, T-02)', () => {
    expect(verifyPage(PAGE, false)).toEqual({ origin: 'https://client.example', tabId: 7 });
  });

  it('is known by its document, where the browser names that (Z40)', () => {
    const { documentId } = verifyPage({ ...PAGE, documentId: 'D1' }, true);
    expect(documentId).toBe('D1');
    expect(verifyPage(PAGE, true)).not.toHaveProperty('documentId');
  });

  it('is not known by its URL (Z5, T-03)', () => {
    const { origin } = verifyPage({ ...PAGE, url: 'https://bank.example/' }, false);
    expect(origin).toBe('https://client.example');
    expect(refusal({ origin: undefined, url: 'https://client.example/' })).toBe('insecure_context');
  });

  it('has an origin that is one: opaque and missing ones are refused (T-03)', () => {
    const origins = [
      'null',
      '',
      undefined,
      'about:blank',
      'data:text/html,x',
      'file://',
      'blob:https://x.example/1',
    ];
    expect(origins.map((origin) => refusal({ origin }))).toEqual(refused(origins));
  });

  it('has an origin as the browser writes it, and no more than an origin (T-03, Z5)', () => {
    const origins = [
      'https://client.example/',
      'https://client.example/path',
      'https://client.example:443',
      'HTTPS://client.example',
      'https://CLIENT.example',
      'https://user@client.example',
      'https://client.example#x',
      ' https://client.example',
      'client.example',
      '*',
    ];
    expect(origins.map((origin) => refusal({ origin }))).toEqual(refused(origins));
  });

  it('comes over https, unless it is loopback by its literal host (Z3, T-28, T-29)', () => {
    const secure = [
      'https://client.example:8443',
      'http://localhost',
      'http://localhost:5173',
      'http://127.0.0.1:3000',
      'http://[::1]:3000',
    ];
    expect(secure.map((origin) => refusal({ origin }))).toEqual(secure.map(() => undefined));
    const insecure = [
      'http://client.example',
      'http://192.168.1.1',
      'http://10.0.0.1:8080',
      'http://127.0.0.2',
      'http://0.0.0.0',
      'http://localhost.evil.com',
      'http://app.localhost',
      'http://printer.local',
    ];
    expect(insecure.map((origin) => refusal({ origin }))).toEqual(refused(insecure));
  });

  it('is no document of an extension or of the browser (T-09)', () => {
    const origins = [
      `chrome-extension://${ID}`,
      'moz-extension://uuid',
      'chrome://settings',
      'resource://x',
    ];
    expect(origins.map((origin) => refusal({ origin }))).toEqual(refused(origins));
    expect(origins.map((origin) => refusal({ origin, id: ID }, true))).toEqual(refused(origins));
  });

  it('comes over http or https, whatever else has an origin (T-03)', () => {
    const origins = ['ftp://localhost', 'ws://localhost', 'wss://127.0.0.1'];
    expect(origins.map((origin) => refusal({ origin }))).toEqual(refused(origins));
  });

  it('is a top frame (T-04)', () => {
    const frames = [1, 7, -1, undefined];
    expect(frames.map((frameId) => refusal({ frameId }))).toEqual(refused(frames));
  });

  it('is active: no prerendered or frozen document is served (T-04)', () => {
    const states = ['prerender', 'cached', 'pending_deletion', '', 'ACTIVE'];
    expect(states.map((documentLifecycle) => refusal({ documentLifecycle }))).toEqual(
      refused(states),
    );
  });

  it('is taken for active where the browser does not tell: Firefox (T-04)', () => {
    expect(refusal({ documentLifecycle: undefined, id: ID }, true)).toBeUndefined();
  });

  it('is in a tab, in no private window (T-04, Z24)', () => {
    const tabs = [
      undefined,
      { incognito: false },
      { id: undefined, incognito: false },
      { id: 7, incognito: true },
    ];
    expect(tabs.map((tab) => refusal({ tab }))).toEqual(refused(tabs));
    expect(refusal({ tab: { id: 0, incognito: false } })).toBeUndefined();
  });

  it('is no other extension: those have an id (T-09)', () => {
    expect(refusal({ id: ID })).toBe('insecure_context');
    expect(refusal({ id: '' })).toBe('insecure_context');
  });

  it('may come through our relay, which has our id; all else is asked of it too (T-05, Z12)', () => {
    expect(refusal({ id: ID }, true)).toBeUndefined();
    const bad: Partial<Sender>[] = [
      { origin: 'null' },
      { frameId: 1 },
      { tab: undefined },
      { tab: { id: 7, incognito: true } },
      { origin: 'http://client.example' },
    ];
    expect(bad.map((change) => refusal({ id: ID, ...change }, true))).toEqual(refused(bad));
  });
});

describe('one of our own documents (Z6, T-07)', () => {
  const ROOT = `chrome-extension://${ID}/`;
  const OWN: Sender = { id: ID, url: `${ROOT}${DOCUMENTS.popup}`, frameId: 0 };
  const isOwn = (change: Partial<Sender>, root = ROOT) =>
    isOwnDocument({ ...OWN, ...change }, ID, root);

  it('is the popup or the prompt, with any query or fragment (Z6)', () => {
    const urls = [
      ...Object.values(DOCUMENTS),
      `${DOCUMENTS.consent}?flow=1`,
      `${DOCUMENTS.popup}#grants`,
      `${DOCUMENTS.consent}?a#b?c`,
    ];
    expect(urls.map((url) => isOwn({ url: ROOT + url }))).toEqual(urls.map(() => true));
  });

  it('is an exact path of ours (Z6, T-07)', () => {
    const paths = [
      '',
      'src/popup/',
      'src/popup/popup/other.html',
      ['src', 'popup', 'popup.html'].join('/'),
      `${DOCUMENTS.popup}/`,
      `${DOCUMENTS.popup}/x`,
      `${DOCUMENTS.popup}x`,
      DOCUMENTS.popup.replace('popup.html', 'POPUP.html'),
      DOCUMENTS.popup.replace('src/', 'src/../src/'),
      `x/${DOCUMENTS.popup}`,
      `/${DOCUMENTS.popup}`,
      DOCUMENTS.popup.replaceAll('/', '%2F'),
    ];
    expect(paths.filter((path) => isOwn({ url: ROOT + path }))).toEqual([]);
  });

  it('is of our own extension (T-07, T-09)', () => {
    const urls = [
      `chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba/${DOCUMENTS.popup}`,
      `https://evil.example/${ROOT}${DOCUMENTS.popup}`,
      `https://evil.example/?${ROOT}${DOCUMENTS.popup}`,
      `https://evil.example/${DOCUMENTS.popup}`,
      `moz-extension://${ID}/${DOCUMENTS.popup}`,
    ];
    expect(urls.filter((url) => isOwn({ url }))).toEqual([]);
    expect(isOwn({ id: 'ponmlkjihgfedcbaponmlkjihgfedcba' })).toBe(false);
    expect(isOwn({ id: undefined })).toBe(false);
  });

  it('is no content script, which has our id and the page’s URL (T-07)', () => {
    expect(isOwn({ url: 'https://client.example/', origin: 'https://client.example' })).toBe(false);
    expect(isOwn({ url: undefined, origin: ROOT.slice(0, -1) })).toBe(false);
    expect(isOwn({ url: '' })).toBe(false);
  });

  it('is in no frame (T-14, T-07)', () => {
    expect(isOwn({ frameId: 1 })).toBe(false);
    expect(isOwn({ frameId: undefined })).toBe(true);
  });
});
