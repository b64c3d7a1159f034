import { runRows } from '../test/wild/run.ts';
import { ROWS } from '../test/wild/rows.ts';
const t = Date.now();
const some = process.argv.slice(2);
const results = await runRows(ROWS.filter(({id}) => some.length === 0 || some.includes(id)));
for (const r of results) {
  console.log(r.row.id, r.ok ? 'ok' : 'NOT', r.got, r.ok ? '' : `WANTED ${r.wanted}`, JSON.stringify(r.official));
  if (some.length) for (const x of r.server.wire) console.log('   ', x.what, x.status, x.request.method, x.request.url.href.slice(0,200), x.request.body);
}
console.log(Date.now() - t);
process.exit(0);
