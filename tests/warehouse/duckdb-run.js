// Runs the statements of standard input, each ended by a semicolon and a line end, in a file of DuckDB.
// usage: node duckdb-run.js MODULES FILE
const [modules, file] = process.argv.slice(2);
const duckdb = require(modules + '/@duckdb/node-bindings-linux-x64/duckdb.node');
(async () => {
  const database = await duckdb.open(file), connection = await duckdb.connect(database);
  for (const statement of require('fs').readFileSync(0, 'utf8').split(/;\n/))
    if (statement.trim()) await duckdb.query(connection, statement);
  duckdb.disconnect_sync(connection);
  duckdb.close_sync(database);
})().catch(error => { console.error(String(error)); process.exit(1); });
