"""A common interface to the vendor's SDKs, with wire names in requests and responses."""

import importlib
import inspect
import urllib.parse
import warnings
import xml.etree.ElementTree as ElementTree

from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient

try:
    from alibabacloud_tea_openapi.utils_models import Config
    from darabonba.runtime import RuntimeOptions
except ImportError:
    from alibabacloud_tea_openapi.models import Config
    from alibabacloud_tea_util.models import RuntimeOptions


class Current:
    """The current SDK, which signs with version 3."""

    name = "v3"
    signature_algorithm = None
    wrong_secret = "SignatureDoesNotMatch"
    has_async = True
    reads_retry_after = True

    def __init__(self, url, key, secret, module="alibabacloud_dbs20190306"):
        address = urllib.parse.urlsplit(url)
        self.models = importlib.import_module(f"{module}.models")
        client = importlib.import_module(f"{module}.client").Client
        self.client = client(
            Config(
                access_key_id=key,
                access_key_secret=secret,
                region_id="cn-hangzhou",
                endpoint=address.netloc,
                protocol=address.scheme.upper(),
                signature_algorithm=self.signature_algorithm,
            )
        )
        self.runtime = RuntimeOptions(autoretry=False, connect_timeout=5000, read_timeout=10000)
        # The SDK spells DescribeDLAService as `describe_dlaservice`.
        self.methods = {
            name.replace("_", "").removesuffix("withoptions"): name
            for name in dir(client)
            if name.endswith("_with_options")
        }
        self.retry_after = None
        # Response fields that the SDK's types do not have, or have with another type.
        self.mismatches = []

    def prepare(self, action, parameters):
        kind = getattr(self.models, f"{action}Request", None)
        if kind is None:
            return self.methods[action.lower()], None
        request = kind().from_map(parameters)
        unknown = set(parameters) - set(request.to_map())
        if unknown:
            raise ValueError(f"{action}: the SDK has no parameters {sorted(unknown)}")
        return self.methods[action.lower()], request

    def call(self, action, parameters):
        method, request = self.prepare(action, parameters)
        arguments = [self.runtime] if request is None else [request, self.runtime]
        raw = {}
        call_api = self.client.call_api

        def keep(*arguments):
            raw.update(call_api(*arguments))
            return raw

        self.client.call_api = keep
        try:
            body = getattr(self.client, method)(*arguments).body
        finally:
            self.client.call_api = call_api
        self.mismatches += mismatches(action, raw["body"], body)
        return body.to_map()

    async def call_async(self, action, parameters):
        method, request = self.prepare(action, parameters)
        method = method.replace("_with_options", "_with_options_async")
        arguments = [self.runtime] if request is None else [request, self.runtime]
        return (await getattr(self.client, method)(*arguments)).body.to_map()

    def code_of(self, action, parameters):
        """Returns the error code that the SDK raises."""
        try:
            self.call(action, parameters)
        except Exception as error:  # pylint: disable=broad-except
            self.retry_after = getattr(error, "retry_after", None)
            return getattr(error, "code", None) or repr(error)
        return None


class CurrentV1(Current):
    """The current SDK, configured to sign with version 1."""

    name = "v1"
    signature_algorithm = "v2"
    # With version 1, the SDK does not read the header.
    reads_retry_after = False


class Older:
    """The older SDK, which signs with version 1, with XML responses."""

    name = "xml"
    # The SDK compares the string to sign of the server with its own.
    wrong_secret = "InvalidAccessKeySecret"
    has_async = False
    reads_retry_after = False

    def __init__(self, url, key, secret):
        address = urllib.parse.urlsplit(url)
        self.address = address
        self.client = AcsClient(
            key, secret, "cn-hangzhou", auto_retry=False, port=address.port, timeout=10
        )
        self.mismatches = []

    def prepare(self, action, parameters):
        module = importlib.import_module(f"aliyunsdkdbs.request.v20190306.{action}Request")
        request = getattr(module, f"{action}Request")()
        request.set_protocol_type(self.address.scheme)
        request.set_endpoint(self.address.hostname)
        for name, value in parameters.items():
            if hasattr(request, f"set_{name}"):
                getattr(request, f"set_{name}")(value)
            else:
                # A parameter newer than the SDK.
                request.add_query_param(name, value)
        return request

    def call(self, action, parameters):
        request = self.prepare(action, parameters)
        request.set_accept_format("XML")
        with warnings.catch_warnings():
            # The replacement of the deprecated function supports only JSON.
            warnings.simplefilter("ignore", DeprecationWarning)
            status, _, body = self.client.implementation_of_do_action(request)
        root = ElementTree.fromstring(body)
        if status != 200 or root.tag != f"{action}Response":
            raise ValueError(f"HTTP {status}: {body}")
        return read(root)

    def code_of(self, action, parameters):
        """Returns the error code that the SDK raises."""
        try:
            self.client.do_action_with_exception(self.prepare(action, parameters))
        except ServerException as error:
            return error.get_error_code()
        return None


def mismatches(where, raw, typed):
    """Returns the response fields that the SDK's types do not have, or have with another type."""
    if isinstance(raw, list):
        if not isinstance(typed, list):
            return [f"{where} is a list"]
        pairs = zip(raw, typed)
        return [found for pair in pairs for found in mismatches(where, *pair)]
    if not isinstance(raw, dict):
        return []
    if not hasattr(typed, "to_map"):
        return [f"{where} is an object"]
    found = []
    known = typed.to_map()
    kinds = inspect.signature(type(typed).__init__).parameters
    attributes = {name.replace("_", ""): name for name in kinds}
    for name, value in raw.items():
        attribute = attributes.get(name.lower())
        if name not in known or attribute is None:
            found.append(f"{where}.{name} is unknown to the SDK")
            continue
        kind = kinds[attribute].annotation
        # The annotations of the SDK are strings.
        kind = getattr(kind, "__name__", kind)
        if kind in ("str", "int", "bool") and type(value).__name__ != kind:
            found.append(f"{where}.{name} is {value!r}: expected {kind}")
        found += mismatches(f"{where}.{name}", value, getattr(typed, attribute))
    return found


def read(element):
    """Converts an XML element to JSON. Repeated elements become a list."""
    if not len(element):
        return element.text or ""
    fields = {}
    for child in element:
        value = read(child)
        if child.tag in fields:
            if not isinstance(fields[child.tag], list):
                fields[child.tag] = [fields[child.tag]]
            fields[child.tag].append(value)
        else:
            fields[child.tag] = value
    return fields


ALL = [
    (Current, "signature version 3 (ACS3), JSON"),
    (CurrentV1, "signature version 1, JSON"),
    (Older, "signature version 1, XML, older SDK"),
]
