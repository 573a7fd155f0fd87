// Polars (npm: nodejs-polars and nodejs-polars-linux-x64-gnu; NODE_PATH) for bench_scan: the sums of the
// job in each group. usage: POLARS_MAX_THREADS=N node scan_polars.js FILE SUM,SUM,...
const polars = require('nodejs-polars');
const [file, select] = process.argv.slice(2);
const sums = select.split(',').map((sum, i) => `${sum} as s${i}`).join(', ');
const context = new polars.SQLContext({ data: polars.scanCSV(file) });
const frame = context.execute(`select "group", count(*) as n, ${sums} from data group by "group"`);
for (const row of frame.collectSync().rows()) console.log(row.join(','));
