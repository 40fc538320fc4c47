"""The few message types the worker library asks its host for: plain attribute bags in place of protobuf classes.

The library takes this module as its `protos`. Names, members and numbers are those of Microsoft's `FunctionRpc.proto`.
"""

from typing import TYPE_CHECKING, Any


class Message:
    """Holds the fields it was made with."""

    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class TypedData(Message):
    """One value on its way in or out: exactly one field is set (`string`, `bytes`, `json`, `http`, …) or none."""

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's name
        return next(iter(self.__dict__), None)


class ParameterBinding(Message):
    """A named parameter with its value in `data`."""

    def WhichOneof(self, _group: str) -> str:  # noqa: N802 - protobuf's name
        return "data"


class StatusResult(Message):
    Failure = 0
    Success = 1


class BindingInfo(Message):
    out = 1
    inout = 2
    undefined = 0  # of the data types


class RpcHttpCookie(Message):
    class SameSite:
        Lax = "Lax"
        Strict = "Strict"
        ExplicitNone = "None"


setattr(RpcHttpCookie.SameSite, "None", None)  # a cookie that says nothing; no statement can spell this name

CollectionBytes = Message
FunctionMetadataResponse = Message
InvocationResponse = Message
NullableBool = Message
NullableDouble = Message
NullableString = Message
NullableTimestamp = Message
RpcException = Message
RpcFunctionMetadata = Message
RpcHttp = Message
RpcRetryOptions = Message
Timestamp = Message
WorkerInitResponse = Message
WorkerMetadata = Message
