/**
 * Everything the authorization server remembers, in memory, one store per server. Unlike the library's own it
 * forgets nothing under load, so a benchmark cannot lose a sign-in session half way.
 */
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

interface Row {
  payload: AdapterPayload;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** One adapter per model (`Session`, `Grant`, `AccessToken`, …), as `oidc-provider` asks for them. */
export function memoryStore(): AdapterFactory {
  return () => modelStore(new Map());
}

function modelStore(rows: Map<string, Row>): Adapter {
  const live = (id: string): AdapterPayload | undefined => {
    const row = rows.get(id);
    if (!row) return undefined;
    if (row.expiresAt > Date.now()) return row.payload;
    rows.delete(id);
    return undefined;
  };
  const findBy = (matches: (payload: AdapterPayload) => boolean) =>
    Promise.resolve([...rows.keys()].map(live).find((payload) => payload && matches(payload)));

  return {
    upsert(id, payload, expiresIn) {
      const expiresAt = expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000;
      rows.set(id, { payload, expiresAt });
      return Promise.resolve();
    },
    find: (id) => Promise.resolve(live(id)),
    findByUid: (uid) => findBy((payload) => payload.uid === uid),
    findByUserCode: (userCode) => findBy((payload) => payload.userCode === userCode),
    consume(id) {
      const payload = live(id);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      return Promise.resolve();
    },
    destroy(id) {
      rows.delete(id);
      return Promise.resolve();
    },
    revokeByGrantId(grantId) {
      for (const [id, row] of rows) if (row.payload.grantId === grantId) rows.delete(id);
      return Promise.resolve();
    },
  };
}
