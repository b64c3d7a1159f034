/**
 * What a POST says in JSON-RPC, as far as sending it again depends on it. Only a short string is looked into:
 * reading a stream or a large body would cost the page its memory.
 * @see JSON-RPC 2.0 §4; MCP 2025-11-25, "Cancellation"
 */

/** Longer bodies are not looked into. In characters. */
const MAX_LENGTH = 65_536;

/** Methods that change nothing at the server, however often they run. */
const ASKING = /^(?:initialize|ping|server\/discover|.+\/list)$/;

/** A request or a notification. */
export interface Message {
  id?: unknown;
  method: unknown;
  params?: { requestId?: unknown } | null;
}

/** Reads the requests and notifications of a body, one or a batch; a body that is not looked into has none. */
export function readMessages(body: unknown): Message[] {
  if (typeof body !== 'string' || body.length > MAX_LENGTH) return [];
  try {
    const messages = [JSON.parse(body) as Message | null | (Message | null)[]].flat();
    return messages.filter((message) => message?.method !== undefined) as Message[];
  } catch {
    return [];
  }
}

/** Whether a body holds only answers and notifications, which a server takes in at once and says nothing to. */
export function wantsNoAnswer(body: string): boolean {
  if (body.length > MAX_LENGTH) return false;
  try {
    const messages = [JSON.parse(body) as object | null].flat() as (object | null)[];
    const isWord = (one: object | null) =>
      one !== null &&
      typeof one === 'object' &&
      ('method' in one ? !('id' in one) : 'result' in one || 'error' in one);
    return messages.length > 0 && messages.every(isWord);
  } catch {
    return false;
  }
}

/** Whether messages only ask, such as `initialize` and `tools/list`. */
export function onlyAsk(messages: Message[]): boolean {
  return messages.length > 0 && messages.every(({ method }) => ASKING.test(String(method)));
}

/** Whether one of `messages` is the client's word that it has given up one of `former` (`notifications/cancelled`). */
export function giveUp(messages: Message[], former: Message[]): boolean {
  return messages.some(
    ({ method, params }) =>
      method === 'notifications/cancelled' &&
      former.some((one) => 'id' in one && one.id === params?.requestId),
  );
}
