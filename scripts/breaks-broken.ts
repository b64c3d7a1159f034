/** Faults against what is carried where, as twelve broken servers and two browsers show it; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

/** In which browsers requests are carried, and what the demo's strip finds. */
export const BROKEN: readonly Break[] = [
  ...planted('src/background/browser/copies-bytes.ts', 'background/browser/copies-bytes.test.ts', [
    [
      'Z26 names',
      'a Chrome without a window is not known',
      '/Chrom(?:e|ium)',
      '/\\bChrom(?:e|ium)',
      'a browser that copies bytes › is %s, with a window or without (Z26)',
    ],
    [
      'Z26 versions',
      'a Chrome that copies no bytes is believed to',
      'Number(version) >= FIRST_CHROME',
      'Number(version) > 0',
      'a browser that copies bytes › is no Chrome before 148, whatever the manifest says (Z26)',
    ],
    [
      'Z26 manifest',
      'the manifest is not asked',
      "manifest['message_serialization'] === 'structured_clone' &&",
      '',
      'a browser that copies bytes › is no Chrome that the manifest does not ask (Z26)',
    ],
  ]),
];
