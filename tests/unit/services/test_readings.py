"""Read out before it is signed: whoever changes a word from then on leaves the earlier one legible."""

import dataclasses
from pathlib import Path

import pytest

from app.core.documents import Document, SignerRole
from app.core.errors import Refused
from app.core.ids import DocumentId
from app.core.interviews import Interview, Subject
from app.core.readings import Heard
from app.services.bundles import redaction
from app.services.demo.play import sign_all
from forms import model
from forms.signing import BoxKind
from tests.unit.forms import samples
from tests.unit.services.desks import Desk, sign_one
from tests.unit.services.filled_papers import issued, sign_everybody
from tests.unit.services.test_documents import record_of, text_of

FIRST, THEN = "每天17笔，由我经手。", "每天16笔，由店长经手。"


def asked(desk: Desk) -> Interview:
    started = desk.services.interviews.start(
        desk.inspection, subject=Subject("林若溪", post="店员"), place="", asker=desk.inspectors[0], recorder=desk.inspectors[1]
    ).value
    question = desk.services.interviews.ask(started.id, "每天有多少笔？").value
    desk.services.interviews.answer(question.id, FIRST)
    for turn in started.turns:
        desk.services.interviews.answer(turn.id, "听明白了。")
    return desk.services.interviews.view(started.id).interview


def composed(desk: Desk, interview: Interview) -> Document:
    if desk.services.interviews.view(interview.id).interview.ended_at is None:
        desk.services.interviews.finish(interview.id)
    return desk.services.documents.freeze_interview(interview.id).value


def marks(desk: Desk, document: DocumentId) -> list[str]:
    pages = desk.services.documents._pages.rendered(document).pages
    return [box.signer.name for page in pages for box in page.boxes if box.kind is BoxKind.CORRECTION and box.required]


def printed(desk: Desk, document: DocumentId) -> str:
    return text_of(desk.services.documents.pdf(document))


def test_before_it_is_read_out_a_correction_leaves_no_trace(visit: Desk) -> None:
    interview = asked(visit)
    visit.services.interviews.answer(interview.turns[3].id, THEN)
    document = composed(visit, interview)
    text = printed(visit, document.id)
    assert THEN in text
    assert "17笔" not in text
    assert marks(visit, document.id) == []
    assert not any(page.corrections for page in document.pages)


def test_after_it_is_read_out_the_earlier_words_stay_and_the_party_signs_at_the_place(visit: Desk) -> None:
    interview = asked(visit)
    visit.services.interviews.read_out(interview.id, Heard.ALOUD)
    visit.services.interviews.answer(interview.turns[3].id, THEN)
    document = composed(visit, interview)
    assert "每天1716笔，由我店长经手。" in printed(visit, document.id)
    assert marks(visit, document.id) == ["林若溪"]
    (page,) = [page for page in document.pages if page.corrections]
    assert SignerRole.SUBJECT in page.required
    sign_all(visit.services, document.id)
    assert printed(visit, document.id).count("更正处签名") == 1


def test_a_question_is_corrected_likewise_and_one_taken_out_stays_struck_in_its_place(visit: Desk) -> None:
    interview = asked(visit)
    second = visit.services.interviews.ask(interview.id, "谁负责盘点？").value
    visit.services.interviews.answer(second.id, "由药师负责。")
    visit.services.interviews.read_out(interview.id, Heard.SELF)
    visit.services.interviews.edit_question(interview.turns[3].id, "每周有多少笔？")
    visit.services.interviews.remove_turn(second.id)
    turns = visit.services.interviews.view(interview.id).interview.turns
    assert [turn.is_removed for turn in turns] == [False] * 4 + [True] + [False] * 2
    document = composed(visit, interview)
    text = printed(visit, document.id)
    assert "每天周有多少笔？" in text
    assert text.index("每天周有多少笔？") < text.index("谁负责盘点？") < text.index("由药师负责。") < text.index("核对以上笔录")
    assert marks(visit, document.id) == ["林若溪"] * 3


def test_one_that_was_asked_after_the_reading_is_no_correction_and_can_be_taken_out(visit: Desk) -> None:
    interview = asked(visit)
    visit.services.interviews.read_out(interview.id, Heard.ALOUD)
    late, gone = (visit.services.interviews.ask(interview.id, text).value for text in ("还有什么？", "多余的一问？"))
    visit.services.interviews.answer(late.id, "没有了。")
    visit.services.interviews.remove_turn(gone.id)
    document = composed(visit, interview)
    text = printed(visit, document.id)
    assert "没有了。" in text
    assert "多余的一问" not in text
    assert marks(visit, document.id) == []


def test_pages_that_were_read_out_and_thrown_away_count_too(visit: Desk) -> None:
    interview = asked(visit)
    first = composed(visit, interview)
    visit.services.documents.read_out(first.id, SignerRole.SUBJECT, Heard.ALOUD)
    visit.services.documents.discard(first.id)
    visit.services.interviews.answer(interview.turns[3].id, THEN)
    second = composed(visit, interview)
    assert "每天1716笔" in printed(visit, second.id)
    visit.services.documents.read_out(second.id, SignerRole.SUBJECT, Heard.ALOUD)
    visit.services.documents.discard(second.id)
    visit.services.interviews.answer(interview.turns[3].id, "每天15笔，由店长经手。")
    third = composed(visit, interview)
    assert "每天171615笔" in printed(visit, third.id)
    sign_all(visit.services, third.id)


def test_an_observation_on_the_spot_that_was_read_out_is_corrected_with_its_earlier_words(frozen: Desk) -> None:
    services, first = frozen.services, record_of(frozen)
    services.documents.read_out(first, SignerRole.PARTY, Heard.ALOUD)
    services.documents.discard(first)
    view = services.inspections.view(frozen.inspection)
    failed = [
        (sheet.ref.template, code, one) for sheet in view.sheets for code, one in sheet.answers.items() if one.state == "fail"
    ]
    (template, code, answer), *_, (last_template, last, _) = failed
    services.inspections.answer(frozen.inspection, template, code, state="fail", detail=answer.detail + "其中三笔补录")
    services.inspections.answer(frozen.inspection, last_template, last, state="pass")
    services.inspections.set_details(frozen.inspection, situation="查看营业场所和账册。", party_opinion="情况不全属实。")
    second = services.documents.freeze_record(frozen.inspection).value
    text = printed(frozen, second.id)
    assert "其中三笔补录" in text
    assert "查看营业场所和票据账册。" in text
    assert "情况不全属实。" in text
    assert len(marks(frozen, second.id)) == 5
    assert set(marks(frozen, second.id)) == {view.inspection.party.name}
    assert f"不符合{len(failed)}{len(failed) - 1}项" in text


def test_the_closing_words_say_who_read_it_out_and_when(visit: Desk) -> None:
    interview = asked(visit)
    document = composed(visit, interview)
    noted = visit.services.documents.read_out(document.id, SignerRole.SUBJECT, Heard.ALOUD).value
    sign_all(visit.services, document.id)
    text = printed(visit, document.id)
    assert text.count(f"已向我宣读（宣读人：{noted.by_name}，") == 2  # at the closing words and on the sheet of signatures
    (kept,) = visit.services.documents.view(document.id).readings
    assert (kept.name, kept.heard, kept.by, kept.at) == ("林若溪", Heard.ALOUD, noted.by, noted.at)


def test_who_read_it_without_help_has_seen_it_and_nothing_is_said_where_nothing_was_noted(visit: Desk) -> None:
    interview = asked(visit)
    document = composed(visit, interview)
    visit.services.documents.read_out(document.id, SignerRole.INSPECTOR_1, Heard.SELF)
    sign_one(visit.services, document.id, SignerRole.INSPECTOR_1)
    assert "我已看过（2" not in printed(visit, document.id)
    visit.services.documents.read_out(document.id, SignerRole.SUBJECT, Heard.SELF)
    sign_all(visit.services, document.id)
    assert "我已看过（2" in printed(visit, document.id)


def test_what_was_read_after_the_signature_is_not_printed_with_it(visit: Desk) -> None:
    interview = asked(visit)
    document = composed(visit, interview)
    sign_all(visit.services, document.id)
    before = printed(visit, document.id)
    visit.services.documents.read_out(document.id, SignerRole.SUBJECT, Heard.ALOUD)
    visit.services.documents._pages._last = None
    assert printed(visit, document.id) == before


def test_pages_that_are_out_of_date_cannot_be_read_out(frozen: Desk) -> None:
    frozen.services.inspections.set_details(frozen.inspection, situation="另有情况。")
    with pytest.raises(Refused, match=r"document\.changed"):
        frozen.services.documents.read_out(record_of(frozen), SignerRole.PARTY, Heard.ALOUD)
    with pytest.raises(Refused, match="not_a_signer"):
        frozen.services.documents.read_out(record_of(frozen), SignerRole.SUBJECT, Heard.ALOUD)


def test_a_finished_interview_is_read_out_from_its_pages(visit: Desk) -> None:
    interview = asked(visit)
    visit.services.interviews.finish(interview.id)
    with pytest.raises(Refused, match="finished"):
        visit.services.interviews.read_out(interview.id, Heard.ALOUD)


@pytest.mark.parametrize("is_recorded", [False, True])
def test_who_is_asked_may_refuse_to_sign_before_a_witness_or_a_camera(visit: Desk, is_recorded: bool) -> None:
    document = composed(visit, asked(visit)).id
    visit.services.documents.read_out(document, SignerRole.SUBJECT, Heard.ALOUD)
    visit.services.documents.refuse(
        document, SignerRole.SUBJECT, "认为记录不全", "" if is_recorded else "罗怀瑾", is_recorded=is_recorded
    )
    sign_all(visit.services, document)
    view = visit.services.documents.view(document)
    assert view.document.is_complete
    text = printed(visit, document)
    assert "林若溪拒绝签名。理由：认为记录不全" in text
    assert ("已全程录音录像" in text) is is_recorded
    assert ("见证人：罗怀瑾" in text) is not is_recorded
    assert "已向我宣读（宣读人：" in text


def test_a_long_record_that_was_read_out_is_stored_in_parts_and_loses_nothing(visit: Desk) -> None:
    interview = asked(visit)
    for number in range(40):
        turn = visit.services.interviews.ask(interview.id, f"第{number}问？").value
        visit.services.interviews.answer(turn.id, f"{number}" + "长" * 2000)
    visit.services.interviews.read_out(interview.id, Heard.ALOUD)
    view = visit.services.interviews.view(interview.id)
    assert len(view.readings) > 1
    words = {about: text for one in view.readings for about, text in one.words.items()}
    assert len(words) == 2 * len(view.interview.turns)


def test_a_copy_masks_what_was_struck_as_well() -> None:
    party = model.Person(name="林若溪")
    turns = (
        model.Exchange("谁？", "是林若溪。", (model.Revision(1, "林若汐", 3),), (model.Revision(0, "啥", 1),)),
        model.Exchange("几笔？", "16笔。", (model.Revision(0, "17", 2),)),
        model.Exchange("还有谁？", "林某。", (model.Revision(1, "若溪", 1),)),
    )
    chosen = dataclasses.replace(redaction.profile("publication"), without=())
    record = dataclasses.replace(samples.interview(0), respondent=party, turns=turns)
    seen = dataclasses.replace(
        samples.onsite(), party_opinion="林若溪不服。", summary="柜台空。", opinion_revisions=(model.Revision(3, "很", 0),),
        summary_revisions=(model.Revision(2, "满", 1),),
    )  # fmt: skip
    (told,) = redaction.redacted((seen,), chosen)
    assert isinstance(told, model.OnsiteRecord)  # what the party said is left out with what was struck in it
    assert (told.opinion_revisions, told.summary_revisions) == ((), seen.summary_revisions)
    (copy,) = redaction.redacted((record,), chosen)
    assert isinstance(copy, model.InterviewRecord)
    assert [turn.revisions for turn in copy.turns] == [(), turns[1].revisions, ()]
    assert copy.turns[0].question_revisions == turns[0].question_revisions


def test_a_paper_of_a_task_without_a_visit_is_read_out_likewise(office: Desk, tmp_path: Path) -> None:
    paper = issued(office.services, "talk_record", office.tasks[0])
    assert paper.document is not None
    view = office.services.documents.view(paper.document)
    assert view.document.inspection == ""
    for line in view.signers:
        office.services.documents.read_out(paper.document, line.role, Heard.ALOUD)
    sign_everybody(office.services, paper, tmp_path)
    assert "已向我宣读（宣读人：" in printed(office, paper.document)
    assert all(not one.words for one in office.services.documents.view(paper.document).readings)
