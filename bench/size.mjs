import Database from 'libsql'
const db=new Database(process.argv[2]); const n=Number(process.argv[3])
try { for (const r of db.prepare('select name, sum(pgsize), sum(payload), sum(unused), count(*) from dbstat group by name order by 2 desc').raw(true).all()) console.log(r[0].padEnd(22), (r[1]/n).toFixed(1), (r[2]/n).toFixed(1), (r[3]/n).toFixed(1), r[4]) } catch(e) { console.log(e.message) }
console.log(db.prepare('select sqlite_version()').raw(true).all(), db.prepare('pragma compile_options').raw(true).all().flat().join(' '))
console.log(db.prepare('select count(*), sum(length(body)), sum(length(cast(body as blob))) from pieces').raw(true).all())
console.log(db.prepare("select slot, json, sum from lines limit 12").raw(true).all())
console.log(db.prepare("select count(*), sum(length(word)) from words").raw(true).all())
