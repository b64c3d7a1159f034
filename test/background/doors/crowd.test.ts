/** The calls of one site: how many there may be, and how many begin at a time (T-12, Z44). */
import { describe, expect, it } from 'vitest';
import { Crowd } from '../../../src/background/doors/crowd.ts';

/** A crowd whose pauses end when the test says so. */
function gather() {
  const pauses: { milliseconds: number; end: () => void }[] = [];
  const crowd = new Crowd(
    (milliseconds) => new Promise((end) => pauses.push({ milliseconds, end })),
  );
  let begun = 0;
  const begin = (calls: number) => {
    for (let call = 0; call < calls; call += 1) {
      const turn = crowd.begin();
      if (!turn) begun += 1;
      else void turn.then(() => (begun += 1));
    }
  };
  return { crowd, pauses, begin, begun: () => begun };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the calls of a site', () => {
  it('begin four at a time, and each next one when another has ended (T-12, Z44)', async () => {
    const { crowd, begin, begun } = gather();
    begin(10);
    await settled();
    expect(begun()).toBe(4);
    crowd.end();
    await settled();
    expect(begun()).toBe(5);
    for (let ended = 0; ended < 5; ended += 1) crowd.end();
    await settled();
    expect(begun()).toBe(10);
  });

  it('begin one after the other, though none of them ends: the user may be reading (Z44)', async () => {
    const { pauses, begin, begun } = gather();
    begin(7);
    expect(pauses.map(({ milliseconds }) => milliseconds)).toEqual([10, 20, 30]);
    for (const { end } of pauses) end();
    await settled();
    expect(begun()).toBe(7);
  });

  it('begin once each, whether a pause or an end came first', async () => {
    const { crowd, pauses, begin, begun } = gather();
    begin(6);
    crowd.end();
    crowd.end();
    for (const { end } of pauses) end();
    await settled();
    expect(begun()).toBe(6);
    begin(1);
    expect(begun()).toBe(6);
  });

  it('are full at two hundred, those that wait included (T-12, Z44)', async () => {
    const { crowd, begin } = gather();
    begin(199);
    expect(crowd.isFull).toBe(false);
    begin(1);
    expect(crowd.isFull).toBe(true);
    crowd.end();
    await settled();
    expect(crowd.isFull).toBe(false);
  });

  it('begin without a pause once others wait for the end of a flow (Z44, Z47)', async () => {
    const { crowd, begin, begun } = gather();
    begin(10);
    for (let joined = 0; joined < 6; joined += 1) crowd.join();
    await settled();
    expect(begun()).toBe(10);
    for (let ended = 0; ended < 6; ended += 1) crowd.end(true);
    for (let ended = 0; ended < 3; ended += 1) crowd.end();
    begin(4);
    expect(begun()).toBe(13);
  });

  it('are full at two hundred, those included that wait for the end of a flow (T-12, Z44)', async () => {
    const { crowd, begin } = gather();
    begin(200);
    for (let joined = 0; joined < 150; joined += 1) crowd.join();
    await settled();
    expect(crowd.isFull).toBe(true);
    crowd.end(true);
    expect(crowd.isFull).toBe(false);
  });
});

describe('a question', () => {
  it('waits until each call that came before it has joined or ended, and for no later one (Z47)', async () => {
    const { crowd, begin } = gather();
    begin(6);
    let isGathered = false;
    void crowd.gathered().then(() => (isGathered = true));
    begin(20);
    for (let call = 0; call < 3; call += 1) crowd.join();
    for (let call = 0; call < 2; call += 1) crowd.end();
    await settled();
    expect(isGathered).toBe(false);
    crowd.join();
    await settled();
    expect(isGathered).toBe(true);
  });

  it('waits for nothing where all have joined, and for nothing without an end (Z47)', async () => {
    const { crowd, pauses, begin } = gather();
    begin(2);
    crowd.join();
    crowd.join();
    await crowd.gathered();
    begin(1);
    const gathered = crowd.gathered();
    expect(pauses.at(-1)?.milliseconds).toBe(1000);
    pauses.at(-1)?.end();
    await gathered;
  });
});
