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
  ...planted('src/background/browser/stream.ts', 'background/browser/stream.test.ts', [
    [
      'Z29 redirect',
      'a redirect is followed with the credential',
      "redirect: 'manual',",
      "redirect: 'follow',",
      'follows no %i, and says that it was a redirect (T-27, Z29)',
    ],
    [
      'Z29 redirected',
      'a redirect is told as a server that is down',
      "throw failed('redirected');",
      "throw failed('unreachable');",
      'follows no %i, and says that it was a redirect (T-27, Z29)',
    ],
  ]),
  ...planted('src/background/connect/probe-server.ts', 'flow/bare.test.ts', [
    [
      'Z38 newer',
      'a server of 2026-07-28 alone is taken for none',
      'if (answer?.status === 400 || answer?.status === 404)',
      'if (answer?.status === 404)',
      'a public server › that knows revision 2026-07-28 alone is asked in its own words (Z38)',
    ],
    [
      'Z38 names',
      'the look at a server needs headers that its CORS may refuse',
      'const named = isOurs && {',
      'const named = {',
      'a public server › is told no names of headers where the browser would ask it for them first (Z33, Z38)',
    ],
  ]),
  ...planted('src/background/browser/http.ts', 'flow/bare.test.ts', [
    [
      'Z38 streams',
      'the end of an endless stream is waited for',
      'limits.bytes > 0 && !isEventStream(response)',
      'limits.bytes > 0',
      'a public server › that answers every address with its stream has no metadata, and is not waited for (Z38)',
    ],
  ]),
  ...planted('src/protocol/discovery-verdict.ts', 'protocol/discovery-verdict.test.ts', [
    [
      'Z38 streamed',
      'a stream in place of metadata counts as a damaged document',
      "if (/^text\\/event-stream\\b/i.test(contentType)) return 'absent';",
      '',
      'an answer › that is a stream of events is no document, wherever it is met (Z38)',
    ],
  ]),
];
