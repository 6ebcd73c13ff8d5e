"""What bodies are likely to say, known at both ends before the first byte: zstd's dictionary of protocol version 1.

A changed letter makes every body unreadable to the other end: with PROTO, or not at all. Marks are those of `lifting`.
What is likeliest stands last, where zstd names it with the fewest bits.
"""

from typing import Final

_FIELDS: Final = (
    "place", "name", "kind", "status", "task", "amount", "reason", "date", "title", "finding", "evidence", "taken_at", "taken_by",
    "created_at", "sha256", "mime", "size", "institution", "person", "count", "answered_at", "answered_by", "inspection", "item",
    "template", "state",
)  # fmt: skip
_FIRST_LINE: Final = (
    '{"by":"\x01$","f":{' + ",".join(f'"{one}":"' for one in _FIELDS)
    + '","text":{"b":"\x02","v":""},"note":{"b":"\x02","v":""},'
    '"state":{"b":"\x01 ","v":"pass"}},"hlc":"01-0000","k":"append","n":1,"off":null,"op":"\x02","prev":"\x03","r":"\x02","rep":"\x02",'
    '"s":"s:6,"sv":1,"t":"finding","txn":"\x02","v":1,"wall":1}'
)  # fmt: skip
_LINE: Final = (
    '"},"state":{"b":"\x01 ","v":"no"}},"hlc":"01-0000","k":"set","n":1,"off":-1,"op":"\x02","prev":"","r":"\x02","rep":"\x01%",'
    '"s":"s:61","sv":1,"t":"answer","txn":"\x01"","v":1,"wall":1'
)
_ENTRIES: Final = (
    '{"seq":1,"device":"\x02","eff":11,"status":"applied","line":"{\\"by\\":","op":"","reason":null},'
    '{"seq":1,"device":"\x01!","eff":11,"status":"applied","line":"{\\"by\\":"'
)
_RECEIPTS: Final = (
    '{"seq":1,"kind":"file","subject":"\x03","status":"applied","feed":"s:61","feed_seq":1,"eff":0,"reason":null},'
    '{"seq":1,"kind":"record","subject":"\x02","status":"applied","feed":"s:61","feed_seq":1,"eff":11,"reason":null}]'
)
_OWN: Final = '{"seq":1,"op":"\x02","count":1,"status":"applied","eff":0,"reason":null}]}],'
_TOLD: Final = '"told":[{"seq":1,"feed":"s:61","feed_seq":1,"count":1}]},"keys":{},"more":false,'
_ANSWER: Final = (
    f'"pages":[{{"feed":"x:","entries":[{_ENTRIES}}}],"receipts":{{"feed":"d:\x01!","entries":[{_RECEIPTS}"keys":{{"\x02":"\x03"}},'
    '"more":true,"problem":{"code":"push.gap","params":{"line":0,"n":1,"head":1},"message":""},"snapshots":["s:"],'
    '"digests":[{"feed":"s:","seq":1,"digest":"","schema":1}],"scopes_ver":1,'
    '"log_head":"yanfang/\x02/\x01 \\n\\n\\n— yanfang/\x01!/\x01! =\\n"}'
    f'{{"epoch":"\x02","time_ms":17,"taken":0,"pages":[{{"feed":"s:61","entries":[],"chain":"\x03","head_seq":1,"own":[{_OWN}'
    f'"receipts":{{"feed":"d:\x02","entries":[],"chain":"\x03","head_seq":1,{_TOLD}'
    '{"epoch":"\x02","time_ms":17,"taken":0,"pages":[],"receipts":{"feed":"d:\x02","entries":[],"chain":"\x03","head_seq":1,"told":[]},'
    '"keys":{},"more":false,"problem":null,"snapshots":[],"digests":[],"scopes_ver":0,"log_head":""}'
)
_REQUEST: Final = (
    '{"epoch":"\x02","cursors":[{"feed":"x:\x02","seq":1,"chain":"\x03"},{"feed":"s:61","seq":1,"chain":"\x03"},'
    '{"feed":"d:\x02","seq":1,"chain":"\x03"}],"replica":"\x02","lines":['
    '],"limit":3000,"own":false,"digests":false,"skip":0}"replica":"","lines":[],"limit":3000,"own":false,"digests":true,"skip":0}'
)


def _told(line: str) -> str:
    """Return a line as it stands in a message: a text of its own."""
    return line.replace('"', r"\"")


WORDS: Final = (
    f'{{"line":"{_told(_FIRST_LINE)}","sig":"\x04"}},{_told(_LINE)}}}","sig":"\x04"}},{{"line":"{{\\"by\\":\\"{_ANSWER}{_REQUEST}'
).encode()
