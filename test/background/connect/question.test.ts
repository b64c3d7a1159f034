import { describe, expect, it } from 'vitest';
import { LiveFlow } from '../../../src/background/connect/live-flow.ts';
import { Question } from '../../../src/background/connect/question.ts';
import type { Ports } from '../../../src/background/ports/ports.ts';
import type { FlowRecord } from '../../../src/background/ports/records.ts';

const RECORD: FlowRecord = {
  id: 'f',
  origin: 'https://site.example',
  asked: 'https://mcp.example/mcp',
  request: { scopes: [], demanded: [], challenged: false, rediscover: false },
  stage: 'deciding',
  createdAt: 0,
  reached: [],
};

const flowAt = (stage: FlowRecord['stage']) => new LiveFlow({} as Ports, { ...RECORD, stage });

describe('a question', () => {
  it('can be answered once, and only while it is open', async () => {
    const question = new Question(flowAt('deciding'));
    expect([question.state, question.take()]).toEqual(['coming', false]);
    question.open(0);
    expect([question.state, question.take(), question.take()]).toEqual(['open', true, false]);
    question.settle('allow');
    expect(await question.outcome).toBe('allow');
  });

  it('keeps the answer that was taken when its window closes or its page leaves before it is on disk', async () => {
    const question = new Question(flowAt('deciding'));
    question.open(0);
    question.take();
    question.end('dismissed');
    question.end('aborted');
    question.settle('denied');
    expect(await question.outcome).toBe('denied');
  });

  it('does not end before it is asked', async () => {
    const question = new Question(flowAt('deciding'));
    question.end('dismissed');
    question.open(0);
    question.end('aborted');
    expect([question.state, await question.outcome]).toEqual(['taken', 'aborted']);
  });
});

describe('the calls that wait for a flow', () => {
  it('are counted right when one of them says twice that it leaves', () => {
    const flow = flowAt('deciding');
    const leaveFirst = flow.wait();
    const leaveSecond = flow.wait();
    leaveFirst();
    leaveFirst();
    expect([flow.waiting, flow.signal.aborted]).toEqual([1, false]);
    leaveSecond();
    expect([flow.waiting, flow.signal.aborted]).toEqual([0, true]);
  });

  it('leave it running once the user has allowed it', () => {
    const flow = flowAt('allowed');
    flow.wait()();
    expect(flow.signal.aborted).toBe(false);
  });
});
