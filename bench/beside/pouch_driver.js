// A laptop of PouchDB, driven as bench/sync_driver.py is; BATCH in the environment: that many documents a batch, ten batches ahead.
const { createHash } = require("crypto"), { readFileSync } = require("fs"), { createInterface } = require("readline");
const PouchDB = require("pouchdb");

const { URL, STORE, RECORDS, BATCH } = process.env;
const here = new PouchDB(`${STORE}/db`), there = new PouchDB(`${URL}/bench`);
const tuned = BATCH ? { batch_size: +BATCH, batches_limit: 10 } : {};
const read = (path) => JSON.parse(readFileSync(path));

const COMMANDS = {
  load: () => here.bulkDocs(read(RECORDS)),
  async touch(seed) {
    for (const one of read(`${STORE}/../touch-${seed}.json`)) await here.put({ ...(await here.get(one._id)), ...one });
  },
  sync: () => here.sync(there, tuned),
  push: () => here.replicate.to(there, tuned),
  pull: () => here.replicate.from(there, tuned),
  async count() {
    const found = await here.allDocs({ include_docs: true });
    const rows = found.rows.map(({ doc }) => doc._id + doc.value + doc.note).sort();
    return { n: rows.length, h: createHash("sha256").update(rows.join("\n")).digest("hex").slice(0, 16) };
  },
};

const say = (answer) => console.log(JSON.stringify(answer));
say({ ok: true });
(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, ...rest] = line.trim().split(" ");
    if (name === "quit") process.exit(0);
    const start = process.hrtime.bigint();
    try {
      const said = await COMMANDS[name](...rest);
      say({ ok: true, s: Number(process.hrtime.bigint() - start) / 1e9, ...(name === "count" ? said : {}) });
    } catch (error) {
      say({ ok: false, e: String(error) });
    }
  }
})();
