// PouchDB's own server on LevelDB: node pouch_server.js PORT FOLDER
const express = require("express"), PouchDB = require("pouchdb");

const [port, folder] = process.argv.slice(2);
const app = express();
const options = { mode: "minimumForPouchDB", logPath: `${folder}/log.txt`, configPath: `${folder}/config.json` };
app.use("/", require("express-pouchdb")(PouchDB.defaults({ prefix: `${folder}/` }), options));
app.listen(+port, "127.0.0.1");
