/** What the endpoints with authority are sent and may answer, where servers in use and the library disagree. */
import type { AuthorizationServer, ClientAuth } from 'oauth4webapi';
import { describe, expect, it } from 'vitest';
import { authenticationOf } from '../../../src/background/oauth/endpoint.ts';
import { register } from '../../../src/background/oauth/registration-endpoint.ts';
import type { Registration } from '../../../src/protocol/client-registration.ts';

const SERVER: AuthorizationServer = {
  issuer: 'https://as.example',
  registration_endpoint: 'https://as.example/register',
};
const SITE = {
  scope: '',
  namesScope: false,
  origin: 'https://app.example',
  redirectUri: 'https://id.chromiumapp.org/cb',
};

describe('client_secret_basic', () => {
  const authorizationFor = async (clientId: string, clientSecret: string): Promise<string> => {
    const registration: Registration = {
      clientId,
      clientSecret,
      authMethod: 'client_secret_basic',
      redirectUri: SITE.redirectUri,
      secretExpiresAt: 0,
    };
    const authenticate: ClientAuth = authenticationOf(registration);
    const headers = new Headers();
    await authenticate(SERVER, { client_id: clientId }, new URLSearchParams(), headers);
    return atob((headers.get('authorization') ?? '').replace('Basic ', ''));
  };

  it('leaves alone what a form leaves alone: servers that do not decode know the client (RFC 6749 §2.3.1)', async () => {
    expect(await authorizationFor('pre-registered_client.1', 's-e_c.r*t')).toBe(
      'pre-registered_client.1:s-e_c.r*t',
    );
  });

  it('encodes what would end the id, and what is no ASCII (RFC 6749 §2.3.1, appendix B)', async () => {
    expect(await authorizationFor('a:b c', '%+é')).toBe('a%3Ab+c:%25%2B%C3%A9');
  });
});

describe('a registration response', () => {
  const registered = (answer: object | string, status: number) => {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    const headers = { 'content-type': 'application/json' };
    const http = () => Promise.resolve(new Response(text, { status, headers }));
    return register(http, SERVER, SITE);
  };
  const client = { client_id: 'c', client_secret: 's', redirect_uris: [SITE.redirectUri] };

  it.each([200, 201])(
    'of status %i may leave out when its secret ends: never (RFC 7591 §3.2.1)',
    async (status) => {
      expect(await registered(client, status)).toMatchObject({
        clientId: 'c',
        clientSecret: 's',
        secretExpiresAt: 0,
      });
    },
  );

  it('keeps the end that it names (T-45)', async () => {
    const answer = { ...client, client_secret_expires_at: 1_900_000_000 };
    expect(await registered(answer, 201)).toMatchObject({ secretExpiresAt: 1_900_000_000_000 });
  });

  it.each(['', 'null', '[]', '{"client_secret":"s"}', '{"client_id":1}'])(
    'is refused when it is %j (F6)',
    async (answer) => {
      await expect(registered(answer, 201)).rejects.toMatchObject({ code: 'registration_failed' });
    },
  );
});
