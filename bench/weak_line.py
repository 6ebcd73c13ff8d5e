"""A weak mobile line between two ends: delay, rate, and a count of the bytes. `python -m bench.weak_line TO RTT_MS MBIT`.

Says its own port on the first line; each later line on standard input is answered with the bytes carried so far, both ways.
The line `cut` also breaks every connection that is open. All connections share the rate, as on a real line.
"""

import asyncio
import sys
import time
from dataclasses import dataclass, field

_PIECE = 16 << 10


@dataclass
class Line:
    """One line; `rtt_s` seconds there and back, `bytes_s` bytes a second each way (0: no limit)."""

    to: int
    rtt_s: float
    bytes_s: float
    carried: int = 0
    free: dict[bool, float] = field(default_factory=lambda: {True: 0.0, False: 0.0})
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection; opening it costs a round trip, as TCP does."""
        await asyncio.sleep(self.rtt_s)
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.to)
        ends = {writer, there_writer}
        self.open |= ends
        await asyncio.gather(self._carry(reader, there_writer, is_up=True), self._carry(there_reader, writer, is_up=False))
        self.open -= ends

    def cut(self) -> None:
        """Break every connection that is open."""
        for one in tuple(self.open):
            one.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_up: bool) -> None:
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        out = asyncio.create_task(self._deliver(waiting, writer))
        try:
            while data := await reader.read(_PIECE):
                takes_s = len(data) / self.bytes_s if self.bytes_s else 0.0
                self.free[is_up] = max(self.free[is_up], time.perf_counter()) + takes_s
                await waiting.put((self.free[is_up] + self.rtt_s / 2, data))
        except ConnectionError:
            pass
        await waiting.put((time.perf_counter() + self.rtt_s / 2, b""))
        await out

    async def _deliver(
        self, waiting: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter
    ) -> None:
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if not data:
                writer.close()
                return
            try:
                writer.write(data)
                await writer.drain()
                self.carried += len(data)  # what arrived: a line that breaks loses what is still on its way
            except ConnectionError:
                return


async def _main(to: int, rtt_ms: float, mbit: float) -> None:
    line = Line(to, rtt_ms / 1000, mbit * 1e6 / 8)
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()
    while said := await loop.run_in_executor(None, sys.stdin.readline):
        if said.strip() == "cut":
            line.cut()
        print(line.carried, flush=True)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
