/** What a test reads off a document of ours, and out of the fake behind it. */
import type { Page } from 'puppeteer-core';
import type { ExtensionCall } from '../../../src/shared/document-contract.ts';
import type { Fake } from './fake-browser.ts';

declare const fake: Fake;

/** Every such call so far, in order. */
export const callsOf = (page: Page, call: ExtensionCall) =>
  page.evaluate((name) => fake.sent.filter((one) => one.call === name), call);

/** The params of every such call so far, in order. */
export const paramsOf = (page: Page, call: ExtensionCall) =>
  page.evaluate(
    (name) => fake.sent.filter((one) => one.call === name).map(({ params }) => params),
    call,
  );

/** Has these calls fail from now on. */
export const fail = (page: Page, ...calls: ExtensionCall[]) =>
  page.evaluate((names) => (fake.own.failing = names), calls);

/** The whole text of an element. */
export const textOf = (page: Page, selector: string) =>
  page.$eval(selector, (element) => element.textContent);

/** What stands in a field. */
export const valueOf = (page: Page, selector: string) =>
  page.$eval(selector, (field) => (field as HTMLInputElement).value);

/** Waits until one of the elements contains these words. */
export const says = (page: Page, selector: string, words: string) =>
  page.waitForFunction(
    (where, what) =>
      [...document.querySelectorAll(where)].some((one) => one.textContent.includes(what)),
    {},
    selector,
    words,
  );

/** Id, or else classes, of what has the focus. */
export const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.id || document.activeElement?.className);
