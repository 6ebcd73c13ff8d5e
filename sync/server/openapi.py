"""The description of all `/v1` addresses (OpenAPI 3.1), made from one table and from the message dataclasses."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sync.protocol import codec, framing
from sync.protocol.admission import Admission, AdmissionRequest, LoginRequest
from sync.protocol.checkpoints import CheckpointAnswer, CheckpointRequest
from sync.protocol.files import BundleRequest, OffersAnswer, OffersRequest, SizesAnswer, SizesRequest
from sync.protocol.messages import (
    CHUNK_BYTES,
    HEADER_DEVICE,
    HEADER_DIGEST,
    HEADER_MACHINE,
    HEADER_NONCE,
    HEADER_PROTO,
    HEADER_SIGNATURE,
    HEADER_TIME,
    MAX_BLOB_BYTES,
    PROTO,
    BlobOffer,
    BlobState,
    EnrolRequest,
    Hello,
    Me,
    Problem,
    ResupplyAnswer,
    ResupplyRequest,
    SnapshotPage,
    SnapshotRequest,
    SyncAnswer,
    SyncRequest,
)
from sync.protocol.numbers import RangesAnswer, RangesRequest
from sync.protocol.packets_keys import Card, CardsAnswer
from sync.server import errors

JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"
PACKED: Final = framing.MEDIA_TYPE
_PLACE: Final = "#/components/schemas/{name}"
_ANY: Final = ("server.busy", "server.no_space", "server.internal")
_PARTED: Final = ("http.not_found", "http.method")  # what stands for a part may make it another address
_LIMITS: Final = ("blob.no_space", "blob.day_limit", "blob.unfinished_limit", "blob.disk_limit")
_BODY: Final = ("body.too_large", "body.slow", "message.invalid")
_SIGNED: Final = (
    "auth.missing", "auth.signature", "auth.stale", "auth.replayed", "auth.unknown_device", "auth.revoked",
    "body.digest", "body.too_large", "body.slow",
)  # fmt: skip
_ACTIVE: Final = (*_SIGNED, "auth.unconfirmed", "auth.login_needed")


@dataclass(frozen=True, slots=True)
class Operation:
    """One address with one method.

    Attributes:
        codes: Every refusal that it may answer.
        takes, gives: Message of the body and of the answer; `bytes` for a file's, None for none.
        takes_as, gives_as: Media types; an answer to JSON is JSON where both are named.
        statuses: With which it answers if it does not refuse.
    """

    method: str
    path: str
    summary: str
    codes: tuple[str, ...]
    takes: type | None = None
    gives: type | None = None
    takes_as: tuple[str, ...] = (JSON,)
    gives_as: tuple[str, ...] = (JSON,)
    statuses: tuple[int, ...] = (200,)

    @property
    def is_signed(self) -> bool:
        """Return whether a device must sign the request."""
        return "auth.missing" in self.codes


_LARGE: Final = (JSON, PACKED)
OPERATIONS: Final = (
    Operation("GET", "/v1/openapi.json", "This description.", (), gives=dict),
    Operation("GET", "/v1/hello", "Who this server is and what time it has.", (), gives=Hello),
    Operation(
        "POST", "/v1/enrol", "Let a device in against a one-time code.",
        (*_BODY, "chain.key", "enrol.proof", "enrol.code_unknown", "enrol.code_used", "enrol.code_expired",
         "enrol.device_known", "people.too_many_devices"),
        EnrolRequest, Me,
    ),
    Operation(
        "POST", "/v1/admission", "Ask a person to let a device in, and what became of it.",
        (*_BODY, "chain.key", "enrol.proof", "enrol.decided", "enrol.too_many", "admin.too_many"),
        AdmissionRequest, Admission,
    ),
    Operation(
        "POST", "/v1/login", "Show who stands behind the device.",
        (*_SIGNED, *_BODY, "login.refused", "login.locked", "login.totp_needed", "login.totp_missing"),
        LoginRequest, Me,
    ),
    Operation("POST", "/v1/logout", "Forget who stands behind the device.", _SIGNED, statuses=(204,)),
    Operation("GET", "/v1/me", "What the server knows of the device and allows it.", _SIGNED, gives=Me),
    Operation(
        "POST", "/v1/sync", "Send lines, get feeds and receipts.",
        (*_ACTIVE, *_BODY, "body.not_zstd", "epoch.changed", "pull.cursor"),
        SyncRequest, SyncAnswer, _LARGE, _LARGE,
    ),
    Operation(
        "POST", "/v1/snapshot", "Get the confirmed layer of a feed.",
        (*_ACTIVE, *_BODY, "body.not_zstd", "epoch.changed", "feed.forbidden"),
        SnapshotRequest, SnapshotPage, _LARGE, _LARGE,
    ),
    Operation(
        "POST", "/v1/resupply", "Give back lines that the server lost.",
        (*_ACTIVE, *_BODY, "body.not_zstd", "epoch.changed"), ResupplyRequest, ResupplyAnswer, _LARGE, _LARGE,
    ),
    Operation(
        "POST", "/v1/cards", "Exchange the keys for packets.", (*_ACTIVE, *_BODY, "packet.card"), Card, CardsAnswer,
        gives_as=(PACKED,),
    ),
    Operation(
        "POST", "/v1/leases/numbers", "Get ranges of document numbers that no other device gets, of several series at once.",
        (*_ACTIVE, *_BODY, "numbers.invalid", "numbers.exhausted", "numbers.of_other", "feed.forbidden"),
        RangesRequest, RangesAnswer,
    ),
    Operation(
        "POST", "/v1/blobs", "Announce files; what is there of each, and a receipt where all is, later for long ones.",
        (*_ACTIVE, *_BODY),
        OffersRequest, OffersAnswer,
    ),
    Operation(
        "POST", "/v1/sizes", "Learn which of many files can be got now, and how long they are.", (*_ACTIVE, *_BODY),
        SizesRequest, SizesAnswer,
    ),
    Operation(
        "PUT", "/v1/bundles", "Send small files whole, announced by the message before their bytes; each with its receipt.",
        (*_ACTIVE, *_BODY), bytes, OffersAnswer, takes_as=(BYTES,),
    ),
    Operation(
        "POST", "/v1/bundles", "Get small files together, after a message that says how long each is.", (*_ACTIVE, *_BODY),
        BundleRequest, bytes, gives_as=(BYTES,),
    ),
    Operation("GET", "/v1/checkpoint", "Get the signed head of the log of feed entries.", (), gives=CheckpointAnswer),
    Operation(
        "POST", "/v1/checkpoint", "Get the head, a proof that the log only grew, and where lines stand in it.",
        (*_ACTIVE, *_BODY), CheckpointRequest, CheckpointAnswer,
    ),
    Operation(
        "POST", "/v1/blobs/{sha256}", "Announce a file, or ask what is missing of it.",
        (*_ACTIVE, *_BODY, *_LIMITS, "blob.offer", "feed.forbidden"), BlobOffer, BlobState,
    ),
    Operation(
        "GET", "/v1/blobs/{sha256}", "Get a file, from an offset if asked.", (*_ACTIVE, "blob.unknown"), gives=bytes,
        gives_as=(BYTES,), statuses=(200, 206),
    ),
    Operation(
        "GET", "/v1/blobs/{sha256}/prolonged", "Get a signed PDF with the proofs and the time-stamp appended by this server.",
        (*_ACTIVE, "blob.unknown"), gives=bytes, gives_as=(BYTES,),
    ),
    Operation(
        "PUT", "/v1/blobs/{sha256}", "Send an announced file in one piece; announcing it again finishes it.",
        (*_ACTIVE, *_LIMITS, "blob.chunk", "blob.incomplete", "blob.digest"), bytes, takes_as=(BYTES,), statuses=(204,),
    ),
    Operation(
        "POST", "/v1/blobs/{sha256}/commit",
        "Verify an announced file and put it in its place; 202: a long one is being put together, ask again.",
        (*_ACTIVE, "blob.chunk", "blob.incomplete", "blob.digest", "blob.no_space"), gives=BlobState, statuses=(200, 202),
    ),
    Operation(
        "PUT", "/v1/blobs/{sha256}/{number}", "Send one chunk of an announced file.", (*_ACTIVE, *_LIMITS, "blob.chunk"), bytes,
        takes_as=(BYTES,), statuses=(204,),
    ),
)  # fmt: skip
_HEADERS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    HEADER_DEVICE: ("The device that signs.", {"type": "string", "minLength": 1}),
    HEADER_TIME: (
        "Server time as the device reckons it, milliseconds.",
        {"type": "string", "pattern": "^[0-9]{1,15}$"},
    ),
    HEADER_NONCE: ("Never used twice by this device.", {"type": "string", "minLength": 1, "maxLength": 80}),
    HEADER_DIGEST: ("SHA-256 of the body as sent, hex.", {"type": "string", "pattern": "^[0-9a-f]{64}$"}),
    HEADER_SIGNATURE: ("Ed25519, hex, over all of these.", {"type": "string", "pattern": "^[0-9a-f]{128}$"}),
}
_OPTIONAL: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    HEADER_MACHINE: ("A digest that stays the same on one machine.", {"type": "string", "maxLength": 64}),
}
_PARTS: Final[Mapping[str, dict[str, Any]]] = {
    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "number": {"type": "integer", "minimum": 0, "maximum": 4095},
}


def description() -> dict[str, Any]:
    """Return the whole description."""
    kinds = {one for each in OPERATIONS for one in (each.takes, each.gives) if one not in (None, bytes, dict)}
    named = tuple(sorted((one for one in kinds if one is not None), key=lambda one: one.__name__))
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for operation in OPERATIONS:
        paths[operation.path][operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Yanfang server",
            "version": str(PROTO),
            "description": "Devices sign each request; see docs/sync-protocol.md for what the messages mean.",
        },
        "paths": dict(paths),
        "components": {
            "schemas": codec.schemas((*named, Problem), _PLACE),
            "parameters": {
                name: {
                    "name": name,
                    "in": "header",
                    "required": name in _HEADERS,
                    "description": said,
                    "schema": schema,
                }
                for name, (said, schema) in {**_HEADERS, **_OPTIONAL}.items()
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    made: dict[str, Any] = {"summary": operation.summary, "operationId": _name(operation)}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in _PARTS.items()
        if "{" + name + "}" in operation.path
    ]
    if operation.is_signed:
        parameters += [{"$ref": f"#/components/parameters/{name}"} for name in (*_HEADERS, *_OPTIONAL)]
    if 206 in operation.statuses:
        schema = {"type": "string", "pattern": "^bytes=[0-9]{1,15}-$"}
        parameters.append({"name": "Range", "in": "header", "required": False, "schema": schema})
    if parameters:
        made["parameters"] = parameters
    if operation.takes is not None:
        most = CHUNK_BYTES if "{number}" in operation.path else MAX_BLOB_BYTES
        made["requestBody"] = {"required": True, "content": _content(operation.takes, operation.takes_as, most)}
    nowhere = _PARTED if "{" in operation.path else ()
    made["responses"] = {**_answers(operation), **_refusals((*operation.codes, *nowhere, *_ANY))}
    return made


def _answers(operation: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status in operation.statuses:
        answers[str(status)] = {"description": "Done."}
        if operation.gives is not None:
            answers[str(status)]["content"] = _content(operation.gives, operation.gives_as)
            answers[str(status)]["headers"] = {
                HEADER_PROTO: {"required": True, "schema": {"const": str(PROTO)}}
            }
    return answers


def _refusals(codes: Iterable[str]) -> dict[str, Any]:
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[errors.STATUS.get(code, errors.OTHERWISE)].append(code)
    return {
        str(status): {
            "description": "Refused: " + ", ".join(found) + ".",
            "content": {
                JSON: {
                    "schema": {
                        "allOf": [
                            {"$ref": _PLACE.format(name="Problem")},
                            {"properties": {"code": {"enum": found}}},
                        ]
                    }
                }
            },
        }
        for status, found in sorted(by_status.items())
    }


def _content(kind: type, media_types: tuple[str, ...], most_bytes: int = MAX_BLOB_BYTES) -> dict[str, Any]:
    plain: dict[str, Any] = (
        {"type": "object"} if kind is dict else {"$ref": _PLACE.format(name=kind.__name__)}
    )
    binary = {"type": "string", "format": "binary"}
    chunk = {**binary, "maxLength": most_bytes}
    return {
        media: {"schema": plain if media == JSON else chunk if media == BYTES else binary}
        for media in media_types
    }


def _name(operation: Operation) -> str:
    parts = [one for one in operation.path.split("/")[2:] if one]
    return "_".join([operation.method.lower(), *(one.strip("{}").replace(".", "_") for one in parts)])
