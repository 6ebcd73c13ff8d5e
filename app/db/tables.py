"""Tables of the local store.

A synced table is what screens read: the confirmed values overlaid by own pending edits. Each carries `_ver` (which line
set each field, the base the next edit names: `app.db.versions`), `_locked` (line of the signature that covers the
row), `_voided` (reason) and `_deleted`. Values are JSON scalars; instants are milliseconds, amounts fen, lists JSON.
"""

from functools import lru_cache

from sqlalchemy import (
    BLOB,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

SCHEMA_VERSION = 1
META_COLUMNS = ("_ver", "_locked", "_voided", "_deleted")

metadata = MetaData()


def _text(name: str) -> "Column[str]":
    return Column(name, Text, nullable=True)


def _integer(name: str) -> "Column[int]":
    return Column(name, Integer, nullable=True)


def _synced(
    name: str, *columns: "Column[str] | Column[int] | Index", with_rowid: bool = False, together: bool = False
) -> Table:
    """Declare a synced table.

    Args:
        together: Rows that are made at once share a line of the journal. Not where the server judges the moves of a row
            (`sync/server/rules.json`), or the lease each row that is begun.
        with_rowid: For rows longer than a quarter of a page, which would each take an overflow page of their own else.
    """
    return Table(
        name,
        metadata,
        Column("id", Text, primary_key=True),
        *columns,
        Column("_ver", Text, nullable=False),
        Column("_locked", Text),
        Column("_voided", Text),
        Column("_deleted", Integer, nullable=False, server_default="0"),
        sqlite_with_rowid=with_rowid,
        info={"synced": True, "together": together},
    )


institution = _synced(
    "institution",
    *map(_text, ("name", "kind", "level", "grade", "ownership", "credit_code", "medins_code", "address", "legal_rep")),
    *map(_text, ("head", "phone", "licence_no")),
    _integer("rehearsal"),
    *map(_text, ("division", "latitude", "longitude", "pooling", "agreement", "agreement_no", "agreement_to")),
    *map(_text, ("credit_grade", "chain", "parent", "status", "no_code_reason", "source", "stated_on", "batch")),
    *map(_integer, ("complaints", "violations", "joint", "paid_fen", "paid_year")),
    with_rowid=True,
    together=True,
)
register_fact = _synced(  # what a source says of a register's row beside what stands there, and what stood before
    "register_fact",
    *map(_text, ("about", "row", "field", "value", "source", "stated_on", "state", "batch", "by")),
    _integer("at"),
    Index("register_fact_row", "row"),
    Index("register_fact_batch", "batch"),
    together=True,
)
import_batch = _synced(
    "import_batch",
    *map(_text, ("kind", "file", "sha256", "mapping", "source", "stated_on", "counts", "state", "by")),
    *map(_integer, ("at", "undone_at")),
)
person = _synced(
    "person",
    *map(_text, ("name", "role", "licence_no", "licence_from", "licence_to", "phone")),
    _integer("is_active"),
    *map(_text, ("unit", "specialities", "division", "organisation", "issuer", "batch")),
    together=True,
)
absence = _synced(  # days on which a person is not to be sent out
    "absence",
    *map(_text, ("person", "from_on", "to_on", "reason")),
    Index("absence_person", "person"),
)
interest = _synced(  # what ties a person to an institution, or to a chain of them
    "interest",
    *map(_text, ("person", "institution", "chain", "ground", "declared_on", "until_on")),
    Index("interest_person", "person"),
)
third_party = _synced("third_party", *map(_text, ("name", "kind", "contract", "valid_to")))
task = _synced(
    "task",
    *map(_text, ("number", "title", "nature", "kind", "institution", "templates", "members", "due_on")),
    *map(_text, ("basis", "approval_no", "state", "reason")),
    _integer("closed_at"),
    *map(_text, ("plan", "plan_group", "draw", "lead", "planned_on", "experts", "leader", "review_of", "brief")),
    _text("interim"),
)
task_recusal = _synced(  # a conflict of interest declared on the spot, and who came instead
    "task_recusal",
    *map(_text, ("task", "person", "ground", "role", "replaced_by", "source", "reason", "by")),
    _integer("declared_at"),
    Index("task_recusal_task", "task"),
)
lead = _synced(  # 举报线索; who reported it is in `lead_reporter` alone
    "lead",
    *map(_text, ("number", "interim", "series", "received_on", "received_by", "channel", "institution", "named", "content")),
    *map(_integer, ("year", "serial", "amount_fen", "real_name")),
    *map(_text, ("state", "handler", "due_on", "extended", "decided_on", "decision", "outcome", "reply", "replied_on")),
    *map(_text, ("transfer", "reason", "closed_on")),
)
lead_keeper = _synced(  # who may read reporters: `public` is what they are sealed to
    "lead_keeper",
    *map(_text, ("person", "public", "added_by")),
    *map(_integer, ("added_at", "ended_at")),
)
lead_reporter = _synced(
    "lead_reporter",
    *map(_text, ("lead", "sealed", "sealed_by")),
    _integer("sealed_at"),
    Index("lead_reporter_lead", "lead"),
)
lead_look = _synced(  # each look at a reporter: written before the text is shown
    "lead_look",
    *map(_text, ("lead", "person", "reason")),
    _integer("at"),
    Index("lead_look_lead", "lead"),
)
inspection = _synced(
    "inspection",
    *map(_text, ("task", "institution", "inspectors", "recorder", "place", "party", "witness")),
    *map(_integer, ("started_at", "ended_at", "licence_shown")),
    *map(_text, ("recusal_answer", "party_opinion", "situation")),
    Index("inspection_task", "task"),
)
sheet = _synced(
    "sheet",
    _text("inspection"),
    _text("template"),
    _integer("version"),
    _text("digest"),
    _integer("position"),
    Index("sheet_inspection", "inspection"),
)
answer = _synced(
    "answer",
    *map(_text, ("inspection", "template", "item", "state", "value")),
    *map(_integer, ("count", "amount_fen")),
    *map(_text, ("detail", "note", "answered_by")),
    _integer("answered_at"),
    Index("answer_inspection", "inspection"),
    with_rowid=True,
    together=True,
)
answer_row = _synced(
    "answer_row",
    *map(_text, ("inspection", "template", "item", "cells")),
    _integer("position"),
    Index("answer_row_inspection", "inspection", "template", "item"),
    together=True,
)
evidence = _synced(
    "evidence",
    *map(_text, ("inspection", "kind", "status", "file_name", "mime", "sha256", "sm3", "added_by", "place", "flags")),
    *map(_integer, ("size_bytes", "width", "height", "orientation", "taken_at", "added_at", "position")),
    *map(_text, ("latitude", "longitude", "caption")),
    Index("evidence_inspection", "inspection"),
)
evidence_link = _synced(
    "evidence_link",
    *map(_text, ("inspection", "evidence", "target_kind", "target")),
    Index("evidence_link_inspection", "inspection", "target"),
)
preview = _synced(  # the small picture of a photo, to be shown until the photo itself has come; it proves nothing
    "preview",
    *map(_text, ("inspection", "evidence", "sha256", "mime")),
    _integer("size_bytes"),
    Index("preview_evidence", "evidence"),
)
finding = _synced(
    "finding",
    *map(_text, ("inspection", "violation", "title", "facts", "period_from", "period_to", "basis", "calculation")),
    *map(_text, ("items", "opinion", "opinion_text", "removed_reason")),
    *map(_integer, ("persons", "cases", "amount_fen", "position")),
    Index("finding_inspection", "inspection"),
)
interview = _synced(
    "interview",
    *map(_text, ("inspection", "subject", "place", "asker", "recorder")),
    *map(_integer, ("started_at", "ended_at", "rights_acknowledged")),
    Index("interview_inspection", "inspection"),
)
turn = _synced(
    "turn",
    *map(_text, ("inspection", "interview", "question", "answer", "fixed")),
    *map(_integer, ("asked_at", "position")),
    Index("turn_interview", "interview"),
)
reading = _synced(  # a record was read out or read before it was signed; `words` is what it said
    "reading",
    *map(_text, ("inspection", "interview", "document", "role", "name", "heard", "by", "by_name", "words")),
    _integer("at"),
    Index("reading_inspection", "inspection"),
    Index("reading_document", "document"),
)
document = _synced(
    "document",
    *map(_text, ("inspection", "kind", "title", "number", "pages", "signers", "corrections", "interview", "amends")),
    *map(_text, ("pdf_sha256", "facts")),
    _integer("frozen_at"),
    Index("document_inspection", "inspection"),
)
signature = _synced(
    "signature",
    *map(_text, ("inspection", "document", "role", "name", "page_hash", "method", "strokes", "reason", "witness")),
    *map(_integer, ("page", "signed_at", "pad_permille")),
    Index("signature_document", "document"),
)
document_file = _synced(
    "document_file",
    *map(_text, ("inspection", "document", "sha256", "kind")),
    *map(_integer, ("size_bytes", "made_at")),
    Index("document_file_document", "document"),
)

paper = _synced(  # an official paper; its draft's words in `paper_field`, its pages in `document` once it is issued
    "paper",
    *map(_text, ("inspection", "task", "kind", "title", "parent", "about", "drafted_by")),
    *map(_text, ("number", "interim", "series", "document", "issued_by")),
    *map(_integer, ("year", "serial", "drafted_at", "issued_at")),
    Index("paper_task", "task"),
)
paper_field = _synced(  # what a person wrote, and what the data said then
    "paper_field",
    *map(_text, ("inspection", "paper", "name", "value", "data")),
    Index("paper_field_paper", "paper"),
    together=True,
)
paper_number = _synced(  # a number that is used, or void; its id is derived from it, so that no two papers can have it
    "paper_number",
    *map(_text, ("inspection", "paper", "document", "series", "reason", "device")),
    *map(_integer, ("year", "serial", "at")),
    Index("paper_number_series", "series", "year"),
)
paper_void = _synced(
    "paper_void",
    *map(_text, ("inspection", "paper", "reason", "by")),
    _integer("at"),
    Index("paper_void_paper", "paper"),
)
paper_service = _synced(  # how and when a paper reached its receiver (送达)
    "paper_service",
    *map(_text, ("inspection", "paper", "receipt", "method", "place", "receiver", "relation", "servers")),
    *map(_text, ("refused_reason", "witness", "tracking", "note")),
    *map(_integer, ("served_at", "recorded", "consent", "noted_at")),
    Index("paper_service_paper", "paper"),
)
number_range = _synced(  # document numbers lent to a device, by the server or by hand from the office's register
    "number_range",
    *map(_text, ("series", "device", "replica", "source", "note")),
    *map(_integer, ("year", "first", "last", "lent_at")),
    Index("number_range_series", "series", "year"),
)
plan = _synced(  # a campaign (检查计划, 工作方案); its parts in the five tables that follow
    "plan",
    *map(_text, ("number", "title", "origin", "basis", "goal", "nature", "state", "period_from", "period_to")),
    *map(_text, ("data_from", "data_to", "approved_by", "approval_no", "reason", "note", "discipline")),
    *map(_integer, ("year", "lock_days", "yearly_cap", "once", "submitted_at", "approved_at", "started_at", "closed_at")),
)
plan_stage = _synced(  # a day that is not decided yet (待定) is empty
    "plan_stage",
    *map(_text, ("plan", "title", "from_on", "to_on", "words")),
    _integer("position"),
    Index("plan_stage_plan", "plan"),
)
plan_group = _synced(  # a line of the division of labour (分工表)
    "plan_group",
    *map(_text, ("plan", "title", "filter", "words", "contents", "method", "ratio", "frequency", "weights")),
    *map(_text, ("owner", "nature", "staff")),
    *map(_integer, ("position", "minimum")),
    Index("plan_group_plan", "plan"),
)
plan_report = _synced(
    "plan_report",
    *map(_text, ("plan", "title", "rule", "recipient", "paper")),
    _integer("position"),
    Index("plan_report_plan", "plan"),
)
plan_exemption = _synced(  # why the yearly cap does not hold for an institution, or for the plan where none is named
    "plan_exemption",
    *map(_text, ("plan", "institution", "ground", "note")),
    Index("plan_exemption_plan", "plan"),
)
past_check = _synced(  # an on-site check made before this program was used, or by others: it counts for locks and coverage
    "past_check",
    *map(_text, ("institution", "on_day", "by_whom", "plan", "outcome", "source")),
    Index("past_check_institution", "institution"),
    together=True,
)
draw = _synced(  # a double-random draw: what was frozen, the seed that came afterwards, what followed from both
    "draw",
    *map(_text, ("plan", "number", "title", "state", "on_day", "register_sha256", "rules_sha256", "frozen_sha256")),
    *map(_text, ("seed", "seed_sources", "record_sha256", "witnesses", "operator", "supersedes", "reason")),
    *map(_integer, ("frozen_at", "drawn_at", "voided_at")),
    Index("draw_plan", "plan"),
)
# `used`: of a reserve, that it stepped in; `replaces`: the pick whose place it took; `joined`: the pick with which it is visited
draw_pick = _synced(
    "draw_pick",
    *map(_text, ("draw", "plan_group", "institution", "ticket", "replaces", "reason", "joined")),
    *map(_integer, ("position", "team", "reserve", "used", "serial")),
    Index("draw_pick_draw", "draw"),
)
draw_staff = _synced(
    "draw_staff",
    *map(_text, ("draw", "plan_group", "person", "role", "ticket", "replaces", "reason")),
    *map(_integer, ("team", "position", "reserve", "used")),
    Index("draw_staff_draw", "draw"),
)
draw_file = _synced(  # the frozen registers and rules, the result
    "draw_file",
    *map(_text, ("draw", "kind", "sha256")),
    *map(_integer, ("size_bytes", "made_at")),
    Index("draw_file_draw", "draw"),
)
self_check = _synced(  # what an institution was asked to check itself (自查), and what it returned
    "self_check",
    *map(_text, ("institution", "plan", "kind", "contractor", "title", "basis", "package", "issuer", "templates")),
    *map(_text, ("due_on", "state", "note")),
    *map(_text, ("course", "measures", "responsible", "post", "phone", "filled_on", "period", "returned_package")),
    *map(_text, ("returned_key", "returned_by", "late_note", "compared_with")),
    *map(_integer, ("issued_at", "returned_at", "amount_fen")),
    Index("self_check_institution", "institution"),
)
self_check_anomaly = _synced(  # a known anomaly it was asked about, and its reply
    "self_check_anomaly",
    *map(_text, ("self_check", "item", "period", "question", "source", "reply", "nature", "grounds", "evidence")),
    *map(_integer, ("position", "amount_fen", "declared_fen")),
    Index("self_check_anomaly_check", "self_check"),
    together=True,
)
self_check_answer = _synced(
    "self_check_answer",
    *map(_text, ("self_check", "template", "item", "state", "value", "detail", "rows", "evidence")),
    *map(_integer, ("count", "amount_fen")),
    Index("self_check_answer_check", "self_check"),
    together=True,
)
self_check_file = _synced(  # what it gave as evidence
    "self_check_file",
    *map(_text, ("self_check", "file_name", "mime", "sha256", "sm3", "caption")),
    *map(_integer, ("size_bytes", "position")),
    Index("self_check_file_check", "self_check"),
)
self_check_reminder = _synced(
    "self_check_reminder",
    *map(_text, ("self_check", "by", "method", "note")),
    _integer("at"),
    Index("self_check_reminder_check", "self_check"),
)
refund_promise = _synced(
    "refund_promise",
    *map(_text, ("self_check", "by_on", "state", "paid_on", "note")),
    *map(_integer, ("amount_fen", "paid_fen", "position")),
    Index("refund_promise_check", "self_check"),
)
office_fact = _synced("office_fact", _text("name"), _text("value"))  # what papers print of the office

office = Table(
    "office",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("rehearsal", Integer, nullable=False),
    Column("me", Text, nullable=False),
)
# Institutions that were written since the search read them, whoever wrote: a screen, an import or a pull (`app.db.touched`).
institution_touched = Table(
    "institution_touched", metadata, Column("n", Integer, primary_key=True), Column("row", Text, nullable=False)
)

sync_self = Table(
    "sync_self",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True),
    Column("device", Text, nullable=False),
    Column("replica", Text, nullable=False),
    Column("rseq", Integer, nullable=False),
    Column("chain_head", Text, nullable=False),
    Column("hlc", Integer, nullable=False),
    Column("scope", Text, nullable=False),
    Column("epoch", Text),
    Column("clock_off_ms", Integer),
    Column("clock_off_at", Integer),
    Column("open_nonce", Text, nullable=False),
    Column("server", Text),
    Column("enrolled_at", Integer),
    Column("server_key", Text),
    Column("digests_at", Integer),
    Column("folded_sv", Integer),
)
sync_op = Table(
    "sync_op",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("op", Text, nullable=False, unique=True),
    Column("replica", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("line", BLOB, nullable=False),
    Column("op_hash", Text, nullable=False),
    Column("sig", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("tbl", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("reason", Text),
    Column("feed_seq", Integer),
    Column("eff", Integer),
    Column("owner", Text),
    Column("undone", Integer, nullable=False, server_default="0"),
    Column("receipt_seq", Integer),
    Column("receipted_at", Integer),
    CheckConstraint("state IN ('pending','acked','done','rejected','quarantined')"),
)
RULES = (  # beside the tables
    "CREATE TRIGGER sync_op_frozen BEFORE UPDATE OF op, line, op_hash, sig, kind, tbl, row ON sync_op"
    " WHEN OLD.state <> 'pending' BEGIN SELECT RAISE(ABORT, 'journal line is frozen'); END",
    "CREATE TRIGGER sync_op_keep BEFORE DELETE ON sync_op BEGIN SELECT RAISE(ABORT, 'journal lines are kept'); END",
)
# Each index is one more encrypted page a saving: a line enters `settled` only with its receipt. Queries name the
# condition word for word, or SQLite does not use a partial index.
OPEN = "state IN ('pending', 'acked')"
SETTLED = "state IN ('done', 'rejected', 'quarantined')"
_OP = sync_op.c
# Refused, and so taken out of sight; also where they were sent again, nobody shows them before the server has taken them.
HIDDEN = "state <> 'done' AND reason IS NOT NULL"
Index("sync_op_hidden", _OP.op, sqlite_where=text(HIDDEN))
Index("sync_op_open", _OP.state, _OP.replica, _OP.n, _OP.tbl, _OP.row, _OP.owner, sqlite_where=text(OPEN))
Index(
    "sync_op_settled", _OP.state, _OP.owner, _OP.receipt_seq, _OP.receipted_at, _OP.tbl, sqlite_where=text(SETTLED)
)  # fmt: skip
sync_row = Table(  # a row of the confirmed layer; `cells`: `sync.protocol.cells`
    "sync_row",
    metadata,
    Column("tbl", Text, primary_key=True),
    Column("row", Text, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("feed_seq", Integer, nullable=False),
    Column("locked_by", Text),
    Column("voided_by", Text),
    Column("void_reason", Text),
    Column("appended_by", Text),
    Column("cells", Text, nullable=False),
)
sync_conflict = Table(
    "sync_conflict",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tbl", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("winner_op", Text),
    Column("loser_op", Text, nullable=False),
    Column("loser_val", Text, nullable=False),
    Column("loser_author", Text),
    Column("loser_hlc", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("resolved_by", Text),
    Column("resolved_at", Integer),
)
sync_feed = Table(
    "sync_feed",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("chain", Text, nullable=False),
)
sync_peer_op = Table(  # with numbers of its rows: a line is longer than what a row without one keeps in its place
    "sync_peer_op",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("op", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("line", BLOB, nullable=False),
    Column("sig", Text, nullable=False),
    Column("eff", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Index("sync_peer_op_op", "op"),
)
sync_lost = Table(  # lines that a former history of the server held and its new one has not shown: to be given back
    "sync_lost",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("op", Text, nullable=False, unique=True),
    Column("device", Text, nullable=False),
    Column("line", BLOB, nullable=False),
    Column("sig", Text, nullable=False),
    Column("given", Integer, nullable=False, server_default="0"),  # 1: the server said so, 2: there is a receipt
    Column("batch", Text),
    Index("sync_lost_given", "given"),
    Index("sync_lost_batch", "batch"),
)
sync_unknown = Table(  # entries of a newer schema: kept in sync_peer_op, folded by a later release
    "sync_unknown",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("sv", Integer, nullable=False),
    sqlite_with_rowid=False,
)
sync_snapshot = Table(  # snapshots under way
    "sync_snapshot",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("why", Text, nullable=False),
    Column("theirs", Text, nullable=False),
    Column("start_seq", Integer),
    Column("start_chain", Text),
    Column("after_tbl", Text),
    Column("after_row", Text),
)
sync_shadow = Table(  # rows of snapshots under way, as they came
    "sync_shadow",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("tbl", Text, primary_key=True),
    Column("row", Text, primary_key=True),
    Column("body", BLOB, nullable=False),
)
sync_author = Table(  # who wrote a line that a snapshot named without bringing it
    "sync_author",
    metadata,
    Column("op", Text, primary_key=True),
    Column("author", Text, nullable=False),
    sqlite_with_rowid=False,
)
sync_incident = Table(  # a confirmed layer that was not the server's: what was found, and in sync_aside what was here
    "sync_incident",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("feed", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("ours", Text, nullable=False),
    Column("theirs", Text, nullable=False),
    Column("rows", Integer, nullable=False, server_default="0"),
)
sync_handled = Table(  # refused lines that a person has dealt with; `again` is the line that says it anew
    "sync_handled",
    metadata,
    Column("op", Text, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("again", Text),
    sqlite_with_rowid=False,
)
sync_aside = Table(
    "sync_aside",
    metadata,
    Column("incident", Integer, primary_key=True),
    Column("tbl", Text, primary_key=True),
    Column("row", Text, primary_key=True),
    Column("body", BLOB, nullable=False),
    sqlite_with_rowid=False,
)
sync_blob = Table(
    "sync_blob",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("sm3", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("mime", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("owner", Text),
    Column("priority", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("stored", Text),
    Column("thumbnail", Text),
    Column("rendition", Text),
    Column("receipt_seq", Integer),
    Column("receipted_at", Integer),
    CheckConstraint("state IN ('local','uploading','remote','want','missing','damaged')"),
    Index("sync_blob_state", "state"),
)
sync_run = Table(
    "sync_run",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("started_at", Integer, nullable=False),
    Column("ended_at", Integer, nullable=False),
    Column("pushed", Integer, nullable=False),
    Column("pulled", Integer, nullable=False),
    Column("error", Text),
    Column("files_sent", Integer, nullable=False, server_default="0"),
    Column("files_received", Integer, nullable=False, server_default="0"),
    Column("times", Integer, nullable=False, server_default="1"),
    Column("again", Integer, nullable=False, server_default="1"),
)
sync_policy = Table(
    "sync_policy",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True),
    Column("paused", Integer, nullable=False),
    Column("every_min", Integer, nullable=False),
    Column("rate_kib", Integer, nullable=False),
    Column("originals_wifi", Integer, nullable=False),
)
membership = Table(  # what the server said of the person behind this laptop, and what follows from it
    "membership",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True),
    Column("asked", Text),
    Column("asked_at", Integer),
    Column("refused", Integer, nullable=False, server_default="0"),
    Column("is_person", Integer, nullable=False, server_default="0"),
    Column("lease", Text),
    Column("contact_ms", Integer),
    Column("lead_ms", Integer, nullable=False, server_default="0"),
    Column("leaving", Text, nullable=False, server_default="[]"),
    Column("left", Text, nullable=False, server_default="[]"),
)
sync_part = Table(
    "sync_part",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("stored", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    sqlite_with_rowid=False,
)
number_wish = Table(  # a range was asked for and the answer has not come: asked again under the same id
    "number_wish",
    metadata,
    Column("series", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("request", Text, nullable=False),
    sqlite_with_rowid=False,
)
backup_mark = Table(
    "backup_mark",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("made_at", Integer, nullable=False),
    Column("op_seq", Integer, nullable=False),
    Column("path", Text, nullable=False),
)
# Packets: whom they may come from and go to, what was written and read, and lines of team-mates that no server has
# numbered yet.
packet_peer = Table(
    "packet_peer",
    metadata,
    Column("device", Text, primary_key=True),
    Column("card", Text, nullable=False),
    Column("is_server", Integer, nullable=False),
    Column("by_hand", Integer, nullable=False, server_default="0"),
    Column("epoch", Text),
    Column("code", Text),
    Column("added_at", Integer, nullable=False),
)
packet = Table(
    "packet",
    metadata,
    Column("packet", Text, primary_key=True),
    Column("peer", Text, nullable=False),
    Column("is_out", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("vol", Integer, nullable=False),
    Column("vols", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("line_count", Integer, nullable=False),
    Column("file_count", Integer, nullable=False),
    Column("answered_at", Integer),
    Column("problem", Text),
)
packet_line = Table(  # which journal lines an export to the server holds, as runs of `sync_op.seq`
    "packet_line",
    metadata,
    Column("peer", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
    sqlite_with_rowid=False,
)
packet_file = Table(
    "packet_file",
    metadata,
    Column("peer", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("sha256", Text, primary_key=True),
    sqlite_with_rowid=False,
)
sync_mate_op = Table(
    "sync_mate_op",
    metadata,
    Column("op", Text, primary_key=True),
    Column("replica", Text, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("device", Text, nullable=False),
    Column("line", BLOB, nullable=False),
    Column("sig", Text, nullable=False),
    Column("hlc", Integer, nullable=False),
    Column("tbl", Text, nullable=False),
    Column("came_at", Integer, nullable=False),
    Column("scope", Text, nullable=False),
    Column("carried_in", Text),  # the epoch in which there was a receipt for it
    Column("batch", Text),
    Column("placed", Integer),  # its number in the feed, as the server said when it was brought
)
sync_mate_row = Table(  # the rows that each of these lines touches
    "sync_mate_row",
    metadata,
    Column("tbl", Text, primary_key=True),
    Column("row", Text, primary_key=True),
    Column("op", Text, primary_key=True),
    Column("replica", Text, primary_key=True),
    ForeignKeyConstraint(("op", "replica"), ("sync_mate_op.op", "sync_mate_op.replica"), ondelete="CASCADE"),
    Index("sync_mate_row_op", "op", "replica"),
    sqlite_with_rowid=False,
)
# What the server's log showed last, and where lines of finished documents stand in it. `heard`: the signed head that came
# with receipts since then; that it continues the former one is asked for with the next proofs.
checkpoint = Table(
    "checkpoint",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("note", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("root", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("token", Text, nullable=False),
    Column("heard", Text),
    Column("heard_at", Integer),
)
checkpoint_proof = Table(  # `body`: JSON, `sync.protocol.checkpoints.EntryProof`
    "checkpoint_proof",
    metadata,
    Column("op", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("checkpoint_proof_document", "document"),
)
# Certificates that this laptop signs with (`sealed`: the PKCS#12 file, under its own password), and what signatures are
# judged and shown by: roots, lists of revoked certificates, the seal's picture, the address of a time-stamp service.
signing_certificate = Table(
    "signing_certificate",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("certificate", BLOB, nullable=False),
    Column("sealed", BLOB),
    Column("added_at", Integer, nullable=False),
)
lead_secret = Table(  # this keeper's key on this laptop, under a password of its own; it never travels
    "lead_secret",
    metadata,
    Column("keeper", Text, primary_key=True),
    Column("sealed", Text, nullable=False),
)
signing_file = Table(
    "signing_file",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("content", BLOB, nullable=False),
    Column("added_at", Integer, nullable=False),
)

# Tables whose rows name a file by `sha256`: it is fetched when the row comes, and goes when its feed is dropped.
WITH_FILES = ("evidence", "preview", "document", "document_file", "draw_file", "self_check_file")
# `sync_blob.priority` of a preview: after papers, before originals. It is no file in the eyes of people: nothing counts it.
PREVIEW = 2
TOGETHER = frozenset(name for name, table in metadata.tables.items() if table.info.get("together"))
SYNCED: dict[str, Table] = {name: table for name, table in metadata.tables.items() if table.info.get("synced")}


@lru_cache(maxsize=256)
def fields_of(table: Table) -> tuple[str, ...]:
    """Return the names of the columns that travel."""
    # As plain texts: SQLAlchemy's own kind of text is no key of a line.
    return tuple(str(c.name) for c in table.columns if c.name != "id" and c.name not in META_COLUMNS)
