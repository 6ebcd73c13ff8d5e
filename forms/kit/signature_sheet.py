"""The sheet behind a signed record: who signed which pages when, every refusal in full, every page's digest."""

from collections import defaultdict
from dataclasses import dataclass

from forms.kit.flow import Flow
from forms.kit.parts import Blank, Heading, Paragraph, Title
from forms.kit.tables import Cell, Row, Table, label
from forms.kit.wording import EMPTY, joined, minute
from forms.model import Role
from forms.signing import BoxKind, Refusal, Signature

ROLE_WORDS = {
    Role.PARTY: "当事人",
    Role.INSPECTOR: "检查人员",
    Role.RECORDER: "记录人",
    Role.WITNESS: "见证人",
    Role.GUARDIAN: "监护人",
    Role.INTERPRETER: "翻译人员",
    Role.REVIEWER: "复核人",
    Role.HANDLER: "承办人",
    Role.SECTION_HEAD: "承办机构负责人",
    Role.HEAD: "机关负责人",
    Role.LEGAL: "法制审核人员",
    Role.HOST: "主持人",
    Role.MEMBER: "参加人员",
    Role.EXPERT: "专家",
    Role.PROVIDER: "提供人",
    Role.RECEIVER: "签收人",
    Role.SERVER: "送达人",
    Role.SEAL: "机关印章",
    Role.INSTITUTION_SEAL: "单位公章",
}
_KIND_WORDS = {BoxKind.PAGE: "逐页签名", BoxKind.STATEMENT: "核对意见", BoxKind.CORRECTION: "更正处签名",
               BoxKind.PLACE: "文书签名"}


@dataclass(frozen=True, slots=True)
class SignatureSheet:
    """All signatures of a record.

    Attributes:
        hashes: Content hash of each page, in order.
        sections: Id of the document of each page.
        remark: A last paragraph.
    """

    hashes: tuple[str, ...]
    sections: tuple[str, ...]
    signatures: tuple[Signature, ...]
    remark: str = ""

    def place(self, flow: Flow) -> None:
        """Draw both tables."""
        Title("签名附页", flow.meta.document_number).place(flow)
        Heading("签名情况").place(flow)
        titles = ("身份", "姓名", "方式", "页次", "签名时间", "情况")
        header = (tuple(label(text, size=9) for text in titles),)
        Table((1.8, 2.2, 2.2, 1.8, 4, 4), tuple(self._rows()), header=header).place(flow)
        Heading("页面校验值（SHA-256）").place(flow)
        header = (tuple(label(text, size=9) for text in ("页", "校验值")),)
        rows = tuple(
            (Cell(str(number), "center", size=9), Cell(digest, size=9))
            for number, digest in enumerate(self.hashes, 1)
        )
        Table((1, 11), rows, header=header).place(flow)
        if self.remark:
            Paragraph(self.remark, size=9).place(flow)
        Blank().place(flow)

    def _rows(self) -> list[Row]:
        number_of = {digest: number for number, digest in enumerate(self.hashes, 1)}
        groups: dict[tuple[Role, str, BoxKind, Refusal | None, str], list[Signature]] = defaultdict(list)
        for one in self.signatures:
            groups[one.signer.role, one.signer.name, one.kind, one.refusal, one.device].append(one)
        rows: list[Row] = []
        for (role, name, kind, refusal, device), group in groups.items():
            times = sorted(one.signed_at for one in group)
            span = list(dict.fromkeys((minute(times[0]), minute(times[-1]))))
            state = "已签名"
            if refusal is not None:
                state = f"拒绝签名。理由：{refusal.reason or EMPTY}。见证人：{refusal.witness or EMPTY}"
            told = "\n".join(dict.fromkeys(one.heard for one in group if one.heard))
            state = f"{told}\n{state}" if told else state
            numbers = sorted({number_of[one.page_hash] for one in group})
            texts = [
                ROLE_WORDS[role],
                name,
                _KIND_WORDS[kind],
                _ranges(numbers),
                "至\n".join(span),
                f"{state}\n设备：{device}" if device else state,
            ]
            rows.append(tuple(Cell(text, size=9) for text in texts))
        return rows


def _ranges(numbers: list[int]) -> str:
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return joined([f"{p[0]}—{p[-1]}" if len(p) > 1 else str(p[0]) for p in parts])
