import { describe, expect, it } from 'vitest';
import {
  clientDocument,
  findDocumentFault,
  isDocumentUrl,
} from '../../src/protocol/client-document.ts';

const URL_ = 'https://keeper.example/oauth/client.json';
const REDIRECT = 'https://abcdef.chromiumapp.org/cb';
const GOOD = { client_id: URL_, client_name: 'Grantkeeper', redirect_uris: [REDIRECT] };

describe('an address that is a client id (CIMD §3)', () => {
  it.each([
    URL_,
    'https://keeper.example:8443/c',
    'https://keeper.example/c?version=2',
    'https://conformance-test.local/client-metadata.json',
  ])('%s can be one (R24, R26)', (url) => {
    expect(isDocumentUrl(url)).toBe(true);
  });

  it.each([
    'http://keeper.example/client.json',
    'https://keeper.example',
    'https://keeper.example/',
    `${URL_}#a`,
    `${URL_}#`,
    'https://user@keeper.example/client.json',
    'https://user:secret@keeper.example/client.json',
    'https://keeper.example/a/../client.json',
    'https://keeper.example/./client.json',
    'https://keeper.example/a/%2e%2E/client.json',
    'https://KEEPER.example/client.json',
    'https://keeper.example:443/client.json',
    'https:/keeper.example/client.json',
    ' https://keeper.example/client.json',
    'client.json',
    '',
    `https://keeper.example/${'a'.repeat(2048)}`,
  ])('%s cannot (R24, R26)', (url) => {
    expect(isDocumentUrl(url)).toBe(false);
  });
});

describe('the document at that address (CIMD §4)', () => {
  const fault = (json: unknown) => findDocumentFault(json, URL_, REDIRECT);

  it('is usable when it names itself, has a name, and lists our redirect URI (R24, R27)', () => {
    expect(fault(GOOD)).toBeUndefined();
    expect(fault({ ...GOOD, redirect_uris: ['https://other.example/', REDIRECT] })).toBeUndefined();
  });

  it.each(['client_id', 'client_name', 'redirect_uris'])(
    'is malformed without %s (R27)',
    (name) => {
      expect(fault({ ...GOOD, [name]: undefined })).toBe('malformed');
      expect(fault({ ...GOOD, [name]: 7 })).toBe('malformed');
    },
  );

  it.each([null, [], 'text', 7])('is malformed when it is %j (R27)', (json) => {
    expect(fault(json)).toBe('malformed');
  });

  it.each([`${URL_}/`, URL_.toUpperCase(), `${URL_}?`, ` ${URL_}`])(
    'is another’s when it calls itself %j (R28)',
    (client_id) => {
      expect(fault({ ...GOOD, client_id })).toBe('client_id');
    },
  );

  it('is of no use when our redirect URI is not in it, byte for byte (T-61, R91)', () => {
    expect(fault({ ...GOOD, redirect_uris: [] })).toBe('redirect_uris');
    expect(fault({ ...GOOD, redirect_uris: [`${REDIRECT}/`] })).toBe('redirect_uris');
  });
});

describe('the document that the build writes', () => {
  const document = clientDocument(URL_, [REDIRECT]);

  it('passes its own check (R25, R27, R28)', () => {
    expect(findDocumentFault(document, URL_, REDIRECT)).toBeUndefined();
  });

  it('is a public web client that refreshes, and holds no secret (R33, R42)', () => {
    expect(document).toMatchObject({
      application_type: 'web',
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    });
    expect(JSON.stringify(document)).not.toContain('secret');
  });
});
