"""The control service of mtsim, for tests: messages from the tree's own protos, without generated code."""

import pathlib
import subprocess
import tempfile

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ROOT = pathlib.Path(__file__).resolve().parents[2]
_PACKAGE = "mtsuite.sim.v1"
_SERVICE = f"{_PACKAGE}.SimService"
_TIMEOUT_SECONDS = 30


def _load_pool() -> descriptor_pool.DescriptorPool:
    with tempfile.NamedTemporaryFile(suffix=".binpb") as file:
        subprocess.run(
            ["protoc", f"-I{ROOT / 'proto'}", f"-I{ROOT / '.tools/googleapis'}", "-I/usr/include", "--include_imports",
             f"--descriptor_set_out={file.name}", "mtsuite/sim/v1/sim_service.proto"], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(file.name).read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for proto in files.file:
        pool.Add(proto)
    return pool


class Sim:
    """Calls by name: `sim.call("SeedAccounts", count=10, group="demo\\\\retail-usd")` returns the response message."""

    def __init__(self, target: str, api_key: str):
        self._pool = _load_pool()
        self._channel = grpc.insecure_channel(target)
        self._metadata = (("authorization", f"Bearer {api_key}"),)

    def message(self, name: str, **fields):
        """A message of mtsuite.sim.v1, such as `message("Fault", kind=6)`."""
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))(**fields)

    def fault_kind(self, name: str) -> int:
        return self._pool.FindEnumTypeByName(f"{_PACKAGE}.Fault.Kind").values_by_name[name].number

    def call(self, method: str, **fields):
        descriptor = self._pool.FindServiceByName(_SERVICE).methods_by_name[method]
        request = message_factory.GetMessageClass(descriptor.input_type)(**fields)
        invoke = self._channel.unary_unary(
            f"/{_SERVICE}/{method}", request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=message_factory.GetMessageClass(descriptor.output_type).FromString)
        return invoke(request, timeout=_TIMEOUT_SECONDS, metadata=self._metadata)

    def add_fault(self, kind: str, **fields):
        """Adds a fault; `delay_ms` is its delay."""
        delay_ms = fields.pop("delay_ms", 0)
        fault = self.message("Fault", kind=self.fault_kind(kind), **fields)
        fault.delay.FromMilliseconds(delay_ms)
        return self.call("AddFault", fault=fault)

    def all_deals(self) -> list:
        """Every deal of the simulated server, by ticket: the truth that callers' knowledge is compared with."""
        deals = []
        while True:
            page = self.call("ListDeals", after_ticket=deals[-1].ticket if deals else 0, limit=10_000).deals
            deals.extend(page)
            if len(page) < 10_000:
                return deals
