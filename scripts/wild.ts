import { runRows } from '../test/wild/run.ts';
import { ROWS } from '../test/wild/rows.ts';
const t = Date.now();
const results = await runRows(ROWS);
for (const r of results) {
  console.log(r.row.id, r.ok ? 'ok' : 'NOT', r.got, JSON.stringify(r.official));
  for (const x of r.server.wire) console.log('   ', x.what, x.status, x.request.method, x.request.url.href.slice(0,200));
}
console.log(Date.now() - t);
process.exit(0);
