/** Which browser this run of an end-to-end test is about: each project of vitest.config.ts names one. */
import { inject } from 'vitest';
import { startLab, type Lab, type LabOptions } from '../../demo/lab.ts';
import type { BrowserName } from '../../drivers/driver.ts';
import { BUILDS } from '../../drivers/open.ts';
import { openStage, type Stage, type StageOptions } from './stage.ts';

declare module 'vitest' {
  interface ProvidedContext {
    browser: BrowserName;
  }
}

const browser = inject('browser');

/** Title of a group of tests that tells the browser; docs/compatibility.md is made from these. */
export const inBrowser = (journey: string): string => `${journey}, in ${BUILDS[browser].title}`;

/** The build of the extension that this browser loads. */
export const { target: TARGET } = BUILDS[browser];

/** Where this browser brings responses back to; a client that is registered by hand has to name it. */
export const REDIRECT_URI = `https://${BUILDS[browser].redirectHost}/cb`;

/** Servers of their own beside those of the stage, for the browser under test. */
export function startTestLab(options: LabOptions = {}): Promise<Lab> {
  return startLab({ extensionRedirectHosts: [BUILDS[browser].redirectHost], ...options });
}

/** Opens a stage in the browser under test. */
export function openTestStage(options: Omit<StageOptions, 'browser'> = {}): Promise<Stage> {
  return openStage({ ...options, browser });
}
