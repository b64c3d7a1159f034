/** Faults against what makes carried requests quick, and against what holds back a quick server; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

/** Each would cost time or memory, and nothing else would show it. */
export const SPEED: readonly Break[] = [
  ...planted('src/protocol/credit.ts', 'protocol/credit.test.ts', [
    [
      'Z30 view',
      'parts of a chunk share its buffer, which is copied whole for each',
      'yield chunk.slice(at, at + MAX_CHUNK)',
      'yield chunk.subarray(at, at + MAX_CHUNK)',
      'the credit of a reader (Z30) › is spent in parts that share no buffer, which a browser would copy whole for each (Z30)',
    ],
    [
      'Z30 copy',
      'each chunk is copied once more',
      'if (chunk.length <= MAX_CHUNK && chunk.length === chunk.buffer.byteLength) {',
      'if (chunk.length === 0) {',
      'the credit of a reader (Z30) › is spent in the chunk itself when that needs no copy',
    ],
  ]),
  ...planted('src/background/doors/carried-body.ts', 'background/doors/carried-body.test.ts', [
    [
      'Z30 window',
      'a large chunk goes out whole, whatever the page has granted',
      '    for (const part of partsOf(value)) {\n      await this.#waitForCredit();\n',
      '    for (const part of partsOf(value)) {\n',
      'a carried body (Z30) › holds back what is more than the credit of a chunk that came all at once',
    ],
  ]),
  ...planted('src/background/browser/origin-rule.ts', 'background/browser/origin-rule.test.ts', [
    [
      'Z30 read ahead',
      'the browser reads 64 MB ahead of a page that has stopped',
      '          responseHeaders: [notKept],\n',
      '',
      'has the answer read no faster than it is wanted, and says so to nobody else’s (Z30)',
    ],
  ]),
];
