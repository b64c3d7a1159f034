import { describe, expect, it } from 'vitest';
import { createKey, open, seal } from '../../../src/background/storage/sealing.ts';

const SECRET = {
  token: { accessToken: 'canary-at', refreshToken: 'canary-rt' },
  list: [1, null, '\u00e9'],
};
const CONTEXT = '["grant","https://client.example","https://mcp.example","default"]';

describe('secrets at rest (Z17, T-34)', () => {
  it('come back as they were (Z17)', async () => {
    const key = await createKey();
    expect(await open(key, await seal(key, SECRET, CONTEXT), CONTEXT)).toEqual(SECRET);
    expect(await open(key, await seal(key, {}, ''), '')).toEqual({});
  });

  it('cannot be found in what is stored (T-34, R48, R82)', async () => {
    const sealed = await seal(await createKey(), SECRET, CONTEXT);
    const stored = Buffer.concat([sealed.iv, new Uint8Array(sealed.data)]).toString('latin1');
    expect(stored).not.toMatch(/canary|accessToken/);
  });

  it('lie under a key of 256 bits that JavaScript cannot export (T-34, Z17)', async () => {
    const { current: key } = await createKey();
    expect(key).toMatchObject({ extractable: false, algorithm: { name: 'AES-GCM', length: 256 } });
    expect([...key.usages].sort()).toEqual(['decrypt', 'encrypt']);
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
    await expect(crypto.subtle.exportKey('jwk', key)).rejects.toThrow();
  });

  it('do not open in another record (T-34, T-46)', async () => {
    const key = await createKey();
    const sealed = await seal(key, SECRET, CONTEXT);
    const others = [
      CONTEXT.replace('client', 'evil'),
      CONTEXT.replace('grant', 'registration'),
      '',
    ];
    for (const context of others) {
      await expect(open(key, sealed, context)).rejects.toMatchObject({ name: 'OperationError' });
    }
  });

  it('do not open with another key (T-34)', async () => {
    const sealed = await seal(await createKey(), SECRET, CONTEXT);
    await expect(open(await createKey(), sealed, CONTEXT)).rejects.toMatchObject({
      name: 'OperationError',
    });
  });

  it('do not open when a bit of them was changed (T-46, F11)', async () => {
    const key = await createKey();
    const { iv, data } = await seal(key, SECRET, CONTEXT);
    const flip = (bytes: Uint8Array<ArrayBuffer>, at: number) =>
      bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
    for (let at = 0; at < data.byteLength; at += 7) {
      const changed = { iv, data: flip(new Uint8Array(data), at).buffer };
      await expect(open(key, changed, CONTEXT)).rejects.toMatchObject({ name: 'OperationError' });
    }
    await expect(open(key, { iv: flip(iv, 0), data }, CONTEXT)).rejects.toThrow();
    await expect(open(key, { iv, data: data.slice(0, -1) }, CONTEXT)).rejects.toThrow();
  });

  it('are never sealed twice with the same vector (NIST SP 800-38D §8, T-34)', async () => {
    const key = await createKey();
    const sealed = await Promise.all(Array.from({ length: 500 }, () => seal(key, SECRET, CONTEXT)));
    expect(new Set(sealed.map(({ iv }) => iv.join())).size).toBe(500);
    expect(sealed.filter(({ iv }) => iv.length !== 12)).toEqual([]);
  });
});
