"""Commands about the installation: set up, check, back up, restore, take files in."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from app.bootstrap import open_services
from app.cli.terms import AsJson, Home, find_inspection, office, plain, say, secret
from app.core.clock import now
from app.core.evidence import Evidence, IntakeResult
from app.core.ids import EvidenceId, random_bytes
from app.gui import messages
from app.media.decoder import Decoder
from app.media.errors import MediaError
from app.media.intake import Intake, Taken
from app.media.vault_files import FileVault


def init(
    name: Annotated[str, typer.Option("--office", help="单位全称，如 某某区医疗保障局")],
    person: Annotated[str, typer.Option(help="本机使用人姓名")],
    licence: Annotated[str, typer.Option(help="执法证号")] = "",
    code: Annotated[str, typer.Option(help="单位代码；同一单位的电脑用同一代码")] = "office",
    short_name: Annotated[str, typer.Option(help="机关简称，用于文号")] = "",
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="演练单位：所有界面和文书都有演练标记")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """建立本机的加密数据库。恢复密钥只显示一次，请抄写保存。"""
    services = open_services(home)
    try:
        recovery = services.vault.setup(
            name, person, licence, secret(ask="设置 PIN 或口令"), rehearsal, code=code, short_name=short_name
        ).value
        folder = services.profile.home
    finally:
        services.close()
    say({"home": folder, "recovery_key": recovery}, f"已建立：{folder}\n恢复密钥（请抄写并妥善保存）：{recovery}", as_json=as_json)


def selftest(as_json: AsJson = False) -> None:
    """自检：登记表数量、加密数据库、照片解码和 PDF。"""
    from app.services import selftest as test

    with tempfile.TemporaryDirectory(prefix="yanfang-selftest-") as folder:
        result = test.run(Path(folder))
    say(result, test.text(result), as_json=as_json)
    if not result.ok:
        raise typer.Exit(1)


def doctor(home: Home = None, as_json: AsJson = False) -> None:
    """检查数据库、日志链和全部文件。"""
    with office(home) as services:
        checks = services.doctor.run()
    lines = [f"{'✓' if one.ok else '✗'} {messages.sentence_of(one.code, dict(one.params))}" for one in checks]
    say({"ok": all(one.ok for one in checks), "checks": checks}, "\n".join(lines), as_json=as_json)
    if not all(one.ok for one in checks):
        raise typer.Exit(1)


def backup(
    to: Annotated[Path | None, typer.Option(help="备份文件，默认放在数据目录")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """备份数据库并核验。"""
    with office(home) as services:
        made = services.backups.make(to).value
    say(made, f"已备份并核验：{made.path}（{made.size_bytes} 字节）", as_json=as_json)


def restore(
    source: Annotated[Path, typer.Argument(help="备份文件")], home: Home = None, as_json: AsJson = False
) -> None:
    """用备份替换数据库；原数据库移到一旁，不删除。"""
    with office(home) as services:
        aside = services.backups.restore(source).value
    say({"restored": source, "aside": aside}, f"已恢复；原数据库在：{aside}", as_json=as_json)


def intake(
    files: Annotated[list[Path], typer.Argument(help="照片或任意文件")],
    inspection: Annotated[str | None, typer.Option(help="取入到这次检查；不给出时只试读，不留存")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """取入文件：逐个给出状态、摘要、尺寸、拍摄时间和位置。"""
    if inspection is not None:
        with office(home) as services:
            visit = find_inspection(services, inspection)
            taken_in = services.evidence.take(visit, files).value
            proofs = {one.id: one for one in services.evidence.of(visit)}
        lines = [f"{one.file_name}：{one.status} {one.reason or ''}" for one in taken_in]
        say({"files": [_kept(one, proofs) for one in taken_in]}, "\n".join(lines), as_json=as_json)
        if any(one.evidence is None for one in taken_in):
            raise typer.Exit(1)
        return
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="yanfang-intake-") as folder, Decoder() as decoder:
        vault = FileVault(Path(folder), random_bytes(32))
        for path, taken in Intake(vault, decoder).take_many(files, now()):
            results.append(_told(path, taken))
    text = "\n".join(f"{one['file']}  {one['status']}  {one['reason'] or ''}  {one['sha256'] or ''}" for one in results)
    say({"files": results}, text, as_json=as_json)
    if any(one["status"] == "failed" for one in results):
        raise typer.Exit(1)


def _kept(result: IntakeResult, proofs: Mapping[EvidenceId, Evidence]) -> dict[str, Any]:
    proof = proofs.get(result.evidence) if result.evidence is not None else None
    told = plain(proof) if proof is not None else {"sha256": None, "sm3": None, "number": None}
    return {**told, "file": result.file_name, "status": result.status, "reason": result.reason}


def _told(path: Path, taken: Taken | MediaError) -> dict[str, Any]:
    if isinstance(taken, MediaError):
        blank = dict.fromkeys(("sha256", "sm3", "width", "height", "orientation", "taken_at", "gps"))
        return {"file": str(path), "status": "failed", "reason": taken.code, "flags": [], **blank}
    return {
        "file": str(path),
        "status": taken.status,
        "sha256": taken.sha256,
        "sm3": taken.sm3,
        "width": taken.width,
        "height": taken.height,
        "orientation": taken.orientation,
        "taken_at": taken.taken_at,
        "gps": taken.gps,
        "reason": taken.reason or None,
        "flags": taken.flags,
    }


COMMANDS = (init, selftest, doctor, backup, restore, intake)
