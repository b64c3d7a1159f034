import { describe, expect, it } from 'vitest';
import { chooseClient } from '../../src/protocol/client-choice.ts';
import {
  adjustedForm,
  registrationForm,
  type RegistrationForm,
  type Registration,
} from '../../src/protocol/client-registration.ts';

const DOCUMENT = 'https://keeper.example/client.json';
const PRE_REGISTERED: Registration = {
  clientId: 'mine',
  authMethod: 'none',
  redirectUri: 'https://x.example/cb',
  secretExpiresAt: 0,
  shared: 'pre-registered',
};
const HELD: Registration = { ...PRE_REGISTERED, clientId: 'held' };
const BITS = [true, false];

/** Written from the specification's list, not from the code. */
function expected(preRegistered: boolean, flag: boolean, url: boolean, endpoint: boolean): string {
  if (preRegistered) return 'pre-registered';
  if (flag && url) return 'document';
  if (endpoint) return 'dynamic';
  return 'asked';
}

const ROWS = BITS.flatMap((preRegistered) =>
  BITS.flatMap((flag) =>
    BITS.flatMap((url) => BITS.map((endpoint) => ({ preRegistered, flag, url, endpoint }))),
  ),
);

const server = ({ flag = false as unknown, endpoint = false }) => ({
  issuer: 'https://as.example',
  client_id_metadata_document_supported: flag as boolean,
  ...(endpoint && { registration_endpoint: 'https://as.example/register' }),
});

describe('which client to be', () => {
  it('has a truth table of sixteen rows', () => {
    expect(ROWS.length).toBe(16);
  });

  it.each(ROWS)(
    'follows the order of the specification: own client $preRegistered, server takes documents $flag, document $url, registration $endpoint (R20, R21, R23, R30)',
    ({ preRegistered, flag, url, endpoint }) => {
      const { choice } = chooseClient(server({ flag, endpoint }), {
        ...(preRegistered && { preRegistered: PRE_REGISTERED }),
        ...(url && { document: DOCUMENT }),
        documentUsable: true,
      });
      expect(choice).toBe(expected(preRegistered, flag, url, endpoint));
    },
  );

  it.each(['true', 1, {}, null])('takes %j for no word about documents (R30)', (flag) => {
    const sources = { document: DOCUMENT, documentUsable: true };
    expect(chooseClient(server({ flag, endpoint: true }), sources).choice).toBe('dynamic');
  });

  it('stays with what the site has registered, but for a client of the user’s own (R23, Z1)', () => {
    const sources = { held: HELD, document: DOCUMENT, documentUsable: true };
    const choice = chooseClient(server({ flag: true, endpoint: true }), sources);
    expect(choice).toEqual({ choice: 'held', registration: HELD });
    const both = { ...sources, preRegistered: PRE_REGISTERED };
    expect(chooseClient(server({}), both)).toMatchObject({ choice: 'pre-registered' });
  });

  it('passes over a document that cannot be used, and is stuck where nothing else is left (Z20)', () => {
    const sources = { document: DOCUMENT, documentUsable: false };
    expect(chooseClient(server({ flag: true, endpoint: true }), sources).choice).toBe('dynamic');
    expect(chooseClient(server({ flag: true }), sources).choice).toBe('stuck');
    expect(chooseClient(server({}), sources).choice).toBe('asked');
  });
});

const refusal = (error: string, description: string, status = 400) => ({
  status,
  error,
  description,
  body: JSON.stringify({ error, description }),
});

describe('what a registration asks for', () => {
  it('is a public client, unless the server says that it has none (R32, R33)', () => {
    const method = (methods?: string[]) =>
      registrationForm({ token_endpoint_auth_methods_supported: methods } as never).authMethod;
    expect(method()).toBe('none');
    expect(method([])).toBe('none');
    expect(method(['client_secret_basic', 'none'])).toBe('none');
    expect(method(['client_secret_post', 'client_secret_basic'])).toBe('client_secret_post');
    expect(method(['private_key_jwt', 'client_secret_basic'])).toBe('client_secret_basic');
    expect(method(['private_key_jwt'])).toBe('none');
  });

  it('is said differently after a refusal only where that could help (R36)', () => {
    const form = registrationForm({});
    const secret = { ...form, authMethod: 'client_secret_basic' } as const;
    const after = (error: string, description = '', tried: RegistrationForm[] = [form]) =>
      adjustedForm(tried, refusal(error, description), 'read');
    const native = { ...form, applicationType: 'native' } as const;
    expect(after('invalid_redirect_uri')).toEqual(native);
    expect(after('invalid_request', 'Bad redirect_uri')).toEqual(native);
    expect(after('invalid_redirect_uri', '', [form, native])).toBeUndefined();
    expect(after('invalid_client_metadata')).toEqual(secret);
    expect(after('invalid_client_metadata', 'scope is required')).toEqual({
      ...form,
      scope: 'read',
    });
    expect(after('invalid_client_metadata', 'refresh_token is not allowed')).toEqual({
      ...form,
      grantTypes: ['authorization_code'],
    });
    expect(after('invalid_request', 'scope is required')).toEqual({ ...form, scope: 'read' });
    const { applicationType: _, ...rest } = form;
    expect(adjustedForm([form], refusal('x', 'application_type?', 422), 'read')).toMatchObject(
      rest,
    );
    for (const status of [401, 403, 404, 429, 500]) {
      expect(adjustedForm([form], refusal('access_denied', '', status), 'read')).toBeUndefined();
    }
  });

  it('never tries the same form twice, and three at most (R36, Z54)', () => {
    const tried = [registrationForm({})];
    for (;;) {
      const next = adjustedForm(tried, refusal('invalid_client_metadata', 'scope'), 'a');
      if (!next) break;
      tried.push(next);
    }
    expect(new Set(tried.map((one) => JSON.stringify(one))).size).toBe(tried.length);
    expect(tried).toHaveLength(3);
  });
});
