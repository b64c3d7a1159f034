/** The prompt is out of the way while people sign in, and back when it has something to say: a failure, or a question. */
import type { Ports } from '../ports/ports.ts';
import type { LiveFlow } from './live-flow.ts';

/** To be called when the sign-in window has opened. A browser that can't do it leaves the prompt where it is. */
export function stepAside({ promptWindow }: Pick<Ports, 'promptWindow'>, flow: LiveFlow): void {
  const { promptWindow: window } = flow.record;
  if (window === undefined) return;
  flow.isAside = true;
  void promptWindow.stepAside(window).catch(() => undefined);
}

/** Brings it back, if it has stepped aside and the user has not closed it. */
export async function comeBack(
  { promptWindow }: Pick<Ports, 'promptWindow'>,
  flow: LiveFlow,
): Promise<void> {
  const { promptWindow: window } = flow.record;
  if (!flow.isAside || window === undefined) return;
  flow.isAside = false;
  if (await promptWindow.isOpen(window)) await promptWindow.focus(window).catch(() => undefined);
}
