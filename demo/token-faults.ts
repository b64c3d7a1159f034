/** Faults of the token endpoint that tests need: an answer that comes late, and one that is an error. */
import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { noteRequest } from './ledger.ts';

/** A stop that token answers wait at. */
interface Hold {
  /** Resolves when the first answer waits; its code or refresh token is consumed by then. */
  reached: Promise<void>;
  /** Lets the waiting answers and all later ones go. */
  release(): void;
}

/** The knobs of the token endpoint. */
export interface TokenFaults {
  /** Holds back token answers, after the work was done, until released. */
  holdTokenResponses(): Hold;
  /** Lets every held answer go; without a hold it does nothing. */
  releaseTokenResponses(): void;
  /**
   * Answers the next token request with an error. `before`: nothing was consumed; `after`: the code is used up or
   * the refresh token rotated, and only the answer is lost.
   */
  failNextToken(status: number, when?: 'before' | 'after'): void;
}

interface Failure {
  status: number;
  when: 'before' | 'after';
}

/** Puts the faults in front of the token endpoint. */
export function tokenFaults(provider: Provider): TokenFaults {
  const failures: Failure[] = [];
  let hold: (Hold & { arrive(): Promise<void> }) | undefined;

  provider.use(async (ctx, next) => {
    if (ctx.method !== 'POST' || ctx.path !== '/token') {
      await next();
      return;
    }
    const failure = failures.shift();
    if (failure?.when === 'before') {
      note(ctx.req, Object.fromEntries(new URLSearchParams(await readText(ctx.req))));
    } else {
      await next();
      note(ctx.req, (ctx as KoaContextWithOIDC).oidc.params ?? {});
    }
    if (failure) {
      ctx.status = failure.status;
      ctx.body = { error: failure.status < 500 ? 'invalid_request' : 'server_error' };
    }
    await hold?.arrive();
  });

  const releaseTokenResponses = () => {
    hold?.release();
    hold = undefined;
  };
  return {
    failNextToken: (status, when = 'before') => void failures.push({ status, when }),
    releaseTokenResponses,
    holdTokenResponses() {
      releaseTokenResponses();
      hold = newHold();
      return hold;
    },
  };
}

function newHold(): Hold & { arrive(): Promise<void> } {
  let release = () => {};
  let arrived = () => {};
  const reached = new Promise<void>((resolve) => (arrived = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  return {
    reached,
    release: () => {
      release();
    },
    arrive() {
      arrived();
      return released;
    },
  };
}

function note(request: IncomingMessage, form: Record<string, unknown>): void {
  noteRequest(request, {
    grantType: String(form['grant_type']),
    hadResource: form['resource'] !== undefined,
    ...(typeof form['scope'] === 'string' ? { scope: form['scope'] } : {}),
  });
}

async function readText(request: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
