/** A background without a browser: the worker's own listeners, and what the polyfill is replaced by. */

type Listener = (...parts: never[]) => unknown;

/** The extension's id in the replaced polyfill. */
export const EXTENSION_ID = 'abcdefghijklmnopabcdefghijklmnop';

/** The polyfill, as far as the worker touches it at its start; `heard` collects its listeners by event. */
export function fakePolyfill(heard: Map<string, Listener>): { default: unknown } {
  const room = (name: string): unknown =>
    new Proxy(() => undefined, {
      get: (_target, member) => {
        const whole = `${name}.${String(member)}`;
        if (member === 'then') return undefined;
        if (whole === 'runtime.id') return EXTENSION_ID;
        if (!/^on[A-Z]/.test(String(member))) return room(whole);
        return {
          addListener: (listener: Listener) => heard.set(whole, listener),
          removeListener: () => undefined,
        };
      },
      apply: () => {
        if (name === 'runtime.getURL') return `chrome-extension://${EXTENSION_ID}/`;
        if (name === 'runtime.getManifest') return { version: '0.0.0' };
        return Promise.resolve(name.startsWith('declarativeNetRequest.get') ? [] : undefined);
      },
    });
  return { default: new Proxy({}, { get: (_target, name) => room(String(name)) }) };
}

/** A port of the browser's, and what was said on it. */
export function browserPort(name: string, sender: object) {
  const said: { ok?: boolean; ack?: boolean; error?: { code: string } }[] = [];
  const listening: ((message: unknown) => unknown)[] = [];
  const port = {
    name,
    sender,
    postMessage: (message: { ok?: boolean }) => said.push(message),
    disconnect: () => undefined,
    onMessage: {
      addListener: (listener: (message: unknown) => unknown) => listening.push(listener),
    },
    onDisconnect: { addListener: () => undefined },
  };
  const say = (message: unknown) => {
    for (const listener of listening) listener(message);
  };
  return { port, said, say };
}
