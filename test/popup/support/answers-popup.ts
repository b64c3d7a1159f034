/** What the background would answer about grants and activity. */
import type { GrantKey } from '../../../src/shared/facts/grant-key.ts';
import type { GrantView } from '../../../src/shared/grant-view.ts';
import type { Answers, Fake } from './fake-browser.ts';

const isSame = (one: GrantKey, other: GrantKey) =>
  one.origin === other.origin && one.resource === other.resource && one.account === other.account;

/** The calls of the popup; what they change is in `fake.popup`. */
export function grantAnswers(fake: Fake): Answers {
  const ring = () => void setTimeout(fake.ring);
  const update = (name: GrantKey, change: (grant: GrantView) => GrantView) => {
    const { popup } = fake;
    popup.grants = popup.grants.map((one) => (isSame(one, name) ? change(one) : one));
    ring();
  };
  const take = (isGone: (grant: GrantView) => boolean) => {
    const gone = fake.popup.grants.filter(isGone);
    fake.popup.grants = fake.popup.grants.filter((grant) => !isGone(grant));
    ring();
    if (fake.popup.revocation === 'error') throw new Error('no answer');
    const { revocation } = fake.popup;
    return gone.map(({ origin, resource, account }) => {
      return { origin, resource, account, revocation, ...lingering() };
    });
  };
  const lingering = () => {
    const { accessEndsAt } = fake.popup;
    return accessEndsAt === undefined ? {} : { accessEndsAt };
  };
  return {
    disconnect: ({ everySharer, ...name }) => {
      const { popup } = fake;
      if (popup.revocation === 'error') throw new Error('no answer');
      const [ended] = popup.grants.filter((grant) => isSame(grant, name));
      // A grant without a provider has a key or nothing at all, which no other site's sign-in shares.
      const shares = (one: GrantView) => one.issuer !== undefined && one.issuer === ended?.issuer;
      const sharers = popup.grants.filter((one) => shares(one) && one.origin !== ended?.origin);
      if (everySharer) {
        take((one) => shares(one) || isSame(one, name));
        return { revocation: 'revoked' };
      }
      take((one) => isSame(one, name));
      if (popup.revocation !== 'shared') {
        return { revocation: popup.revocation, ...lingering() };
      }
      return { revocation: 'shared', sharedWith: [...new Set(sharers.map((one) => one.origin))] };
    },
    disconnectServer: ({ resource }) => take((grant) => grant.resource === resource),
    removeScope: ({ scope, ...name }) => {
      const outcome = fake.popup.removal ?? 'narrowed';
      if (outcome === 'error') throw new Error('no answer');
      update(name, ({ expiresAt, ...grant }) => ({
        ...grant,
        granted: grant.granted.filter((one) => one !== scope),
        ungranted: grant.ungranted.filter((one) => one !== scope),
        ...(outcome !== 'signedOut' && expiresAt !== undefined && { expiresAt }),
      }));
      return { outcome };
    },
    connectAccount: () => ({ started: !fake.popup.refuses }),
    chooseAccount: (name) => {
      if (fake.popup.refuses) return { chosen: false };
      const { origin, resource } = name;
      fake.popup.grants = fake.popup.grants.map((one) =>
        one.origin === origin && one.resource === resource
          ? { ...one, chosen: isSame(one, name) }
          : one,
      );
      ring();
      return { chosen: true };
    },
    renameAccount: ({ name: accountName, ...name }) => {
      if (fake.popup.refuses) return { renamed: false };
      update(name, (grant) => ({ ...grant, accountName }));
      return { renamed: true };
    },
    seal: ({ sealed, ...name }) => {
      if (fake.popup.refuses) throw new Error('no answer');
      update(name, ({ sealedOnly: _, ...grant }) => ({
        ...grant,
        ...(sealed && { sealedOnly: true as const }),
      }));
      return fake.popup.sealing ?? { outcome: sealed ? 'ended' : 'opened' };
    },
    allowHeaders: ({ names: headers, ...name }) => {
      if (fake.popup.refuses || headers.includes('cookie')) throw new Error('refused');
      update(name, (grant) => ({ ...grant, headers }));
      return { saved: true };
    },
    pause: ({ origin, paused }) => {
      if (fake.popup.refuses) throw new Error('no answer');
      const { settings } = fake.popup;
      const others = settings.pausedSites.filter((site) => site !== origin);
      fake.popup.settings = {
        ...settings,
        pausedSites: paused ? [...others, origin] : others,
      };
      return fake.popup.settings;
    },
  };
}

/** The calls of the activity page; what they change is in `fake.activity`. */
export function activityAnswers(fake: Fake): Answers {
  return {
    activity: ({ before = Infinity, origin, resource, failed, limit }) => {
      const rows = fake.activity.rows.filter(
        (row) =>
          row.id < before &&
          (!failed || row.kind === 'failed') &&
          (origin === undefined || row.origin === origin) &&
          (resource === undefined || row.resource === resource),
      );
      return { rows: rows.slice(0, limit), more: rows.length > limit };
    },
    traces: () => fake.activity.traces.map(({ steps: _, ...summary }) => summary),
    trace: ({ id }) => fake.activity.traces.find((trace) => trace.id === id) ?? null,
    erase: () => {
      if (fake.popup.refuses) throw new Error('no answer');
      fake.activity = { rows: [], traces: [] };
      return { unconfirmed: 0 };
    },
  };
}
