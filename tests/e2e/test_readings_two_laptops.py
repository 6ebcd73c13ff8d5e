"""Two laptops and a real server: what was read out on one is known on the other, and what was changed since stays struck."""



from app.core.documents import SignerRole
from app.core.interviews import Subject
from app.core.readings import Heard
from app.services.demo.play import sign_all
from tests.e2e.two_laptops import Pair
from tests.unit.services.test_documents import text_of


def test_read_out_on_one_laptop_corrected_on_the_other_and_signed_on_the_first(pair: Pair) -> None:
    asked = pair.a.interviews.start(
        pair.visit, subject=Subject("林若溪"), place="", asker=pair.inspectors[0], recorder=pair.inspectors[1]
    ).value
    turn = pair.a.interviews.ask(asked.id, "每天多少笔？").value
    gone = pair.a.interviews.ask(asked.id, "谁盘点？").value
    pair.a.interviews.answer(turn.id, "17笔。")
    pair.a.interviews.answer(gone.id, "店长。")
    for one in asked.turns:
        pair.a.interviews.answer(one.id, "知道了。")
    pair.a.interviews.read_out(asked.id, Heard.ALOUD)
    pair.meet()
    pair.b.interviews.answer(turn.id, "16笔。")
    pair.b.interviews.remove_turn(gone.id)
    pair.meet()
    pair.assert_equal()
    here, there = (laptop.interviews.view(asked.id) for laptop in (pair.a, pair.b))
    assert here.readings == there.readings != ()
    assert here.interview.turns == there.interview.turns
    assert [one.is_removed for one in here.interview.turns if one.id == gone.id] == [True]
    pair.a.interviews.finish(asked.id)
    document = pair.a.documents.freeze_interview(asked.id).value.id
    noted = pair.a.documents.read_out(document, SignerRole.SUBJECT, Heard.ALOUD).value
    sign_all(pair.a, document)
    pair.meet()
    pair.assert_equal()
    assert pair.b.documents.view(document).readings == pair.a.documents.view(document).readings
    for laptop in (pair.a, pair.b):
        text = text_of(laptop.documents.pdf(document))
        assert "1716笔。" in text
        assert "店长。" in text
        assert f"已向我宣读（宣读人：{noted.by_name}，" in text
