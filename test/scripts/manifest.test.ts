import { afterEach, describe, expect, it, vi } from 'vitest';
import { manifestFor } from '../../scripts/manifest.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the home page in the manifest', () => {
  it('is the one that the build was told, in both browsers; without one there is none (Z53)', () => {
    for (const target of ['chrome', 'firefox'] as const) {
      vi.stubEnv('GRANTKEEPER_HOME', '');
      expect(manifestFor(target)).not.toHaveProperty('homepage_url');
      vi.stubEnv('GRANTKEEPER_HOME', 'https://code.example.org/grantkeeper');
      expect(manifestFor(target)).toHaveProperty(
        'homepage_url',
        'https://code.example.org/grantkeeper',
      );
    }
  });
});
