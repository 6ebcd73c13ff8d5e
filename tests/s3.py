"""A real S3-speaking server for the tests, in a thread of this process."""

import os

import boto3
from moto.server import ThreadedMotoServer

_KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


class S3:
    """One server; `bucket()` makes a new empty bucket in it."""

    def __init__(self) -> None:
        os.environ.update(_KEYS)  # also for the processes that the tests start
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.endpoint = f"http://{host}:{port}"
        self.client = boto3.client("s3", endpoint_url=self.endpoint)
        self._count = 0

    def bucket(self) -> str:
        """Return the address of a prefix in a new bucket."""
        self._count += 1
        self.client.create_bucket(Bucket=f"office-{self._count}")
        return f"s3://office-{self._count}/branch/a?endpoint={self.endpoint}"

    def stop(self) -> None:
        """End the server; what it held is gone."""
        self._server.stop()
        for name in _KEYS:
            os.environ.pop(name, None)
