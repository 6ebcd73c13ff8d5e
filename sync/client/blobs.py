"""Files up and down in chunks; one bad file never stops the others."""

from dataclasses import dataclass, replace

from sync.client.errors import Refused
from sync.client.http import ServerDoor, chunk_count
from sync.client.runs import Cancel, Failure, FilesDone
from sync.client.store import (
    BlobReader,
    BlobSink,
    BlobSource,
    DamagedBlob,
    FileStatus,
    FileToSend,
    FileWanted,
    LocalStore,
    Progress,
    Step,
)
from sync.protocol.messages import CHUNK_BYTES, BlobOffer

_LIST = 10_000


@dataclass(frozen=True, slots=True)
class Courier:
    """Carry files between the vault and the server."""

    door: ServerDoor
    store: LocalStore
    progress: Progress
    cancel: Cancel

    def send_all(self, source: BlobSource) -> FilesDone:
        """Send every pending file; the server knows how far each one came, so a broken run goes on where it stopped.

        Raises:
            Unreachable, Refused: If the server as a whole does not answer or refuses this device.
        """
        done = FilesDone()
        files = self.store.pending_files(_LIST)
        for place, file in enumerate(files):
            self.progress(Step("blobs.send", place, len(files)))
            self.cancel.check()
            try:
                self._send(source, file)
                done = replace(done, sent=done.sent + 1, bytes_sent=done.bytes_sent + file.size)
            except FileNotFoundError:
                self.store.mark_file(file.sha256, FileStatus.MISSING)
                done = done.with_failure(Failure("blob.missing", {"sha256": file.sha256}))
            except (OSError, ValueError, DamagedBlob):
                self.store.mark_file(file.sha256, FileStatus.DAMAGED)
                done = done.with_failure(Failure("blob.damaged", {"sha256": file.sha256}))
            except Refused as refused:
                if not refused.code.startswith(("blob.", "feed.")):
                    raise
                failure = Failure(refused.code, {**refused.params, "sha256": file.sha256}, refused.retryable)
                done = done.with_failure(failure)
        self.progress(Step("blobs.send", len(files), len(files)))
        return done

    def fetch_all(self, sink: BlobSink) -> FilesDone:
        """Fetch every wanted file, each from where it was cut off.

        Raises:
            Unreachable, Refused: If the server as a whole does not answer or refuses this device.
        """
        done = FilesDone()
        files = self.store.wanted_files(_LIST)
        for place, file in enumerate(files):
            self.progress(Step("blobs.fetch", place, len(files)))
            self.cancel.check()
            try:
                self._fetch(sink, file)
                done = replace(done, fetched=done.fetched + 1)
            except DamagedBlob:
                done = done.with_failure(Failure("blob.damaged", {"sha256": file.sha256}, retryable=True))
            except Refused as refused:
                if not refused.code.startswith("blob."):
                    raise
                failure = Failure(refused.code, {**refused.params, "sha256": file.sha256}, refused.retryable)
                done = done.with_failure(failure)
        self.progress(Step("blobs.fetch", len(files), len(files)))
        return done

    def _send(self, source: BlobSource, file: FileToSend) -> None:
        with source.open(file.sha256) as reader:
            state = self.door.offer(file.sha256, BlobOffer(file.scope, file.size, file.mime, file.sm3))
            if state.complete:
                return
            self.store.mark_file(file.sha256, FileStatus.UPLOADING)
            for number in state.missing:
                self.cancel.check()
                self.door.put_chunk(file.sha256, number, _chunk(reader, file, number))
                sent = min((number + 1) * CHUNK_BYTES, file.size)
                self.progress(Step("blobs.chunk", sent, file.size))
        try:
            self.door.commit(file.sha256)
        except Refused as refused:
            if (
                refused.code == "blob.digest"
            ):  # the bytes here are not what was taken in: sending again cannot help
                raise DamagedBlob(sha256=file.sha256) from refused
            raise

    def _fetch(self, sink: BlobSink, file: FileWanted) -> None:
        offset = sink.received(file.sha256)
        if file.size and offset >= file.size:  # all came before the program ended; only the last look is missing
            sink.store(file, offset, iter(()))
            return
        with self.door.fetch(file.sha256, offset) as pieces:
            sink.store(file, offset, self.cancel.between(pieces))


def _chunk(reader: BlobReader, file: FileToSend, number: int) -> bytes:
    assert number < chunk_count(file.size)
    size = min(CHUNK_BYTES, file.size - number * CHUNK_BYTES)
    data = reader.read_at(number * CHUNK_BYTES, size)
    if len(data) != size:
        raise DamagedBlob(sha256=file.sha256)
    return data
