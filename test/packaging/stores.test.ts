/** docs/stores.md is what the stores are told; it has to be what the packages are. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { ROOT } from '../../scripts/set-up.mjs';
import { EXTENSION_IDS } from '../../src/client/extension-ids.ts';
import { filesOf, manifestOf, packageOf } from '../support/packaged.ts';

const page = readFileSync(path.join(ROOT, 'docs', 'stores.md'), 'utf8');

/** What heads each row of the table in a section. */
function rowsOf(heading: string): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, entry = '']) => entry);
}

interface Manifest {
  permissions: string[];
  optional_host_permissions: string[];
  content_scripts?: { matches: string[] }[];
  browser_specific_settings?: {
    gecko: { id: string; data_collection_permissions: { required: string[] } };
  };
}

const read = (target: 'chrome' | 'firefox') => manifestOf(packageOf(target)) as unknown as Manifest;

describe.each(['chrome', 'firefox'] as const)(
  'what the store is told of the %s package',
  (target) => {
    it('states every permission of its manifest, and no other', () => {
      const { permissions, optional_host_permissions: hosts, content_scripts = [] } = read(target);
      const matches = content_scripts.flatMap((script) => script.matches);
      const asked = new Set([...permissions, ...hosts, ...matches]);
      expect(rowsOf('Permissions').sort()).toEqual([...asked].sort());
    });

    it('has the summary that its messages have, no longer than a store takes', () => {
      const messages = filesOf(packageOf(target))['_locales/en/messages.json'];
      const { extensionDescription } = JSON.parse(new TextDecoder().decode(messages)) as {
        extensionDescription: { message: string };
      };
      expect(page).toContain(extensionDescription.message);
      expect(extensionDescription.message.length).toBeLessThanOrEqual(132);
    });
  },
);

describe('what the stores show', () => {
  it('has the icons in every size that the page states, and the files are of that size', () => {
    const icons = manifestOf(packageOf('firefox'))['icons'] as Record<string, string>;
    expect(manifestOf(packageOf('chrome'))['icons']).toEqual(icons);
    const stated = /Icons of ([\d, and]+) pixels/.exec(page)?.[1]?.match(/\d+/g);
    expect(Object.keys(icons)).toEqual(stated);
    for (const [size, name] of Object.entries(icons)) {
      const bytes = filesOf(packageOf('firefox'))[name]!;
      // PNG: width and height are the first two numbers of the first chunk.
      const header = new DataView(bytes.buffer, bytes.byteOffset);
      expect([header.getUint32(16), header.getUint32(20)], name).toEqual([
        Number(size),
        Number(size),
      ]);
    }
  });

  it('tells a reviewer the Node that the build asks for', () => {
    const least = packageJson.engines.node.replace('>=', '');
    expect(page).toContain(`Node ${least} or newer`);
  });

  it.each(['chrome', 'firefox', 'source'] as const)('names the %s package', (what) => {
    const name = path.basename(packageOf(what)).replace(packageJson.version, '<version>');
    expect(page).toContain(`\`${name}\``);
  });
});

describe('what is registered with a provider', () => {
  it('is the redirect host of each browser', () => {
    const { id } = read('firefox').browser_specific_settings!.gecko;
    const firefox = createHash('sha1').update(id).digest('hex');
    expect(page).toContain(`https://${firefox}.extensions.allizom.org/cb/`);
    for (const chrome of EXTENSION_IDS)
      expect(page).toContain(`https://${chrome}.chromiumapp.org/cb/`);
  });

  it('comes with the data declaration of the manifest', () => {
    const { required } =
      read('firefox').browser_specific_settings!.gecko.data_collection_permissions;
    expect(page).toContain(
      `\`data_collection_permissions.required\`: ${required.map((name) => `\`${name}\``).join(', ')}.`,
    );
  });
});
