import { describe, expect, it } from 'vitest';
import type { LiveFlow } from '../../../src/background/connect/live-flow.ts';
import { comeBack, stepAside } from '../../../src/background/connect/step-aside.ts';

function windowThat(isOpen: boolean) {
  const calls: string[] = [];
  const promptWindow = {
    open: () => Promise.resolve(1),
    isOpen: () => Promise.resolve(isOpen),
    focus: () => Promise.resolve(void calls.push('focus')),
    stepAside: () => Promise.resolve(void calls.push('aside')),
    close: () => Promise.resolve(),
  };
  return { calls, promptWindow };
}
const flowWith = (promptWindow?: number) =>
  ({ record: { promptWindow }, isAside: false }) as unknown as LiveFlow;

describe('the prompt', () => {
  it('steps aside for the sign-in window, and comes back once (Z24)', async () => {
    const ports = windowThat(true);
    const flow = flowWith(7);
    await comeBack(ports, flow);
    stepAside(ports, flow);
    await comeBack(ports, flow);
    await comeBack(ports, flow);
    expect(ports.calls).toEqual(['aside', 'focus']);
  });

  it('that was closed meanwhile stays closed, and where there is none nothing is done (Z24)', async () => {
    const ports = windowThat(false);
    const flow = flowWith(7);
    stepAside(ports, flow);
    await comeBack(ports, flow);
    stepAside(ports, flowWith());
    expect(ports.calls).toEqual(['aside']);
  });
});
