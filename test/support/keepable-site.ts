/** The bare page as the demo's sites serve it, but for `no-store`, which forbids a browser to keep a page that is left. */
import { listen, type Listener } from '../../demo/listen.ts';
import { bundle } from '../../demo/web-client/bundle.ts';

/** Serves it at `/bare.html`. */
export async function listenKeepable(): Promise<Listener> {
  const files = await bundle();
  return listen((request, response) => {
    const name = (request.url ?? '').slice(1);
    response.setHeader('content-type', name.endsWith('.js') ? 'text/javascript' : 'text/html');
    response.end(files.get(name) ?? '');
  });
}
