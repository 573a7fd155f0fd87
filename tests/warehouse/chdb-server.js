// ClickHouse's HTTP interface in front of chDB, as far as a client that reads needs it: a login, the
// parameters database and default_format, statuses and codes of errors, and "slow" statements.
// usage: node chdb-server.js MODULES PORT FOLDER [TLSPORT [NAME]] [OPTION=VALUE...], NAME.key and NAME.pem.
// native: a port for other servers, see native.js, whose queries go to the file FOLDER.asked;
// config: ClickHouse's file of configuration, with clusters.
const [modules, port, folder, ...more] = process.argv.slice(2);
const [tlsPort, name] = more.filter(word => !word.includes('='));
const options = Object.fromEntries(more.filter(word => word.includes('=')).map(word => word.split('=')));
const {Session} = require(modules + '/chdb');
const session = options.config ? new Session(folder, {connectionArgs: ['--config-file=' + options.config]}) : new Session(folder);
session.query('create database if not exists shop');
const serve = (request, response) => {
  const parameters = new URL(request.url, 'http://localhost').searchParams;
  const parts = [];
  const answer = (status, text) => { response.writeHead(status); response.end(text); };
  if (request.url === '/ping') return answer(200, 'Ok.\n');
  request.on('data', part => parts.push(part));
  request.on('end', () => {
    const statement = Buffer.concat(parts).toString().replace(/;\s*$/, '');
    if (request.headers['x-clickhouse-user'] !== 'assay' || request.headers['x-clickhouse-key'] !== 'secret')
      return answer(403, 'Code: 516. DB::Exception: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)\n');
    if (statement.includes('wait_forever')) return; // until the client goes away
    try {
      if (parameters.get('database')) session.query('use ' + parameters.get('database'));
      answer(200, session.query(statement, parameters.get('default_format') || 'TabSeparated'));
    } catch (error) {
      answer(500, String(error.message));
    }
  });
};
require('http').createServer(serve).listen(Number(port), '127.0.0.1');
if (tlsPort) {
  const read = require('fs').readFileSync;
  require('https').createServer({key: read(name + '.key'), cert: read(name + '.pem')}, serve).listen(Number(tlsPort), '127.0.0.1');
}
if (options.native)
  require('./native.js').serve(session, Number(options.native), asked => require('fs').appendFileSync(folder + '.asked', asked.text + '\n'));
