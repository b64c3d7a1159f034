/** The bare echo: an extension whose worker does nothing but send each port message back. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import source from '../manifest.json' with { type: 'json' };

const WORKER = `chrome.runtime.onConnectExternal.addListener((port) => {
  port.onMessage.addListener((message) => port.postMessage(message));
});
`;

/** Writes it into a folder below `parent`, reachable from the same pages as Grantkeeper; returns the folder. */
export function writeEchoExtension(parent: string): string {
  const folder = path.join(parent, 'echo');
  mkdirSync(folder, { recursive: true });
  const manifest = {
    manifest_version: 3,
    name: 'Bare echo',
    version: '1',
    background: { service_worker: 'worker.js', type: 'module' },
    externally_connectable: source.externally_connectable,
  };
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(path.join(folder, 'worker.js'), WORKER);
  return folder;
}
