/** The manifest of each target, derived from the one in the root. Its version is that of package.json alone. */
import source from '../manifest.json' with { type: 'json' };
import packageJson from '../package.json' with { type: 'json' };

export type Target = 'chrome' | 'firefox';

type Manifest = Record<string, unknown> &
  Pick<typeof source, 'manifest_version' | 'name'> & { version: string };

/** Chrome: a service worker, pages connect directly. Firefox: an event page, pages speak through the relay. */
export function manifestFor(target: Target): Manifest {
  const home = process.env['GRANTKEEPER_HOME'];
  const manifest: Manifest = {
    ...structuredClone(source),
    version: packageJson.version,
    // Where the guides are that the prompt links to (docs/stores.md).
    ...(home && { homepage_url: home }),
  };
  if (target === 'chrome') {
    delete manifest['browser_specific_settings'];
    return manifest;
  }
  manifest['background'] = { scripts: [source.background.service_worker], type: 'module' };
  manifest['content_scripts'] = [
    {
      matches: source.externally_connectable.matches,
      js: ['src/content/relay.ts'],
      run_at: 'document_start',
    },
  ];
  delete manifest['externally_connectable'];
  delete manifest['message_serialization'];
  delete manifest['minimum_chrome_version'];
  delete manifest['key'];
  return manifest;
}
