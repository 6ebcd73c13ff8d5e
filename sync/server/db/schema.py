"""The server's tables. Ids are texts, hashes hex texts, instants milliseconds, clocks HLC integers."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy import UniqueConstraint as Unique

SCHEMA_VERSION: Final = 1

metadata = MetaData()

server_self = Table(
    "server_self",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("server", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("schema", Integer, nullable=False),
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
)
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
    Index("op_row", "tbl", "row"),
)
relinked = (
    Table(  # a known line that came again on a new chain: its bytes there, so that the chain can be shown
        "relinked",
        metadata,
        Column("replica", Text, primary_key=True),
        Column("n", BigInteger, primary_key=True),
        Column("op", Text, ForeignKey("op.op"), nullable=False),
        Column("line", LargeBinary, nullable=False),
        Column("op_hash", Text, nullable=False),
        Column("sig", Text, nullable=False),
    )
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
    Unique("device_feed", "kind", "subject", "feed"),
)
cell = Table(
    "cell",
    metadata,
    Column("tbl", Text, primary_key=True),
    Column("row", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("val", Text, nullable=False),
    Column("hlc", BigInteger, nullable=False),
    Column("op", Text, nullable=False),
    sqlite_with_rowid=False,
)
row_state = Table(
    "row_state",
    metadata,
    Column("tbl", Text, primary_key=True),
    Column("row", Text, primary_key=True),
    Column("scope", Text, nullable=False, index=True),
    Column("feed_seq", BigInteger, nullable=False),
    Column("locked_by", Text),
    Column("voided_by", Text),
    Column("void_reason", Text),
    Column("appended_by", Text),
    sqlite_with_rowid=False,
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
)
blob = Table(
    "blob",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("sm3", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mime", Text, nullable=False),
    Column("stored_ms", BigInteger, nullable=False),
)
blob_ref = Table(
    "blob_ref",
    metadata,
    Column("sha256", Text, ForeignKey("blob.sha256"), primary_key=True),
    Column("scope", Text, primary_key=True),
)
