/** Each browser by its name: the build that it loads, how it is started, the host that it keeps for the extension. */
import { openChromium } from './chromium.ts';
import type { BrowserName, Driver, TestHosts } from './driver.ts';
import { openFirefox } from './firefox.ts';

/** The id that the development key pins. */
export const EXTENSION_ID = 'cjophohaflpeoakoenaefbejjimbhomo';

/** What either browser is started with. */
interface Opening {
  /** Folder of the unpacked extension. */
  extension: string;
  /** Where `https://*.test` is. Default: nowhere, or port by port. */
  hosts?: TestHosts | undefined;
  /** False leaves Chromium's worker alone, so that it idles out as it does for a user. Default true. */
  watchWorker?: boolean;
  /** True where a person sits in front of it, and answers its questions. Default false, without a display. */
  visitor?: boolean;
  /** Profile folder; kept on close. Default: a throw-away one. */
  profile?: string;
  /** True leaves the extension's first page open, as a user sees it. Default false. */
  keepsIntroduction?: boolean;
}

/** What there is to know of a browser before it runs. */
export interface Build {
  /** What people call the browser. */
  title: string;
  /** The build of the extension that it loads. */
  target: 'chrome' | 'firefox';
  /** The host whose redirects it intercepts for the extension. */
  redirectHost: string;
  open(opening: Opening): Promise<Driver>;
}

/** Names that lead to this machine whatever the port: public ones that resolve inward, and local ones. */
const LOOPBACK_RULES = 'MAP *.inward.test 127.0.0.1, MAP *.localdomain 127.0.0.1';

export const BUILDS: Readonly<Record<BrowserName, Build>> = {
  chromium: {
    title: 'Chromium',
    target: 'chrome',
    redirectHost: `${EXTENSION_ID}.chromiumapp.org`,
    open: ({ hosts, visitor = false, ...rest }) => {
      const hostRules = `${LOOPBACK_RULES}, MAP *.test 127.0.0.1:${hosts?.tlsPort}`;
      return openChromium({
        ...rest,
        headless: !visitor,
        ...(hosts && { spki: hosts.spki, hostRules }),
      });
    },
  },
  firefox: {
    title: 'Firefox',
    target: 'firefox',
    // SHA-1 of the add-on's id.
    redirectHost: '90f491593068a3e3a30a01bda99c311a94cfe135.extensions.allizom.org',
    // An event page is watched from outside, and idles out all the same.
    open: ({ extension, hosts, visitor = false, profile, keepsIntroduction }) =>
      openFirefox({ extension, hosts, visitor, profile, keepsIntroduction }),
  },
};
