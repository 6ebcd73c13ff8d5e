"""The description of the server's addresses: complete, served, and true for whatever is sent to them."""

import hashlib
import json
import os
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sync.protocol import codec, framing
from sync.protocol.admission import ask_bytes
from sync.protocol.messages import RELEASE, SyncRequest
from sync.protocol.policy import Role
from sync.protocol.signing import RequestProof, enrol_bytes
from sync.server.openapi import BYTES, JSON, OPERATIONS, PACKED, Operation, description
from sync.server.routes import Endpoints
from sync.server.sentences import SENTENCES
from tests.arch.source import ROOT
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.town import DAY_MS, PASSWORD, Box, Town, new_id

FEED = "s:610100"
FILE = b"x" * 3000
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
EXAMPLES = int(os.environ.get("YANFANG_OPENAPI_EXAMPLES", "25"))


@pytest.fixture(scope="module", params=BOTH)
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Town(tmp_path_factory.mktemp("openapi") / "town", address(request)).with_offices()
    yield made
    made.close()


@pytest.fixture(scope="module")
def enrolled(town: Town) -> Box:
    """Give a device that has sent lines and a file and announced another one."""
    made = town.device(town.person((Role.INSPECTOR, "610100"), password=True))
    made.push(made.line(FEED), made.line(FEED))
    made.put(FEED, FILE)
    made.offer(FEED, FILE + FILE)
    return made


@pytest.fixture
def box(town: Town, enrolled: Box) -> Box:
    """Give the device with its user logged in: some requests log him out."""
    town.people.logins.open_device(enrolled.id, town.office.devices.find(enrolled.id).user)
    return enrolled


def test_every_address_is_described_and_nothing_else(town: Town) -> None:
    served = {
        (method, route.path.replace(":int}", "}"))
        for route in Endpoints(town.office).routes()
        for method in (route.methods or set()) - {"HEAD"}
        if route.path.startswith("/v1/")
    }
    described = [(one.method, one.path) for one in OPERATIONS]
    assert served == set(described)
    assert len(described) == len(set(described))
    written = {
        (method.upper(), path) for path, methods in description()["paths"].items() for method in methods
    }
    assert written == served


def test_the_description_is_served_to_anybody(town: Town) -> None:
    answer = town.client.request("GET", "/v1/openapi.json")
    assert answer.headers["content-type"] == JSON
    assert answer.json() == json.loads(codec.dump(description()))
    assert answer.json()["openapi"] == "3.1.0"


def test_the_release_that_devices_name_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == RELEASE


def test_every_code_that_is_described_has_a_sentence() -> None:
    codes = {code for one in OPERATIONS for code in one.codes}
    assert codes - set(SENTENCES) == set()
    assert {"auth.missing", "epoch.changed", "blob.digest"} <= codes


def test_what_is_sent_as_json_is_answered_as_json_and_what_is_packed_as_packed(town: Town, box: Box) -> None:
    body = codec.dump(SyncRequest(town.epoch, ()))
    plain = send(town, box, "POST", "/v1/sync", body, JSON)
    packed = send(town, box, "POST", "/v1/sync", framing.pack(body), PACKED)
    assert (plain.status_code, plain.headers["content-type"]) == (200, JSON)
    assert (packed.status_code, packed.headers["content-type"]) == (200, PACKED)
    assert set(json.loads(framing.unpack(packed.content))) == set(plain.json())
    as_json = send(town, box, "POST", "/v1/sync", body, "application/json; charset=utf-8")
    assert as_json.headers["content-type"] == JSON
    refused = send(town, box, "POST", "/v1/sync", framing.pack(b'{"epoch":1}'), PACKED)
    assert (refused.status_code, refused.json()["code"], refused.headers["content-type"]) == (
        422,
        "message.invalid",
        JSON,
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_whatever_is_sent_the_answer_is_as_described(
    request: pytest.FixtureRequest, town: Town, box: Box, operation: Operation
) -> None:
    described = loaded()[operation.path][operation.method]
    seen: Counter[int] = Counter()
    is_sqlite = request.node.callspec.params["town"] == "sqlite"
    wishes = st.one_of(
        described.as_strategy(generation_mode=GenerationMode.POSITIVE),
        described.as_strategy(generation_mode=GenerationMode.POSITIVE),
        *negative(described),
    )

    @settings(
        max_examples=EXAMPLES if is_sqlite else EXAMPLES // 3, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(case=wishes, hand=st.integers(0, 15), data=st.data())
    def send_anything(case: Any, hand: int, data: st.DataObject) -> None:
        make_plausible(case, town, box, hand, data)
        answer = send_case(
            case, town, box if operation.is_signed and hand < 15 else None, packed=hand % 4 == 1
        )
        seen[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    send_anything()
    if operation.is_signed:
        assert seen.keys() - {401}, "no request was signed well enough to be looked at"


def loaded() -> Any:
    """Return the description for making requests from: bodies as JSON only, they are packed on the way."""
    plain = json.loads(codec.dump(description()))
    for methods in plain["paths"].values():
        for one in methods.values():
            one.get("requestBody", {}).get("content", {}).pop(PACKED, None)
    return schemathesis.openapi.from_dict(plain)


def negative(described: Any) -> list[st.SearchStrategy[Any]]:
    """Return requests that break the description, where there is something to break."""
    has_parts = described.body or described.path_parameters or described.headers or described.query
    return [described.as_strategy(generation_mode=GenerationMode.NEGATIVE)] if has_parts else []


def make_plausible(case: Any, town: Town, box: Box, hand: int, data: st.DataObject) -> None:
    """Put things that there are in the place of invented ones, so that requests get past the first doors."""
    if hand >= 12:
        return
    if case.path_parameters and hand % 4 != 3:
        case.path_parameters["sha256"] = hashlib.sha256(FILE if hand % 2 else FILE + FILE).hexdigest()
        if "number" in case.path_parameters and hand % 5 != 4:
            case.path_parameters["number"] = 0
    if case.media_type == BYTES and hand % 2 == 0:
        case.body = FILE + FILE
    if not isinstance(case.body, dict):
        return
    new = Box(town)
    known: dict[str, Any] = {
        "epoch": town.epoch, "feed": FEED, "scope": FEED, "replica": box.replica, "device": new.id, "machine": "m",
        "mime": "image/jpeg", "public_key": new.key.public_hex, "user": town.office.devices.find(box.id).user,
        "password": PASSWORD, "size": len(FILE), "sm3": "", "name": "laptop",
    }  # fmt: skip
    for key in known.keys() & case.body.keys() if hand % 4 != 2 else ():
        case.body[key] = known[key]
    if case.body.keys() >= {"proof", "device", "public_key"} and case.body["device"] == new.id:
        asked = ask_bytes(town.server, new.id, new.key.public_hex, "m")
        if "code" in case.body:
            case.body["code"] = code = town.office.devices.issue_code(known["user"], ("*",), DAY_MS).code
            asked = enrol_bytes(town.server, code, new.id, new.key.public_hex)
        case.body["proof"] = new.key.sign(asked)
    lines = case.body.get("lines")
    if isinstance(lines, list) and hand % 2 == 0:
        line = box.line(data.draw(st.sampled_from((FEED, "s:620000", "d:" + box.id))))
        lines.insert(0, {"line": line.data.decode(), "sig": line.sig, "device": box.id})


def send_case(case: Any, town: Town, box: Box | None, *, packed: bool) -> httpx.Response:
    """Send a request, signed in the end if a device is to have sent it."""
    try:
        ready = requests.Request(**case.as_transport_kwargs(base_url="http://town")).prepare()
        body = ready.body or b""
        body = body.encode() if isinstance(body, str) else body
        httpx.Headers(dict(ready.headers))
    except (UnicodeError, requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL):
        assume(False)  # no client can send this
    media = str(ready.headers.get("Content-Type", ""))
    if (
        packed
        and case.path in ("/v1/sync", "/v1/snapshot", "/v1/resupply")
        and len(body) < framing.MAX_PLAIN_BYTES
    ):
        body, media = framing.pack(bytes(body)), PACKED
    if box is None:
        headers = {
            key: value
            for key, value in ready.headers.items()
            if key.lower() not in ("content-length", "content-type")
        }
        return town.client.request(
            case.method, ready.path_url, content=bytes(body), headers={**headers, "Content-Type": media}
        )
    return send(town, box, case.method, ready.path_url, bytes(body), media, dict(ready.headers))


def send(
    town: Town,
    box: Box,
    method: str,
    target: str,
    body: bytes,
    media: str,
    more: dict[str, str] | None = None,
) -> httpx.Response:
    digest = hashlib.sha256(body).hexdigest()
    proof = RequestProof(town.server, box.id, method, unquote(target), town.now_ms, new_id(), digest)
    kept = {key: value for key, value in (more or {}).items() if key.lower() in ("range", "yanfang-machine")}
    headers = {
        **kept, "Yanfang-Device": proof.device, "Yanfang-Time": str(proof.time_ms), "Yanfang-Nonce": proof.nonce,
        "Yanfang-Sha256": digest, "Yanfang-Signature": box.key.sign(proof.bytes()), "Content-Type": media,
    }  # fmt: skip
    return town.client.request(method, target, content=body, headers=headers)


def test_the_check_itself_finds_an_answer_that_is_not_described(town: Town) -> None:
    described = loaded()["/v1/hello"]["GET"]
    case = described.Case(method="GET")
    right = town.client.request("GET", "/v1/hello")
    case.validate_response(right, checks=CHECKS)
    for content, status, headers in (
        (b'{"server":1}', 200, {"content-type": JSON, "yanfang-proto": "1"}),
        (right.content, 200, {"content-type": "text/html", "yanfang-proto": "1"}),
        (right.content, 418, {"content-type": JSON, "yanfang-proto": "1"}),
        (b'{"code":"made.up","params":{}}', 503, {"content-type": JSON}),
    ):
        wrong = httpx.Response(status, content=content, headers=headers, request=right.request)
        wrong.elapsed = right.elapsed
        with pytest.raises((Exception, BaseExceptionGroup), match=r"(?s)."):
            case.validate_response(wrong, checks=CHECKS)
