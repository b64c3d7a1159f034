/** Requests are carried where bytes pass the port as they are, and nowhere else (Z26). */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { copiesBytes } from '../../../src/background/browser/copies-bytes.ts';

let manifest: Record<string, unknown> = {};
vi.mock('webextension-polyfill', () => ({
  default: { runtime: { getManifest: () => manifest } },
}));
afterEach(() => vi.unstubAllGlobals());

/** In a browser of this name, with the extension's Chrome manifest or a part of it. */
function inChrome(name: string, key: unknown = 'structured_clone'): boolean {
  manifest = { externally_connectable: {}, message_serialization: key };
  vi.stubGlobal('navigator', { userAgent: `Mozilla/5.0 AppleWebKit/537.36 ${name} Safari/537.36` });
  return copiesBytes();
}

describe('a browser that copies bytes', () => {
  it.each(['Chrome/148.0.0.0', 'Chromium/156.0.0.0', 'HeadlessChrome/156.0.0.0'])(
    'is %s, with a window or without (Z26)',
    (name) => {
      expect(inChrome(name)).toBe(true);
    },
  );

  it('is no Chrome before 148, whatever the manifest says (Z26)', () => {
    expect(inChrome('Chrome/147.0.0.0')).toBe(false);
    expect(inChrome('HeadlessChrome/130.0.0.0')).toBe(false);
  });

  it('is no Chrome that the manifest does not ask (Z26)', () => {
    expect(inChrome('Chrome/156.0.0.0', null)).toBe(false);
  });

  it('is Firefox, whose relay does (Z26)', () => {
    manifest = {};
    expect(copiesBytes()).toBe(true);
  });
});
