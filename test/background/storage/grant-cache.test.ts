import { describe, expect, it, vi } from 'vitest';
import { GrantCache } from '../../../src/background/storage/grant-cache.ts';
import type { Grant } from '../../../src/background/ports/records.ts';

const grant = (revision: string) => ({ revision }) as Grant;
const find = (memory: GrantCache, read: () => Promise<Grant | undefined>, asked = 'mcp') =>
  memory.find('https://client.example', asked, read);

describe('the memory of grants', () => {
  it('reads once what is asked for again and again', async () => {
    const memory = new GrantCache();
    const read = vi.fn(() => Promise.resolve(grant('one')));
    expect([await find(memory, read), await find(memory, read)]).toEqual([
      grant('one'),
      grant('one'),
    ]);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('remembers no absence: a grant may be made at any time', async () => {
    const memory = new GrantCache();
    expect(await find(memory, () => Promise.resolve(undefined))).toBeUndefined();
    expect(await find(memory, () => Promise.resolve(grant('made')))).toEqual(grant('made'));
  });

  it('forgets with every write, whether it succeeds or not', async () => {
    const memory = new GrantCache();
    await find(memory, () => Promise.resolve(grant('one')));
    await memory.during(() => Promise.reject(new Error('full'))).catch(() => undefined);
    expect(await find(memory, () => Promise.resolve(grant('two')))).toEqual(grant('two'));
  });

  it('does not remember a read that a write has overtaken, before or after', async () => {
    const memory = new GrantCache();
    let finish: (found: Grant) => void = () => undefined;
    const slow = find(memory, () => new Promise((resolve) => (finish = resolve)));
    await memory.during(() => Promise.resolve());
    finish(grant('old'));
    expect(await slow).toEqual(grant('old'));
    expect(await find(memory, () => Promise.resolve(grant('new')))).toEqual(grant('new'));

    const other = new GrantCache();
    await other.during(() => find(other, () => Promise.resolve(grant('old'))));
    expect(await find(other, () => Promise.resolve(grant('new')))).toEqual(grant('new'));
  });

  it('keeps fifty at most', async () => {
    const memory = new GrantCache();
    const read = vi.fn(() => Promise.resolve(grant('one')));
    for (let i = 0; i < 60; i += 1) await find(memory, read, String(i));
    await find(memory, read, '0');
    expect(read).toHaveBeenCalledTimes(61);
  });
});
