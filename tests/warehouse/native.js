// ClickHouse's native protocol in front of chDB, as far as another server needs it that reads from this
// one as a shard: by tables of Distributed, or remote(). A query that asks for states of aggregates is
// refused: this library gives results only. Without compression: a cluster's configuration says so.
const REVISION = 54440; // settings are texts, no secret between servers, no tracing
const net = require('net');

// What came, and a place in it; what is not there yet is "more".
class Reader {
  constructor(bytes) { this.bytes = bytes; this.at = 0; }
  take(length) {
    if (this.at + length > this.bytes.length) throw 'more';
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  byte() { return this.take(1)[0]; }
  number() {
    let value = 0, factor = 1, byte;
    do { byte = this.byte(); value += (byte & 127) * factor; factor *= 128; } while (byte > 127);
    return value;
  }
  text() { return this.take(this.number()).toString('utf8'); }
}
const number = value => {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push(value % 128 + 128);
  return Buffer.from([...bytes, value]);
};
const text = value => { const bytes = Buffer.from(value); return Buffer.concat([number(bytes.length), bytes]); };

const inner = type => type.slice(type.indexOf('(') + 1, -1);
// The elements of a Tuple, without their names.
const elements = list => {
  const parts = [];
  let depth = 0, from = 0;
  for (let i = 0; i <= list.length; i++) {
    if (i === list.length || (list[i] === ',' && depth === 0)) { parts.push(list.slice(from, i).trim()); from = i + 1; }
    depth += (list[i] === '(') - (list[i] === ')');
  }
  return parts.map(part => part.replace(/^[a-z_`][^ (]* (?=[A-Z])/, ''));
};
const width = type => {
  const bits = /^(?:U?Int|Float)(\d+)$/.exec(type);
  if (bits) return bits[1] / 8;
  if (type.startsWith('DateTime64')) return 8;
  if (type.startsWith('DateTime') || type === 'Date32') return 4;
  if (type.startsWith('Decimal')) {
    const digits = Number(inner(type).split(',')[0]);
    return digits < 10 ? 4 : digits < 19 ? 8 : digits < 39 ? 16 : 32;
  }
  if (type.startsWith('FixedString')) return Number(inner(type));
  const known = {Bool: 1, Nothing: 1, Date: 2, UUID: 16}[type] || (type.startsWith('Enum8') && 1) || (type.startsWith('Enum16') && 2);
  if (!known) throw new Error('native.js knows no type ' + type);
  return known;
};
const skip = (reader, type, rows) => {
  if (type === 'String') for (let i = 0; i < rows; i++) reader.take(reader.number());
  else if (type.startsWith('Nullable(')) { reader.take(rows); skip(reader, inner(type), rows); }
  else if (type.startsWith('Tuple(')) elements(inner(type)).forEach(part => skip(reader, part, rows));
  else if (type.startsWith('Array(')) {
    const ends = reader.take(8 * rows);
    skip(reader, inner(type), rows === 0 ? 0 : Number(ends.readBigUInt64LE(8 * rows - 8)));
  } else reader.take(rows * width(type));
};
const skipBlock = reader => {
  const columns = reader.number(), rows = reader.number();
  for (let i = 0; i < columns; i++) { reader.text(); const type = reader.text(); if (rows > 0) skip(reader, type, rows); }
  return columns;
};
// A block under other names of its columns.
const rename = (reader, names) => {
  const columns = reader.number(), rows = reader.number(), parts = [number(columns), number(rows)];
  for (let i = 0; i < columns; i++) {
    const name = reader.text(), type = reader.text(), from = reader.at;
    if (rows > 0) skip(reader, type, rows);
    parts.push(text(names.get(name) || name), text(type), reader.bytes.subarray(from, reader.at));
  }
  return Buffer.concat(parts);
};
// Before its last stage a query's columns have the names that the planner gives them.
const namesOf = asked => new Map(asked.stage === 2 ? [] :
  [...asked.text.matchAll(/`(__table\d+)`\.`([^`]+)` AS `([^`]+)`/g)].map(found => [found[3], found[1] + '.' + found[2]]));
const skipInfo = reader => { for (let field; (field = reader.number()) !== 0;) reader.take(field === 1 ? 1 : 4); };
const info = Buffer.from([1, 0, 2, 255, 255, 255, 255, 0]);

const hello = reader => {
  reader.text(); reader.number(); reader.number(); reader.number(); reader.text();
  return {user: reader.text(), password: reader.text()};
};
const query = reader => {
  reader.text(); // its id
  if (reader.byte() !== 0) {
    for (let i = 0; i < 3; i++) reader.text();
    const how = reader.byte();
    if (how === 1) { for (let i = 0; i < 3; i++) reader.text(); for (let i = 0; i < 3; i++) reader.number(); }
    if (how === 2) { reader.byte(); reader.text(); }
    reader.text(); // a key for quotas
    if (how === 1) reader.number();
  }
  while (reader.text() !== '') { reader.number(); reader.text(); }
  const asked = {stage: reader.number(), compressed: reader.number()};
  return {...asked, text: reader.text()};
};
const statuses = reader => {
  const answer = [number(9)], count = reader.number();
  answer.push(number(count));
  for (let i = 0; i < count; i++) answer.push(text(reader.text()), text(reader.text()), Buffer.from([0]));
  return Buffer.concat(answer);
};
const failure = (code, message) => {
  const number32 = Buffer.alloc(4);
  number32.writeInt32LE(code);
  return Buffer.concat([number(2), number32, text('DB::Exception'), text(message), text(''), Buffer.from([0])]);
};

// serve SESSION, PORT, LOG: log(query) is called for each query that another server asks.
exports.serve = (session, port, log) => net.createServer(socket => {
  let bytes = Buffer.alloc(0), pending = null;
  const run = async asked => {
    log(asked);
    if (asked.compressed) return failure(48, 'native.js knows no compression');
    if (asked.stage === 1) return failure(48, 'native.js gives no states of aggregates');
    if (asked.text.includes('never_answered')) return null;
    try {
      const found = await session.queryAsync(asked.text, {format: 'Native'}), parts = [], reader = new Reader(Buffer.from(found.bytes()));
      while (reader.at < reader.bytes.length) parts.push(number(1), text(''), info, rename(reader, namesOf(asked)));
      return Buffer.concat([...parts, number(5)]);
    } catch (error) {
      const code = /Code: (\d+)/.exec(error.message);
      return failure(code ? Number(code[1]) : 1000, String(error.message));
    }
  };
  const take = reader => {
    const kind = reader.number();
    if (kind === 0) {
      const who = hello(reader);
      if (who.user !== 'assay' || who.password !== 'secret') return () => socket.end(failure(516, 'Authentication failed'));
      const greeting = [number(0), text('ClickHouse'), number(21), number(1), number(REVISION), text('UTC'), text('shard'), number(1)];
      return () => socket.write(Buffer.concat(greeting));
    }
    if (kind === 1) { const asked = query(reader); return () => { pending = asked; }; }
    if (kind === 2 || kind === 7) {
      reader.text();
      skipInfo(reader);
      const isLast = skipBlock(reader) === 0 && kind === 2;
      return () => { if (isLast && pending) { run(pending).then(answer => answer && socket.write(answer)); pending = null; } };
    }
    if (kind === 3) return () => socket.end();
    if (kind === 4) return () => socket.write(number(4));
    if (kind === 5) { const answer = statuses(reader); return () => socket.write(answer); }
    throw new Error('native.js knows no packet ' + kind);
  };
  socket.on('error', () => {});
  socket.on('data', part => {
    bytes = Buffer.concat([bytes, part]);
    for (;;) {
      const reader = new Reader(bytes);
      try {
        const act = take(reader);
        bytes = bytes.subarray(reader.at);
        act();
      } catch (error) {
        if (error !== 'more') socket.end(failure(1000, String(error)));
        return;
      }
      if (bytes.length === 0) return;
    }
  });
}).listen(port, '127.0.0.1');
