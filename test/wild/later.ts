/** What happens after a connection: time passes, tokens die, somebody gets in between. */
import type { Ours } from './ours.ts';
import { counted, type Later } from './row.ts';

/**
 * What the page sees in three calls while the provider says nothing: its dead token is refused, and then it is told that
 * there is nobody to renew it.
 */
export const DOWN = '401 network_error network_error, 0 asked, 0 windows';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Two hours pass and every access token is dead: three calls of the page that is still open. */
export const afterTwoHours: Later = async (ours, server) => {
  ours.pass(2 * HOUR);
  server.kill();
  return watched(ours, () => calls(ours, 3));
};

/** A call every so often, each from a page opened anew; tells the statuses once if they are all the same. */
export function every(milliseconds: number, times: number): Later {
  return async (ours) =>
    watched(ours, async () => {
      const seen: string[] = [];
      for (let i = 0; i < times; i += 1) {
        ours.pass(milliseconds);
        seen.push(await ours.call({ as: ours.openPage() }));
      }
      return `${times} × ${[...new Set(seen)].join(' ')}`;
    });
}

/** Nothing more is done. */
export const nothing: Later = () => Promise.resolve('');

/** Statuses of so many calls, one after the other. */
export async function calls(ours: Ours, times: number): Promise<string> {
  const seen: string[] = [];
  for (let i = 0; i < times; i += 1) seen.push(await ours.call());
  return seen.join(' ');
}

/** Runs a part, and tells how often the person was asked and had to sign in meanwhile. */
export async function watched(ours: Ours, part: () => Promise<string>): Promise<string> {
  const before = { prompts: ours.prompts, windows: ours.windows };
  const seen = await part();
  const asked = ours.prompts - before.prompts;
  return `${seen}, ${asked} asked, ${counted(ours.windows - before.windows, 'window')}`;
}
