import { describe, expect, it } from 'vitest';
import { isOver, lifetimeOf, type Lifetime } from '../../src/protocol/lifetime.ts';
import type { Duration } from '../../src/shared/facts/duration.ts';
import { NOW } from './grants.ts';

const DAY = 86_400_000;
const decided = (duration: Duration, at = NOW) => ({ duration, at, session: 'now' });

describe('the lifetime that a decision gives a grant', () => {
  it('ends a day after the decision, with the session of the decision, or never', () => {
    expect(lifetimeOf(undefined, decided('day'))).toEqual({ duration: 'day', endsAt: NOW + DAY });
    expect(lifetimeOf(undefined, decided('session'))).toEqual({
      duration: 'session',
      session: 'now',
    });
    expect(lifetimeOf(undefined, decided('always'))).toEqual({ duration: 'always' });
  });

  it('has no end when the flow was allowed before lifetimes were asked about', () => {
    expect(lifetimeOf(undefined, undefined)).toEqual({ duration: 'always' });
  });

  it('stays as it is at a step-up, and when the user picks the same again', () => {
    const held: Lifetime = { duration: 'day', endsAt: NOW + 5 };
    expect(lifetimeOf(held, undefined)).toEqual(held);
    expect(lifetimeOf(held, decided('day', NOW + DAY / 2))).toEqual(held);
    const ofSession: Lifetime = { duration: 'session', session: 'former' };
    expect(lifetimeOf(ofSession, decided('session'))).toEqual(ofSession);
  });

  it('is the new one when the user picks another', () => {
    const held: Lifetime = { duration: 'day', endsAt: NOW + 5 };
    expect(lifetimeOf(held, decided('always'))).toEqual({ duration: 'always' });
    expect(lifetimeOf(held, decided('session'))).toEqual({ duration: 'session', session: 'now' });
  });

  it('takes nothing but the lifetime from the grant', () => {
    const grant = { duration: 'session' as const, session: 'now', token: 'secret' };
    expect(lifetimeOf(grant, undefined)).toEqual({ duration: 'session', session: 'now' });
  });
});

describe('the end of a grant', () => {
  it('comes for a day at the very millisecond, whichever session it is', () => {
    const day: Lifetime = { duration: 'day', endsAt: NOW };
    expect(isOver(day, NOW - 1, 'another')).toBe(false);
    expect(isOver(day, NOW, 'another')).toBe(true);
  });

  it('comes for a session with another session, whatever the time is', () => {
    const ofSession: Lifetime = { duration: 'session', session: 'one' };
    expect(isOver(ofSession, Number.MAX_SAFE_INTEGER, 'one')).toBe(false);
    expect(isOver(ofSession, 0, 'another')).toBe(true);
  });

  it('never comes for a grant that lasts until it is removed', () => {
    expect(isOver({ duration: 'always' }, Number.MAX_SAFE_INTEGER, 'another')).toBe(false);
  });

  it('is past when a record lost it', () => {
    expect(isOver({ duration: 'day' }, NOW, 'one')).toBe(true);
    expect(isOver({ duration: 'session' }, NOW, 'one')).toBe(true);
  });
});
