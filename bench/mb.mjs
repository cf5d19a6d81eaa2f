import Database from 'libsql'
const cpu=(f)=>{const c=process.cpuUsage();f();const u=process.cpuUsage(c);return (u.user+u.system)}
const N=20000
const t='acme-large-2026-05-01'
function go(label, cols, vals, per, idx){ const db=new Database(':memory:'); db.exec(`create table t (id integer primary key, ${cols.map((_, i)=>`c${i}`).join(',')})`); for(const i of idx) db.exec(`create index i${i} on t(c${i}) where c${i} is not null`)
 const row='('+['?',...vals].map(()=>'?').join(', ')+')'
 const st=db.prepare(`insert into t (id,${vals.map((_, i)=>`c${i}`).join(',')}) values `+Array(per).fill(row).join(', '))
 const c=cpu(()=>{db.exec('begin'); for(let i=0;i<N;i+=per){ const v=[]; for(let k=0;k<per;k++){v.push(i+k); for(const x of vals) v.push(x===null?null:typeof x==='string'?x:typeof x==='number'?x+i+k:Buffer.from(Math.random().toString(16).slice(2,10)))} st.run(v)} db.exec('commit')})
 console.log(label.padEnd(40),(c/N).toFixed(2),'us/row') }
const c40=Array(40).fill(0)
for (let k=0;k<2;k++){
go('40 cols, 20 null, 50/stmt',c40,[...Array(10).fill(t),...Array(7).fill(1.5),Buffer.alloc(16),Buffer.alloc(8),Buffer.alloc(8),...Array(20).fill(null)],50,[])
go('40 cols, 40 null',c40,Array(40).fill(null),50,[])
go('20 cols non null',c40,[...Array(10).fill(t),...Array(7).fill(1.5),Buffer.alloc(16),Buffer.alloc(8),Buffer.alloc(8)],100,[])
go('20 cols texts',c40,[...Array(20).fill(t)],100,[])
go('20 cols numbers',c40,[...Array(20).fill(1.5)],100,[])
go('20 cols null',c40,[...Array(20).fill(null)],100,[])
go('1 col ',c40,[1],1000,[])
go('1 col, 1 per',c40,[1],1,[])
go('20 cols non null per 1',c40,[...Array(10).fill(t),...Array(7).fill(1.5),Buffer.alloc(16),Buffer.alloc(8),Buffer.alloc(8)],1,[])
}
{ const db=new Database(':memory:'); db.exec(`create table t (id integer primary key, ${c40.map((_, i)=>`c${i}`).join(',')})`)
 const st=db.prepare(`insert into t (id,${Array.from({length:20},(_, i)=>`c${i}`).join(',')}) select ${Array.from({length:21},(_, i)=>`value ->> ${i}`).join(',')} from json_each(?)`)
 const c=cpu(()=>{db.exec('begin'); for(let i=0;i<N;i+=1000){ const rows=[]; for(let k=0;k<1000;k++) rows.push([i+k,...Array(10).fill(t),...Array(10).fill(1.5+k)]); st.run([JSON.stringify(rows)])} db.exec('commit')})
 console.log('json_each 20 cols', (c/N).toFixed(2)) }
