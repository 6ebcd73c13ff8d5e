"""The server's tables. Ids are texts, hashes hex texts, instants milliseconds, clocks HLC integers.

A table or column that changes here changes in `migrations/versions` too; while no version is released,
`python -m sync.server.db.migrations.draft` writes the first one anew, and a test compares.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    text,
)
from sqlalchemy import Text as PlainText
from sqlalchemy import UniqueConstraint as Unique

SCHEMA_VERSION: Final = 1
# Ordered by bytes on every machine, as SQLite and Python order them.
Text: Final = PlainText().with_variant(PlainText(collation="C"), "postgresql")

metadata = MetaData()

server_self = Table(
    "server_self",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("server", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("key_id", Text),  # digest of the key that seals secrets; null before the first start with one
    Column("folded_sv", BigInteger, nullable=False, server_default="1"),  # version of the schema the cells were folded by
)
epoch_past = Table(  # an epoch that ended, when, and why
    "epoch_past",
    metadata,
    Column("epoch", Text, primary_key=True),
    Column("ended_ms", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("device", Text),  # whose cursor showed that history is missing
)
backup_made = Table(  # what each backup holds: `heads` is a JSON object of feed names and last numbers
    "backup_made",
    metadata,
    Column("backup", Text, primary_key=True),
    Column("made_ms", BigInteger, nullable=False, index=True),
    Column("epoch", Text, nullable=False),
    Column("heads", Text, nullable=False),
    Column("files", BigInteger, nullable=False),
    Column("file_bytes", BigInteger, nullable=False),
)
enrol_code = Table(
    "enrol_code",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user", Text, nullable=False),
    Column("grants", Text, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("used_by", Text),
)
device = Table(
    "device",
    metadata,
    Column("device", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("public_key", Text, nullable=False, unique=True),
    Column("grants", Text, nullable=False),
    Column("enrolled_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
    Column("seen_ms", BigInteger),
    Column("machine", Text, nullable=False, default=""),
    Column("client", Text, nullable=False, default=""),  # the program that it last used
    Column("approved_by", Text),
    Column("confirm_until_ms", BigInteger),
)
nonce = Table(
    "nonce",
    metadata,
    Column("device", Text, primary_key=True),
    Column("nonce", Text, primary_key=True),
    Column("expires_ms", BigInteger, nullable=False, index=True),
)
replica = Table(
    "replica",
    metadata,
    Column("replica", Text, primary_key=True),
    Column("device", Text, ForeignKey("device.device"), nullable=False),
    Column("head_n", BigInteger, nullable=False),
    Column("head_hash", Text, nullable=False),
    Column("first_ms", BigInteger, nullable=False),
)
feed_head = Table(
    "feed_head",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("chain", Text, nullable=False),
    Column("floor", BigInteger, nullable=False, server_default="0"),  # entries up to here are given out no more
    Column("digest", Text),  # of the confirmed layer; null where no row was ever touched
)
# A line that stays provable without the history. Queries say it word for word, or SQLite does not use the index.
PROOF: Final = "kind IN ('append', 'sign', 'void')"
op = Table(
    "op",
    metadata,
    Column("op", Text, primary_key=True),
    Column("replica", Text, ForeignKey("replica.replica"), nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("device", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("tbl", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("line", LargeBinary, nullable=False),
    Column("op_hash", Text, nullable=False),
    Column("sig", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("eff", BigInteger, nullable=False),
    Column("feed", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("chain", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("received_ms", BigInteger, nullable=False),
    Unique("replica", "n"),
    Unique("feed", "seq"),
    Index("op_proof", "tbl", "row", sqlite_where=text(PROOF), postgresql_where=text(PROOF)),
)
relinked = (
    Table(  # a known line that came again on a new chain: its bytes there, so that the chain can be shown
        "relinked",
        metadata,
        Column("replica", Text, primary_key=True),
        Column("n", BigInteger, primary_key=True),
        Column("op", Text, nullable=False),  # in `op`, or in `quarantine`
        Column("line", LargeBinary, nullable=False),
        Column("op_hash", Text, nullable=False),
        Column("sig", Text, nullable=False),
    )
)
quarantine = Table(  # lines kept whole without a place in a feed, until what they wait for comes
    "quarantine",
    metadata,
    Column("op", Text, primary_key=True),
    Column("replica", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("device", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("line", LargeBinary, nullable=False),
    Column("op_hash", Text, nullable=False),
    Column("sig", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("sv", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("waits_tbl", Text),
    Column("waits_row", Text),
    Column("in_chain", Boolean, nullable=False),  # false: the lines before it in its replica are missing
    Column("supplied_by", Text),  # who brought it, if not the device that signed it
    Column("received_ms", BigInteger, nullable=False),
    Index("quarantine_chain", "replica", "n"),
    Index("quarantine_reason", "reason"),
)
receipt = Table(
    "receipt",
    metadata,
    Column("device_feed", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("feed", Text, nullable=False),
    Column("feed_seq", BigInteger, nullable=False),
    Column("eff", BigInteger, nullable=False),
    Column("reason", Text),
    Column("chain", Text, nullable=False),
    Index("receipt_subject", "subject"),
    sqlite_with_rowid=False,
)
row_state = Table(  # a row of the confirmed layer; `cells`: `sync.protocol.cells`
    "row_state",
    metadata,
    Column("tbl", Text, primary_key=True),
    Column("row", Text, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("feed_seq", BigInteger, nullable=False),
    Column("locked_by", Text),
    Column("voided_by", Text),
    Column("void_reason", Text),
    Column("appended_by", Text),
    Column("cells", Text, nullable=False),
    Index("row_state_scope", "scope", "tbl", "row"),
)
conflict = Table(
    "conflict",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tbl", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("scope", Text, nullable=False, index=True),
    Column("winner_op", Text),
    Column("loser_op", Text, nullable=False),
    Column("loser_val", Text, nullable=False),
    Column("loser_author", Text),
    Column("loser_hlc", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("resolved_by", Text),
)
upload = Table(
    "upload",
    metadata,
    Column("device", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sm3", Text, nullable=False),
    Column("mime", Text, nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("held_until_ms", BigInteger, nullable=False, server_default="0"),  # a process is at putting it together
    Column("problem", Text, nullable=False, server_default=""),  # what its last try came to grief on
    Column("came", BigInteger, nullable=False, server_default="0"),  # bytes that arrived for it, those sent twice as well
)
device_intake = Table(  # bytes that a device sent in an hour since 1970, for `upload_limits`
    "device_intake",
    metadata,
    Column("device", Text, primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("files", BigInteger, nullable=False),
    Column("lines", BigInteger, nullable=False),
)
blob = Table(  # `sm3`: what the record says; `sm3_is`: what comparing it with the bytes has shown, empty: not done yet
    "blob",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("sm3", Text, nullable=False),
    Column("sm3_is", Text, nullable=False, server_default=""),
    Column("size", BigInteger, nullable=False),
    Column("mime", Text, nullable=False),
    Column("stored_ms", BigInteger, nullable=False),
    Column("checked_ms", BigInteger),
    Column("damaged_ms", BigInteger),
)
blob_ref = Table(
    "blob_ref",
    metadata,
    Column("sha256", Text, ForeignKey("blob.sha256"), primary_key=True),
    Column("scope", Text, primary_key=True),
)
org = Table(  # `path`: codes from the top down to this one, joined by "/"
    "org",
    metadata,
    Column("code", Text, primary_key=True),
    Column("parent", Text, ForeignKey("org.code")),
    Column("path", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("level", Text, nullable=False),
)
person = Table(  # `scopes_ver` rises with every change of what the person may do, and with every epoch
    "person",
    metadata,
    Column("user", Text, primary_key=True),
    Column("org", Text, ForeignKey("org.code"), nullable=False),
    Column("name", Text, nullable=False),
    Column("password", Text),
    Column("totp", Text),  # sealed
    Column("totp_step", BigInteger, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until_ms", BigInteger, nullable=False, default=0),
    Column("scopes_ver", BigInteger, nullable=False, default=1),
    Column("made_ms", BigInteger, nullable=False),
    Column("disabled_ms", BigInteger),
)
membership = Table(  # `place`: an office's code or a task's feed
    "membership",
    metadata,
    Column("user", Text, ForeignKey("person.user"), primary_key=True),
    Column("place", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("from_ms", BigInteger, primary_key=True),
    Column("to_ms", BigInteger),
    Column("given_by", Text, nullable=False),
)
task_org = Table(  # offices for whose people a task's feed is open
    "task_org",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("org", Text, ForeignKey("org.code"), primary_key=True),
)
exclusion = Table(
    "exclusion",
    metadata,
    Column("user", Text, ForeignKey("person.user"), primary_key=True),
    Column("feed", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
)
device_login = Table(  # who has shown on this device that it is he, and until when that holds
    "device_login",
    metadata,
    Column("device", Text, ForeignKey("device.device"), primary_key=True),
    Column("user", Text, ForeignKey("person.user"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
)
admission = Table(  # devices that ask to be let in, and what was decided
    "admission",
    metadata,
    Column("device", Text, primary_key=True),
    Column("public_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("asked_ms", BigInteger, nullable=False),
    Column("last_ms", BigInteger, nullable=False),  # when it asked for the last time
    Column("source", Text, nullable=False),  # network address from which it asked first
    Column("decision", Text, nullable=False, index=True),
    Column("decided_by", Text),
    Column("decided_ms", BigInteger),
)
device_alarm = Table(
    "device_alarm",
    metadata,
    Column("device", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("detail", Text, primary_key=True),
    Column("first_ms", BigInteger, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
)
released = Table(  # who let a line out of quarantine into its feed, and why it had been put there
    "released",
    metadata,
    Column("op", Text, ForeignKey("op.op"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("released_by", Text, nullable=False),
    Column("released_ms", BigInteger, nullable=False),
)
left_aside = Table(  # who looked at a line in quarantine and left it there, when and why
    "left_aside",
    metadata,
    Column("op", Text, primary_key=True),
    Column("at_ms", BigInteger, primary_key=True),
    Column("left_by", Text, nullable=False),
    Column("why", Text, nullable=False),
)
web_session = Table(  # log-ins of the administration page, by the digest of their token
    "web_session",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user", Text, ForeignKey("person.user"), nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),
)
admin_act = Table(  # what was done at the administration page: step 0 before it is tried, step 1 how it ended; only added to
    "admin_act",
    metadata,
    Column("act", Text, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("outcome", Text, nullable=False),
)
# Beside the tables: what administrators did is added to and never changed, whoever asks for it.
RULES: Final = {
    "postgresql": (
        "CREATE FUNCTION admin_act_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'admin_act is only added to'; END $$",
        "CREATE TRIGGER admin_act_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_act "
        "EXECUTE FUNCTION admin_act_kept()",
    ),
    "sqlite": tuple(
        f"CREATE TRIGGER admin_act_{act.lower()} BEFORE {act} ON admin_act "
        "BEGIN SELECT RAISE(ABORT, 'admin_act is only added to'); END"
        for act in ("UPDATE", "DELETE")
    ),
}
log_segment = Table(  # of the transparency log: leaves `first` onwards are the entries after `after_seq` up to `upto_seq` of a feed
    "log_segment",
    metadata,
    Column("epoch", Text, primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("feed", Text, nullable=False),
    Column("after_seq", BigInteger, nullable=False),
    Column("upto_seq", BigInteger, nullable=False),
)
log_tile = Table(  # leaf hashes of a full tile of the log, one behind another, and their root
    "log_tile",
    metadata,
    Column("epoch", Text, primary_key=True),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("leaves", LargeBinary, nullable=False),
)
packet_key = Table(  # the sealed seed of the server's own keys: packets are sealed to them, and replies signed by them
    "packet_key",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("seed", Text, nullable=False),
)
device_card = Table(  # keys to which packets for a device are sealed, as the device itself certified them
    "device_card",
    metadata,
    Column("device", Text, ForeignKey("device.device"), primary_key=True),
    Column("card", Text, nullable=False),
)
number_series = Table(  # how far the numbers of a year's series are lent; `series`: digest of scope, name and year
    "number_series",
    metadata,
    Column("series", Text, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("epoch", Text, nullable=False),  # in which the last range was lent
)
number_range = Table(  # document numbers lent to one device
    "number_range",
    metadata,
    Column("request", Text, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("device", Text, ForeignKey("device.device"), nullable=False),
    Column("lent_ms", BigInteger, nullable=False),
    Index("number_range_series", "scope", "series", "year", "first"),
)
packet_in = Table(  # `asked`: the manifest, where the reply goes on; `problem`: what was not taken, as JSON
    "packet_in",
    metadata,
    Column("packet", Text, primary_key=True),
    Column("device", Text, ForeignKey("device.device"), nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("vol", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("came_ms", BigInteger, nullable=False),
    Column("asked", LargeBinary, nullable=False),
    Column("answered", LargeBinary, nullable=False),
    Column("replied_ms", BigInteger),
    Index("packet_in_device", "device", "n"),
)
