"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_PROOF = sa.text("kind IN ('append', 'sign', 'void')")


def upgrade() -> None:
    op.create_table('admin_act',
    sa.Column('act', _TEXT, nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('by', _TEXT, nullable=False),
    sa.Column('address', _TEXT, nullable=False),
    sa.Column('what', _TEXT, nullable=False),
    sa.Column('subject', _TEXT, nullable=False),
    sa.Column('detail', _TEXT, nullable=False),
    sa.Column('outcome', _TEXT, nullable=False),
    sa.PrimaryKeyConstraint('act', 'step')
    )
    op.create_index(op.f('ix_admin_act_at_ms'), 'admin_act', ['at_ms'], unique=False)
    op.create_table('admission',
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('public_key', _TEXT, nullable=False),
    sa.Column('name', _TEXT, nullable=False),
    sa.Column('machine', _TEXT, nullable=False),
    sa.Column('asked_ms', sa.BigInteger(), nullable=False),
    sa.Column('last_ms', sa.BigInteger(), nullable=False),
    sa.Column('source', _TEXT, nullable=False),
    sa.Column('decision', _TEXT, nullable=False),
    sa.Column('decided_by', _TEXT, nullable=True),
    sa.Column('decided_ms', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('device')
    )
    op.create_index(op.f('ix_admission_decision'), 'admission', ['decision'], unique=False)
    op.create_table('backup_made',
    sa.Column('backup', _TEXT, nullable=False),
    sa.Column('made_ms', sa.BigInteger(), nullable=False),
    sa.Column('epoch', _TEXT, nullable=False),
    sa.Column('heads', _TEXT, nullable=False),
    sa.Column('files', sa.BigInteger(), nullable=False),
    sa.Column('file_bytes', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('backup')
    )
    op.create_index(op.f('ix_backup_made_made_ms'), 'backup_made', ['made_ms'], unique=False)
    op.create_table('blob',
    sa.Column('sha256', _TEXT, nullable=False),
    sa.Column('sm3', _TEXT, nullable=False),
    sa.Column('sm3_is', _TEXT, server_default='', nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('mime', _TEXT, nullable=False),
    sa.Column('stored_ms', sa.BigInteger(), nullable=False),
    sa.Column('checked_ms', sa.BigInteger(), nullable=True),
    sa.Column('damaged_ms', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('sha256')
    )
    op.create_table('conflict',
    sa.Column('id', _TEXT, nullable=False),
    sa.Column('tbl', _TEXT, nullable=False),
    sa.Column('row', _TEXT, nullable=False),
    sa.Column('field', _TEXT, nullable=False),
    sa.Column('scope', _TEXT, nullable=False),
    sa.Column('winner_op', _TEXT, nullable=True),
    sa.Column('loser_op', _TEXT, nullable=False),
    sa.Column('loser_val', _TEXT, nullable=False),
    sa.Column('loser_author', _TEXT, nullable=True),
    sa.Column('loser_hlc', sa.BigInteger(), nullable=False),
    sa.Column('reason', _TEXT, nullable=False),
    sa.Column('resolved_by', _TEXT, nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_conflict_scope'), 'conflict', ['scope'], unique=False)
    op.create_table('device',
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('name', _TEXT, nullable=False),
    sa.Column('user', _TEXT, nullable=False),
    sa.Column('public_key', _TEXT, nullable=False),
    sa.Column('grants', _TEXT, nullable=False),
    sa.Column('enrolled_ms', sa.BigInteger(), nullable=False),
    sa.Column('revoked_ms', sa.BigInteger(), nullable=True),
    sa.Column('seen_ms', sa.BigInteger(), nullable=True),
    sa.Column('machine', _TEXT, nullable=False),
    sa.Column('client', _TEXT, nullable=False),
    sa.Column('approved_by', _TEXT, nullable=True),
    sa.Column('confirm_until_ms', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('device'),
    sa.UniqueConstraint('public_key')
    )
    op.create_table('device_alarm',
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('kind', _TEXT, nullable=False),
    sa.Column('detail', _TEXT, nullable=False),
    sa.Column('first_ms', sa.BigInteger(), nullable=False),
    sa.Column('last_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('device', 'kind', 'detail')
    )
    op.create_table('device_intake',
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('hour', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('files', sa.BigInteger(), nullable=False),
    sa.Column('lines', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('device', 'hour')
    )
    op.create_table('enrol_code',
    sa.Column('digest', _TEXT, nullable=False),
    sa.Column('user', _TEXT, nullable=False),
    sa.Column('grants', _TEXT, nullable=False),
    sa.Column('expires_ms', sa.BigInteger(), nullable=False),
    sa.Column('used_by', _TEXT, nullable=True),
    sa.PrimaryKeyConstraint('digest')
    )
    op.create_table('epoch_past',
    sa.Column('epoch', _TEXT, nullable=False),
    sa.Column('ended_ms', sa.BigInteger(), nullable=False),
    sa.Column('reason', _TEXT, nullable=False),
    sa.Column('device', _TEXT, nullable=True),
    sa.PrimaryKeyConstraint('epoch')
    )
    op.create_table('feed_head',
    sa.Column('feed', _TEXT, nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('chain', _TEXT, nullable=False),
    sa.Column('floor', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('digest', _TEXT, nullable=True),
    sa.PrimaryKeyConstraint('feed')
    )
    op.create_table('left_aside',
    sa.Column('op', _TEXT, nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('left_by', _TEXT, nullable=False),
    sa.Column('why', _TEXT, nullable=False),
    sa.PrimaryKeyConstraint('op', 'at_ms')
    )
    op.create_table('log_segment',
    sa.Column('epoch', _TEXT, nullable=False),
    sa.Column('first', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('feed', _TEXT, nullable=False),
    sa.Column('after_seq', sa.BigInteger(), nullable=False),
    sa.Column('upto_seq', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('epoch', 'first')
    )
    op.create_table('log_tile',
    sa.Column('epoch', _TEXT, nullable=False),
    sa.Column('n', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('root', sa.LargeBinary(), nullable=False),
    sa.Column('leaves', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('epoch', 'n')
    )
    op.create_table('nonce',
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('nonce', _TEXT, nullable=False),
    sa.Column('expires_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('device', 'nonce')
    )
    op.create_index(op.f('ix_nonce_expires_ms'), 'nonce', ['expires_ms'], unique=False)
    op.create_table('number_series',
    sa.Column('series', _TEXT, nullable=False),
    sa.Column('scope', _TEXT, nullable=False),
    sa.Column('name', _TEXT, nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.Column('epoch', _TEXT, nullable=False),
    sa.PrimaryKeyConstraint('series')
    )
    op.create_table('org',
    sa.Column('code', _TEXT, nullable=False),
    sa.Column('parent', _TEXT, nullable=True),
    sa.Column('path', _TEXT, nullable=False),
    sa.Column('name', _TEXT, nullable=False),
    sa.Column('level', _TEXT, nullable=False),
    sa.ForeignKeyConstraint(['parent'], ['org.code'], ),
    sa.PrimaryKeyConstraint('code'),
    sa.UniqueConstraint('path')
    )
    op.create_table('packet_key',
    sa.Column('one', sa.Integer(), nullable=False),
    sa.Column('seed', _TEXT, nullable=False),
    sa.PrimaryKeyConstraint('one')
    )
    op.create_table('quarantine',
    sa.Column('op', _TEXT, nullable=False),
    sa.Column('replica', _TEXT, nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('author', _TEXT, nullable=False),
    sa.Column('scope', _TEXT, nullable=False),
    sa.Column('line', sa.LargeBinary(), nullable=False),
    sa.Column('op_hash', _TEXT, nullable=False),
    sa.Column('sig', _TEXT, nullable=False),
    sa.Column('content_hash', _TEXT, nullable=False),
    sa.Column('sv', sa.BigInteger(), nullable=False),
    sa.Column('reason', _TEXT, nullable=False),
    sa.Column('waits_tbl', _TEXT, nullable=True),
    sa.Column('waits_row', _TEXT, nullable=True),
    sa.Column('in_chain', sa.Boolean(), nullable=False),
    sa.Column('supplied_by', _TEXT, nullable=True),
    sa.Column('received_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('op')
    )
    op.create_index('quarantine_chain', 'quarantine', ['replica', 'n'], unique=False)
    op.create_index('quarantine_reason', 'quarantine', ['reason'], unique=False)
    op.create_table('receipt',
    sa.Column('device_feed', _TEXT, nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('kind', _TEXT, nullable=False),
    sa.Column('subject', _TEXT, nullable=False),
    sa.Column('status', _TEXT, nullable=False),
    sa.Column('feed', _TEXT, nullable=False),
    sa.Column('feed_seq', sa.BigInteger(), nullable=False),
    sa.Column('eff', sa.BigInteger(), nullable=False),
    sa.Column('reason', _TEXT, nullable=True),
    sa.Column('chain', _TEXT, nullable=False),
    sa.PrimaryKeyConstraint('device_feed', 'seq'),
    sqlite_with_rowid=False
    )
    op.create_index('receipt_subject', 'receipt', ['subject'], unique=False)
    op.create_table('relinked',
    sa.Column('replica', _TEXT, nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.Column('op', _TEXT, nullable=False),
    sa.Column('line', sa.LargeBinary(), nullable=False),
    sa.Column('op_hash', _TEXT, nullable=False),
    sa.Column('sig', _TEXT, nullable=False),
    sa.PrimaryKeyConstraint('replica', 'n')
    )
    op.create_table('row_state',
    sa.Column('tbl', _TEXT, nullable=False),
    sa.Column('row', _TEXT, nullable=False),
    sa.Column('scope', _TEXT, nullable=False),
    sa.Column('feed_seq', sa.BigInteger(), nullable=False),
    sa.Column('locked_by', _TEXT, nullable=True),
    sa.Column('voided_by', _TEXT, nullable=True),
    sa.Column('void_reason', _TEXT, nullable=True),
    sa.Column('appended_by', _TEXT, nullable=True),
    sa.Column('cells', _TEXT, nullable=False),
    sa.PrimaryKeyConstraint('tbl', 'row')
    )
    op.create_index('row_state_scope', 'row_state', ['scope', 'tbl', 'row'], unique=False)
    op.create_table('server_self',
    sa.Column('one', sa.Integer(), nullable=False),
    sa.Column('server', _TEXT, nullable=False),
    sa.Column('epoch', _TEXT, nullable=False),
    sa.Column('key_id', _TEXT, nullable=True),
    sa.Column('folded_sv', sa.BigInteger(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('one')
    )
    op.create_table('upload',
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('sha256', _TEXT, nullable=False),
    sa.Column('scope', _TEXT, nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('sm3', _TEXT, nullable=False),
    sa.Column('mime', _TEXT, nullable=False),
    sa.Column('started_ms', sa.BigInteger(), nullable=False),
    sa.Column('held_until_ms', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('problem', _TEXT, server_default='', nullable=False),
    sa.Column('came', sa.BigInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('device', 'sha256')
    )
    op.create_table('blob_ref',
    sa.Column('sha256', _TEXT, nullable=False),
    sa.Column('scope', _TEXT, nullable=False),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], ),
    sa.PrimaryKeyConstraint('sha256', 'scope')
    )
    op.create_table('device_card',
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('card', _TEXT, nullable=False),
    sa.ForeignKeyConstraint(['device'], ['device.device'], ),
    sa.PrimaryKeyConstraint('device')
    )
    op.create_table('number_range',
    sa.Column('request', _TEXT, nullable=False),
    sa.Column('scope', _TEXT, nullable=False),
    sa.Column('series', _TEXT, nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('first', sa.BigInteger(), nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('lent_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['device'], ['device.device'], ),
    sa.PrimaryKeyConstraint('request')
    )
    op.create_index('number_range_series', 'number_range', ['scope', 'series', 'year', 'first'], unique=False)
    op.create_table('packet_in',
    sa.Column('packet', _TEXT, nullable=False),
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.Column('vol', sa.Integer(), nullable=False),
    sa.Column('digest', _TEXT, nullable=False),
    sa.Column('epoch', _TEXT, nullable=False),
    sa.Column('came_ms', sa.BigInteger(), nullable=False),
    sa.Column('asked', sa.LargeBinary(), nullable=False),
    sa.Column('answered', sa.LargeBinary(), nullable=False),
    sa.Column('replied_ms', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['device'], ['device.device'], ),
    sa.PrimaryKeyConstraint('packet')
    )
    op.create_index('packet_in_device', 'packet_in', ['device', 'n'], unique=False)
    op.create_table('person',
    sa.Column('user', _TEXT, nullable=False),
    sa.Column('org', _TEXT, nullable=False),
    sa.Column('name', _TEXT, nullable=False),
    sa.Column('password', _TEXT, nullable=True),
    sa.Column('totp', _TEXT, nullable=True),
    sa.Column('totp_step', sa.BigInteger(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_until_ms', sa.BigInteger(), nullable=False),
    sa.Column('scopes_ver', sa.BigInteger(), nullable=False),
    sa.Column('made_ms', sa.BigInteger(), nullable=False),
    sa.Column('disabled_ms', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['org'], ['org.code'], ),
    sa.PrimaryKeyConstraint('user')
    )
    op.create_table('replica',
    sa.Column('replica', _TEXT, nullable=False),
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('head_n', sa.BigInteger(), nullable=False),
    sa.Column('head_hash', _TEXT, nullable=False),
    sa.Column('first_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['device'], ['device.device'], ),
    sa.PrimaryKeyConstraint('replica')
    )
    op.create_table('task_org',
    sa.Column('feed', _TEXT, nullable=False),
    sa.Column('org', _TEXT, nullable=False),
    sa.ForeignKeyConstraint(['org'], ['org.code'], ),
    sa.PrimaryKeyConstraint('feed', 'org')
    )
    op.create_table('device_login',
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('user', _TEXT, nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('until_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['device'], ['device.device'], ),
    sa.ForeignKeyConstraint(['user'], ['person.user'], ),
    sa.PrimaryKeyConstraint('device')
    )
    op.create_table('exclusion',
    sa.Column('user', _TEXT, nullable=False),
    sa.Column('feed', _TEXT, nullable=False),
    sa.Column('reason', _TEXT, nullable=False),
    sa.Column('made_by', _TEXT, nullable=False),
    sa.Column('made_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['user'], ['person.user'], ),
    sa.PrimaryKeyConstraint('user', 'feed')
    )
    op.create_table('membership',
    sa.Column('user', _TEXT, nullable=False),
    sa.Column('place', _TEXT, nullable=False),
    sa.Column('role', _TEXT, nullable=False),
    sa.Column('from_ms', sa.BigInteger(), nullable=False),
    sa.Column('to_ms', sa.BigInteger(), nullable=True),
    sa.Column('given_by', _TEXT, nullable=False),
    sa.ForeignKeyConstraint(['user'], ['person.user'], ),
    sa.PrimaryKeyConstraint('user', 'place', 'role', 'from_ms')
    )
    op.create_table('op',
    sa.Column('op', _TEXT, nullable=False),
    sa.Column('replica', _TEXT, nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.Column('device', _TEXT, nullable=False),
    sa.Column('author', _TEXT, nullable=False),
    sa.Column('kind', _TEXT, nullable=False),
    sa.Column('tbl', _TEXT, nullable=False),
    sa.Column('row', _TEXT, nullable=False),
    sa.Column('line', sa.LargeBinary(), nullable=False),
    sa.Column('op_hash', _TEXT, nullable=False),
    sa.Column('sig', _TEXT, nullable=False),
    sa.Column('content_hash', _TEXT, nullable=False),
    sa.Column('eff', sa.BigInteger(), nullable=False),
    sa.Column('feed', _TEXT, nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('chain', _TEXT, nullable=False),
    sa.Column('status', _TEXT, nullable=False),
    sa.Column('reason', _TEXT, nullable=True),
    sa.Column('received_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['replica'], ['replica.replica'], ),
    sa.PrimaryKeyConstraint('op'),
    sa.UniqueConstraint('feed', 'seq'),
    sa.UniqueConstraint('replica', 'n')
    )
    op.create_index('op_proof', 'op', ['tbl', 'row'], unique=False, sqlite_where=_PROOF, postgresql_where=_PROOF)
    op.create_table('web_session',
    sa.Column('digest', _TEXT, nullable=False),
    sa.Column('user', _TEXT, nullable=False),
    sa.Column('made_ms', sa.BigInteger(), nullable=False),
    sa.Column('seen_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['user'], ['person.user'], ),
    sa.PrimaryKeyConstraint('digest')
    )
    op.create_table('released',
    sa.Column('op', _TEXT, nullable=False),
    sa.Column('reason', _TEXT, nullable=False),
    sa.Column('released_by', _TEXT, nullable=False),
    sa.Column('released_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['op'], ['op.op'], ),
    sa.PrimaryKeyConstraint('op')
    )

    # What administrators did is added to and never changed, whoever asks for it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION admin_act_kept() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'admin_act is only added to'; END $$"
        )
        op.execute(
            "CREATE TRIGGER admin_act_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_act "
            "EXECUTE FUNCTION admin_act_kept()"
        )
    else:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER admin_act_{act.lower()} BEFORE {act} ON admin_act "
                "BEGIN SELECT RAISE(ABORT, 'admin_act is only added to'); END"
            )
