/** A site's word for what it does, before a person (Z28, T-16). */
import { describe, expect, it } from 'vitest';
import { toolNameOf } from '../../src/protocol/tool-name.ts';

const call = (name: unknown) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } });

describe('the tool that a request calls', () => {
  it('is named as the site names it, and only where a tool is called (T-16)', () => {
    expect(toolNameOf(call('notes/add_note.v2'))).toBe('notes/add_note.v2');
    expect(toolNameOf(call('Notiz hinzufügen'))).toBe('Notiz hinzufügen');
    const batch = `[{"method":"ping"},${call('add')}]`;
    expect(toolNameOf(batch)).toBe('add');
    for (const other of [
      '',
      '{',
      'null',
      '[null]',
      '{"method":"tools/list","params":{"name":"x"}}',
    ])
      expect(toolNameOf(other)).toBeUndefined();
    for (const name of [7, null, {}, undefined, '', ' \u202e\u200b ']) {
      expect(toolNameOf(call(name))).toBeUndefined();
    }
    expect(toolNameOf('{"method":"tools/call","params":null}')).toBeUndefined();
  });

  it('stays in one short line that reads as it is written (T-16, T-17)', () => {
    expect(toolNameOf(call('a\nb\u202ec\u0000d\u2066e'))).toBe('a b c d e');
    const long = toolNameOf(call('ab '.repeat(400)))!;
    expect([...long]).toHaveLength(40);
    expect(long.endsWith('…')).toBe(true);
    expect([...toolNameOf(call('😀'.repeat(50)))!]).toHaveLength(40);
  });

  it('shows nothing that may be a key (T-32)', () => {
    expect(toolNameOf(call('use sk_live_51H8a9sKq2PzQ7mXw'))).toBe('use sk_live_…');
    expect(toolNameOf(call('internationalizationHelper'))).toBe('internationalizationHelper');
  });
});
