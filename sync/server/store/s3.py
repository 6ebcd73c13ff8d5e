"""Bytes in an S3 bucket: any worker may take any chunk, and whoever commits reads them all.

Only what every S3-speaking store has is used: put, get with a range, head, list, delete, multipart upload.
Keys:     <prefix>/staging/<owner>/<sha256>/<i>    <prefix>/blobs/ab/cd/<sha256>    <prefix>/<name>
Address:  s3://bucket/prefix[?endpoint=https://host:port][&region=name]; who may use it is told by the environment
          (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or a profile, never by the address.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from sync.protocol.messages import CHUNK_BYTES
from sync.server.db.problems import BadAddress, Busy, DriverMissing
from sync.server.store.files import READ_BYTES

_PART_BYTES: Final = 8 << 20  # the least that S3 takes is 5 MiB, the most parts are 10,000


class S3Store:
    """Keep files below one prefix of a bucket; an object is there as a whole or not at all."""

    def __init__(self, address: str) -> None:
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError, ClientError
        except ImportError as problem:
            raise DriverMissing(library="boto3") from problem
        parts = urlsplit(address)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.scheme != "s3" or not parts.netloc or asked.keys() - {"endpoint", "region"}:
            raise BadAddress(at="blobs")
        self._bucket = parts.netloc
        self._prefix = parts.path.strip("/") + "/" if parts.path.strip("/") else ""
        self._broken: tuple[type[Exception], ...] = (BotoCoreError, ClientError)
        self._client_error: type[Any] = ClientError
        # Checksums that only some stores know would make the others refuse every upload.
        settings = Config(
            retries={"max_attempts": 4, "mode": "standard"}, connect_timeout=10, read_timeout=60,
            request_checksum_calculation="when_required", response_checksum_validation="when_required",
            max_pool_connections=32,
        )  # fmt: skip
        self._client: Any = boto3.client(
            "s3", endpoint_url=asked.get("endpoint"), region_name=asked.get("region"), config=settings
        )

    def stage(self, owner: str, sha256: str, number: int, data: bytes) -> None:
        """Keep one chunk of an unfinished file, in the place of an earlier one."""
        self._call("put_object", Key=self._chunk(owner, sha256, number), Body=data)

    def staged(self, owner: str, sha256: str) -> Mapping[int, int]:
        """Return the sizes of the chunks that are there, by number."""
        return {
            int(name): one["Size"]
            for one in self._listed(self._staging(owner, sha256))
            if (name := one["Key"].rpartition("/")[2]).isdigit()
        }

    def read_staged(self, owner: str, sha256: str, count: int) -> Iterator[bytes]:
        """Yield the bytes of chunks 0 to count - 1."""
        for number in range(count):
            yield from self._got(self._chunk(owner, sha256, number), 0)

    def drop_staged(self, owner: str, sha256: str) -> None:
        """Forget the chunks of an unfinished file."""
        for one in list(self._listed(self._staging(owner, sha256))):
            self._call("delete_object", Key=one["Key"])

    def drop_stale(self, before_ms: int) -> None:
        """Forget chunks of unfinished files to which nothing came since then, whoever remembers them."""
        newest: dict[str, float] = {}
        for one in self._listed(f"{self._prefix}staging/"):
            folder = one["Key"].rpartition("/")[0]
            newest[folder] = max(newest.get(folder, 0.0), one["LastModified"].timestamp() * 1000)
        for folder in [folder for folder, at_ms in newest.items() if at_ms < before_ms]:
            for one in list(self._listed(f"{folder}/")):
                self._call("delete_object", Key=one["Key"])

    def begin(self, owner: str, sha256: str) -> "S3Part":
        """Take in a file from its first byte on; what came of it counts as staged when the line breaks."""
        return S3Part(self, owner, sha256)

    def adopt(self, owner: str, marks: Mapping[str, str]) -> frozenset[str]:
        """Put nothing in its place: a bucket moves no objects, and gives its chunks to whoever reads them."""
        return frozenset()

    def put(self, sha256: str, chunks: Iterator[bytes]) -> None:
        """Keep a finished file; if the chunks raise, nothing is kept."""
        key, parts = self._place(sha256), _parts(chunks)
        first = next(parts, b"")
        second = next(parts, None)
        if second is None:
            self._call("put_object", Key=key, Body=first)
            return
        upload = self._call("create_multipart_upload", Key=key)["UploadId"]
        try:
            done = []
            for number, part in enumerate(_joined(first, second, parts), 1):
                sent = self._call("upload_part", Key=key, UploadId=upload, PartNumber=number, Body=part)
                done.append({"PartNumber": number, "ETag": sent["ETag"]})
            self._call("complete_multipart_upload", Key=key, UploadId=upload, MultipartUpload={"Parts": done})
        except BaseException:
            self._call("abort_multipart_upload", Key=key, UploadId=upload)
            raise

    def put_together(self, files: Mapping[str, bytes]) -> None:
        """Keep several finished files of a few KiB by their digests; after an error some may be kept."""
        for sha256, data in files.items():
            self.put(sha256, iter((data,)))

    def sweep(self, before_ms: int) -> None:
        """Leave unfinished uploads to the bucket's own rule: not every key that may write may list them."""

    def size(self, sha256: str) -> int | None:
        """Return the length of a finished file, or None if it is not there."""
        try:
            return int(self._call("head_object", Key=self._place(sha256))["ContentLength"])
        except FileNotFoundError:
            return None

    def read(self, sha256: str, start: int = 0) -> Iterator[bytes]:
        """Yield a finished file's bytes from an offset on.

        Raises:
            FileNotFoundError: If it is not there.
        """
        return self._got(self._place(sha256), start)

    def free_bytes(self) -> int | None:
        """Return how much more fits, or None where nobody can tell."""
        return None

    def note(self, name: str) -> bytes | None:
        """Return a small named text, or None if it is not there."""
        try:
            return b"".join(self._got(self._prefix + name, 0))
        except FileNotFoundError:
            return None

    def keep_note(self, name: str, data: bytes) -> None:
        """Keep a small named text, durably, in the place of an earlier one."""
        self._call("put_object", Key=self._prefix + name, Body=data)

    def check(self) -> None:
        """Require that the bucket answers.

        Raises:
            Busy: If not.
        """
        self._call("list_objects_v2", Prefix=self._prefix, MaxKeys=1)

    def _got(self, key: str, start: int) -> Iterator[bytes]:
        asked = {"Range": f"bytes={start}-"} if start else {}
        body = self._call("get_object", Key=key, **asked)["Body"]
        try:
            while data := body.read(READ_BYTES):
                yield data
        except self._broken as problem:
            raise Busy() from problem
        finally:
            body.close()

    def _listed(self, prefix: str) -> Iterator[dict[str, Any]]:
        more: dict[str, str] = {}
        while True:
            page = self._call("list_objects_v2", Prefix=prefix, **more)
            yield from page.get("Contents", ())
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def _call(self, what: str, **asked: object) -> Any:
        try:
            return getattr(self._client, what)(Bucket=self._bucket, **asked)
        except self._broken as problem:
            if isinstance(problem, self._client_error):
                code = str(problem.response.get("Error", {}).get("Code"))
                if code in ("404", "NoSuchKey", "NotFound") and "Key" in asked:
                    raise FileNotFoundError(asked["Key"]) from problem
                if code == "InvalidRange":
                    return {"Body": _Nothing()}
            raise Busy() from problem

    def _staging(self, owner: str, sha256: str) -> str:
        return f"{self._prefix}staging/{owner}/{sha256}/"

    def _chunk(self, owner: str, sha256: str, number: int) -> str:
        return self._staging(owner, sha256) + str(number)

    def _place(self, sha256: str) -> str:
        return f"{self._prefix}blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"


class S3Part:
    """Stage one file chunk by chunk as it comes."""

    def __init__(self, store: S3Store, owner: str, sha256: str) -> None:
        self._store, self._owner, self._sha256 = store, owner, sha256
        self._held = bytearray()
        self._count = 0

    def write(self, data: bytes | memoryview) -> None:
        """Keep what follows, of any length."""
        self._held += data
        while len(self._held) >= CHUNK_BYTES:
            self._stage(CHUNK_BYTES)

    def keep(self, mark: str) -> None:
        """All came: stage the rest. What the bucket gives back of it is checked once more when it is put in its place."""
        if self._held:
            self._stage(len(self._held))

    def drop(self) -> None:
        """It was found wrong: forget it."""
        self._store.drop_staged(self._owner, self._sha256)

    def close(self) -> None:
        """Come to an end; the whole chunks that came stay staged. Again is no error."""

    def _stage(self, size: int) -> None:
        self._store.stage(self._owner, self._sha256, self._count, bytes(self._held[:size]))
        self._count += 1
        del self._held[:size]


class _Nothing:
    """The body of a range that begins at the end."""

    def read(self, size: int) -> bytes:
        return b""

    def close(self) -> None:
        return


def _parts(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in pieces of which only the last may be short."""
    held = bytearray()
    for data in chunks:
        held += data
        while len(held) >= _PART_BYTES:
            yield bytes(held[:_PART_BYTES])
            del held[:_PART_BYTES]
    if held:
        yield bytes(held)


def _joined(first: bytes, second: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield second
    yield from others
