/** A second site at a server on this computer: one question, where all that it takes is at hand (Z2, T-33). */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const challengeOf = async () => {
  const answer = await fetch(world.resource, { method: 'POST', body: '{}' });
  return answer.headers.get('www-authenticate')!;
};
const stages = () => world.prompts.map(({ stage }) => stage);

async function connectBoth(between: () => void = () => undefined): Promise<string> {
  const challenge = await challengeOf();
  await world.getToken({ challenge });
  expect(stages()).toEqual(['reach', 'allow']);
  between();
  const { origin } = world.lab.siteB;
  const mark = world.lab.ledger.mark();
  world.answer = (snapshot) => {
    // Whatever is asked first, nothing has been sent for it.
    if (snapshot.origin === origin && stages().length === 3)
      expect(world.lab.ledger.since(mark).cost().total).toBe(0);
    return 'allow';
  };
  return (await world.getToken({ challenge }, { origin })).scope;
}

it('is asked once, and nothing is sent before the answer (Z2)', async () => {
  expect(await connectBoth()).toBe('notes:read');
  expect(stages()).toEqual(['reach', 'allow', 'allow']);
});

it.each(['deny', 'close'] as const)(
  'answered by “%s” says nothing of what is at hand: another path of the server is refused alike (T-33)',
  async (no) => {
    const codes: unknown[] = [];
    for (const isAtHand of [false, true]) {
      const challenge = await challengeOf();
      if (isAtHand) await world.getToken({ challenge });
      const { origin } = world.lab.siteB;
      world.answer = () => no;
      const refused: unknown = await world
        .getToken({ challenge }, { origin })
        .catch((e: unknown) => e);
      const resource = `${new URL(world.resource).origin}/elsewhere`;
      const params = { resource, challenge, interactive: false };
      const other: unknown = await world.getToken(params, { origin }).catch((e: unknown) => e);
      codes.push([refused, other].map((error) => (error as { code: string }).code));
      await world.close();
      world = await World.open();
    }
    expect(codes[1]).toEqual(codes[0]);
  },
);

it('is asked first whether the server may be contacted where what was read is too old (Z2)', async () => {
  await connectBoth(() => (world.elapsed += 8 * 86_400_000));
  expect(stages()).toEqual(['reach', 'allow', 'reach', 'allow']);
});

it('is asked first where there is no question to come, so that the page learns of nothing at hand (T-33)', async () => {
  await connectBoth(() => {
    const { findIssuer } = world.ports.store;
    let isFirst = true;
    world.ports.store.findIssuer = (issuer) => {
      if (!isFirst) return findIssuer.call(world.ports.store, issuer);
      isFirst = false;
      return Promise.reject(new Error('a disk that fails'));
    };
  });
  expect(stages()).toEqual(['reach', 'allow', 'reach', 'allow']);
});
