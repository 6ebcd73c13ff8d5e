"""A day with the program that ends in a crash: `secret_day.py HOME OUT`, or `secret_day.py careless`.

Names, numbers, sentences, file names and captions of `SECRETS` go wherever an inspector puts such things. In the end the
window meets an error that quotes them, and the process is aborted in the middle of a transaction. `careless` is a process
that does nothing about its memory, to see that a dump would be found.
"""

import os
import signal
import sys
from pathlib import Path

SECRETS = {
    "party": "慕容砚秋", "subject": "上官疏影", "witness": "令狐牧野", "head": "尉迟听澜", "owner": "独孤望舒",
    "bystander": "司空见微", "officer": "端木清和", "patient": "诸葛问渠",
    "party id": "990199198705062318", "subject id": "990199199012247725", "patient id": "990199196603159046",
    "card": "Z99019920261122007", "phone": "19900007431", "other phone": "19900005526", "address": "云栖市折柳巷十七号后院",
    "first answer": "夜里盘库时把三箱参芪颗粒搬去了后巷仓房。", "corrected answer": "夜里盘库时只挪动了两个空纸箱，没有出门。",
    "question": "那张手写的赊账单现在压在哪块玻璃板下？", "removed answer": "赊账单被外甥拿去当了垫桌脚的硬纸。",
    "draft": "最后一次见到钥匙是在谁的抽屉里？", "situation": "检查组到达时卷帘门半掩，柜台上有两份未写完的处方。",
    "opinion": "本店对仓房那批货不知情，请求另行核对。", "refusal": "认为记录里漏写了外甥代班的那一晚。",
    "note": "收银机旁的铁盒里另有一本蓝皮小账。",
    "file": "后巷仓房门锁特写", "second file": "赊账单第七页翻拍", "third file": "参芪颗粒装箱近景",
    "caption": "门锁上留有新鲜的撬痕", "second caption": "赊账单末行写着外甥的乳名", "finding": "串换参芪颗粒套取统筹基金的事实",
}  # fmt: skip


def main() -> None:
    allow_dumps()
    if sys.argv[1] == "careless":
        held = [text.encode() for text in SECRETS.values()]
        os.kill(os.getpid(), signal.SIGABRT)
        print(held)
    day(Path(sys.argv[1]), Path(sys.argv[2]))


def allow_dumps() -> None:
    """Let the system keep the memory of this process when it crashes, as on a machine set up so."""
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def day(home: Path, out: Path) -> None:
    import dataclasses

    from app.bootstrap import open_services
    from app.core.clock import now
    from app.core.documents import SignerRole
    from app.core.ids import InstitutionId, PersonId
    from app.core.inspections import Party
    from app.core.interviews import Subject
    from app.core.places import Institution, InstitutionKind, Person
    from app.core.readings import Heard
    from app.media.sample import make_sample_photo
    from app.services.demo import cast
    from app.services.demo.furnish import furnish
    from app.services.demo.play import check, findings, sign_all
    from app.settings.key_slots import Argon2, Costs

    told = SECRETS
    services = open_services(
        home, environ={"YANFANG_NO_KEYRING": "1"}, costs=Costs(pin=Argon2(64, 1, 1), passphrase=Argon2(64, 1, 1))
    )
    me = cast.PEOPLE[0]
    services.vault.setup(
        cast.OFFICE, me.name, me.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
    )
    made = furnish(services, now())
    services.people.save(Person(PersonId(""), told["officer"], licence_no="990199755", phone=told["phone"]))
    services.institutions.save(
        Institution(
            InstitutionId(""), "青禾区听雨药房（演练）", InstitutionKind.PHARMACY, address=told["address"],
            legal_rep=told["owner"], head=told["head"], phone=told["other phone"], rehearsal=True,
        )
    )  # fmt: skip
    visit = check(services, made.tasks[0], now())
    services.inspections.set_details(
        visit, situation=told["situation"], party_opinion=told["opinion"], witness=told["witness"],
        party=Party(told["party"], "男", told["party id"], "店长", told["phone"]),
    )  # fmt: skip
    services.inspections.answer(visit, "SGF", "SGF-3.01", note=told["note"], detail=told["finding"])
    services.inspections.put_row(
        visit, "SGF", "SGF-1.04",
        {"product": told["patient"], "spec": told["patient id"], "batch": told["card"], "book": "3", "counted": "1", "price": "2"},
    )  # fmt: skip
    photos = []
    for name in ("file", "second file"):
        picture = make_sample_photo(told[name], (told["caption"],), now(), None)
        (result,) = services.evidence.take(visit, [(f"{told[name]}.jpg", picture)], place=told["address"]).value
        assert result.evidence is not None
        photos.append(result.evidence)
    inbox = out / f"{told['third file']}.jpg"
    inbox.write_bytes(make_sample_photo("装箱", ("近景",), now(), None))
    (result,) = services.evidence.take(visit, [inbox]).value
    assert result.evidence is not None
    services.evidence.caption(photos[0], told["caption"])
    services.evidence.caption(photos[1], told["second caption"])
    for photo in photos:
        services.evidence.thumbnail(photo), services.evidence.stamped(photo)

    asked = services.interviews.start(
        visit, place=told["address"], asker=made.inspectors[0], recorder=made.inspectors[1],
        subject=Subject(told["subject"], id_no=told["subject id"], phone=told["phone"], address=told["address"]),
    ).value  # fmt: skip
    first = services.interviews.ask(asked.id, "夜里做了什么？").value
    second = services.interviews.ask(asked.id, told["question"]).value
    services.interviews.answer(first.id, told["first answer"])
    services.interviews.answer(second.id, told["removed answer"])
    for turn in asked.turns:
        services.interviews.answer(turn.id, "知道了。")
    services.interviews.read_out(asked.id, Heard.ALOUD)
    services.interviews.answer(first.id, told["corrected answer"])
    services.interviews.remove_turn(second.id)
    services.interviews.finish(asked.id)
    document = services.documents.freeze_interview(asked.id).value.id
    services.documents.read_out(document, SignerRole.SUBJECT, Heard.SELF)
    services.documents.refuse(document, SignerRole.SUBJECT, told["refusal"], told["bystander"])
    sign_all(services, document)
    findings(services, visit)
    draft = services.findings.draft_from_item(visit, "SGF", "SGF-3.01")
    services.findings.save(dataclasses.replace(draft, facts=told["finding"]))
    record = services.documents.freeze_record(visit).value.id
    services.documents.page_image(record, 1, 1.0)
    sign_all(services, record)
    services.documents.export(record, out / "record.pdf")
    services.copies.make(record, "publication", out / "copy.pdf")
    services.backups.make()
    assert all(one.ok for one in services.doctor.run())
    other = services.inspections.start(
        made.tasks[1], inspectors=made.inspectors[:2], recorder=made.inspectors[1], place=told["address"]
    ).value
    talk = services.interviews.start(
        other, place="", asker=made.inspectors[0], recorder=made.inspectors[1], subject=Subject(told["subject"])
    ).value
    crash(services, other, talk.turns[0].id, home)


def crash(services, inspection, turn, home: Path) -> None:
    """Show the window, write into it, let it meet errors that quote what people said, and abort while something is written."""
    from PySide6.QtTest import QTest

    from app.gui.prefs import Prefs
    from app.gui.run import _tell_of_bugs, application, build

    app = application([])
    window, runner = build(app, Prefs(home / "window.ini"))
    window.resize(1366, 768)
    window.show()
    window.open_with(lambda: services)
    _tell_of_bugs(window)
    for _ in range(200):
        QTest.qWait(20)
        if window.frame is not None and runner.is_idle:
            break
    assert window.frame is not None
    window.frame.go("interview", inspection=inspection)
    for _ in range(200):
        QTest.qWait(20)
        if runner.is_idle and window.frame.screen_now.record.transcript.order:
            break
    composer = window.frame.screen_now.record.transcript.composer.edit
    composer.setPlainText(SECRETS["draft"])
    window.grab()

    def fails() -> None:
        try:
            raise KeyError(SECRETS["patient id"])
        except KeyError as error:
            raise ValueError(SECRETS["first answer"], SECRETS["subject"]) from error

    runner.run_write(fails, None, None, owner=window)
    QTest.qWait(200)
    try:
        fails()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    QTest.qWait(200)
    with services.interviews._store.db.write() as unit:
        unit.put("turn", turn, {"answer": SECRETS["removed answer"]})
        print("crashing", flush=True)
        os.kill(os.getpid(), signal.SIGABRT)


if __name__ == "__main__":
    main()
