"""A weak mobile line between two ends: delay, rate, and a count of the bytes. `python -m bench.weak_line TO RTT_MS MBIT`.

Says its own port on the first line; each later line on standard input is answered with the bytes carried so far, both ways.
"""

import asyncio
import sys
import time
from dataclasses import dataclass

_PIECE = 16 << 10


@dataclass
class Line:
    """One line; `rtt_s` seconds there and back, `bytes_s` bytes a second each way (0: no limit)."""

    to: int
    rtt_s: float
    bytes_s: float
    carried: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection; opening it costs a round trip, as TCP does."""
        await asyncio.sleep(self.rtt_s)
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.to)
        await asyncio.gather(self._carry(reader, there_writer), self._carry(there_reader, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        out = asyncio.create_task(self._deliver(waiting, writer))
        free = 0.0
        try:
            while data := await reader.read(_PIECE):
                self.carried += len(data)
                free = max(free, time.perf_counter()) + (len(data) / self.bytes_s if self.bytes_s else 0.0)
                await waiting.put((free + self.rtt_s / 2, data))
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
            except ConnectionError:
                return


async def _main(to: int, rtt_ms: float, mbit: float) -> None:
    line = Line(to, rtt_ms / 1000, mbit * 1e6 / 8)
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(line.carried, flush=True)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
