"""How a refusal finds its row: by its code and a part of its message, else by the parameter that it names.

The HTTP status decides nothing except for a code that nobody knows: quota comes as 400 and 403, not-found as 400, 403
and 404 (API reference, error tables).
"""

from __future__ import annotations

import re
from functools import cache

from ecs_dr.domain.refusals.model import PERMISSION_OPTIONS, Blame, Row
from ecs_dr.domain.refusals.table import ROWS
from ecs_dr.errors import ErrorKind

THROTTLED = Row("throttled", ErrorKind.THROTTLED, Blame.NOTHING)
FAILED = Row("transient", ErrorKind.TRANSIENT, Blame.NOTHING)
"""A code that nobody knows, as a 5xx: it may pass."""
UNKNOWN = Row("unknown", ErrorKind.UNKNOWN, Blame.UNKNOWN)
PARAMETER = Row("parameter", ErrorKind.PARAMETER, Blame.REQUEST)
GONE = Row("reference", ErrorKind.REFERENCE, Blame.REQUEST)
NOT_OPENED = Row("code.not_opened", ErrorKind.PERMISSION, Blame.ACCOUNT)

_DISK = r"(?:system|data)disk(?:\.[\dn]+)?\."
_NAMED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"snapshotpolicy", "InvalidAutoSnapshotPolicyId"),
        (r"performancelevel", "InvalidPerformanceLevel"),
        (r"provisionediops", "InvalidProvisionedIops"),
        (r"bursting", "InvalidBurstingEnabled"),
        (r"kmskey|encrypt", "InvalidEncrypted"),
        (_DISK + r"category|diskcategory", "InvalidDiskCategory"),
        (_DISK + r"size|disksize", "InvalidDiskSize"),
        (_DISK + r"device", "InvalidDataDevice"),
        (r"keypair", "InvalidKeyPairName"),
        (r"ramrole", "InvalidRamRole"),
        (r"userdata", "InvalidUserData"),
        (r"hostname", "InvalidHostName"),
        (r"deploymentset", "InvalidDeploymentSetId"),
        (r"dedicatedhost|tenancy|affinity", "InvalidDedicatedHostId"),
        (r"cpuoptions", "InvalidParameter.CpuOptions"),
        (r"http(?:endpoint|tokens|putresponse)|metadataoptions", "InvalidHttpTokens"),
        (r"creditspecification", "InvalidParameter.CreditSpecification"),
        (r"resourcegroup", "InvalidResourceGroup"),
        (r"autorelease", "InvalidAutoReleaseTime"),
        (r"deletionprotection", "InvalidDeletionProtection"),
        (r"secureboot|securityoptions", "InvalidSecurityOptions"),
        (r"privatedns", "InvalidPrivateDns"),
        (r"\btag\b|tag\.|tagkey|tagvalue", "InvalidTagKey"),
        (r"ipv6", "InvalidOperation.Ipv6NotSupport"),
        (r"internet(?:max|charge)|bandwidth", "InvalidInternetMaxBandwidthOut"),
        (r"securitygroup", "InvalidSecurityGroupId"),
        (r"vswitch", "InvalidVSwitchId"),
        (r"zoneid", "InvalidZoneId"),
        (r"instancetype", "InvalidInstanceType.Named"),
        (r"imageid", "InvalidImageId"),
        (r"instancename", "InvalidInstanceName"),
        (r"cidrblock", "InvalidCidrBlock"),
        (r"\bperiod|autorenew|spot|chargetype", "InvalidPeriod.Named"),
        (r"regionid", "InvalidRegionId"),
    )
)
"""(what names a parameter, in lower case; a code whose row is about that parameter)."""

_OF_A_PARAMETER = ("Invalid", "Missing", "Incomplete", "Unsupported", "DependencyViolation", "Incorrect")
_TO_PASS_OVER = re.compile(r"[^a-z0-9.]+")


def row_of(code: str, message: str = "", http_status: int | None = None) -> Row:
    """The row of a refusal; for a code without one, a row that says so.

    Args:
        code: As the API spells it, misspellings included.
        message: The API's text, for codes that mean several things or leave the parameter to it.
        http_status: For a code that nobody knows: a 5xx may pass.
    """
    # One spelling of the throttling codes has a lower-case suffix, one a prefix: "Throttling.user",
    # "Rejected.Throttling". Every code that contains the word is one (the rule of other clients, too).
    if "throttling" in code.lower():
        return THROTTLED
    found = _by_code(code, message) or _by_parameter(code, message) or _by_ending(code)
    if found is not None:
        return found
    return FAILED if http_status is not None and http_status >= 500 else UNKNOWN


def classify(code: str, message: str = "", http_status: int | None = None) -> ErrorKind:
    """How the workflow deals with a refusal where no step asks about it: the kind of its row."""
    return row_of(code, message, http_status).kind


def option_of(code: str, message: str, missing_permission: str | None) -> str:
    """What the launch can do without, by the refusal or by the permission that it names; empty: nothing of the kind."""
    named = next((one.option for one in PERMISSION_OPTIONS if one.action == missing_permission), "")
    return named or row_of(code, message).option


def has_own_row(code: str) -> bool:
    """Whether the table names exactly this code."""
    return any(code in one.codes for one in ROWS)


def data_disk_number(message: str) -> int | None:
    """N of the `DataDisk.N` that a message names: the Nth data disk of the request, from 1."""
    found = re.search(r"DataDisk\.(\d+)", message)
    return int(found[1]) if found is not None else None


@cache
def _indexed() -> tuple[dict[str, tuple[Row, ...]], tuple[tuple[str, Row], ...], tuple[tuple[str, Row], ...]]:
    """Rows by exact code, by beginning (the longest first) and by ending."""
    exact: dict[str, tuple[Row, ...]] = {}
    begins: list[tuple[str, Row]] = []
    ends: list[tuple[str, Row]] = []
    for one in ROWS:
        for code in one.codes:
            if code.endswith("*"):
                begins.append((code[:-1], one))
            elif code.startswith("*"):
                ends.append((code[1:], one))
            else:
                exact[code] = (*exact.get(code, ()), one)
    return exact, tuple(sorted(begins, key=lambda pair: -len(pair[0]))), tuple(ends)


def _by_code(code: str, message: str) -> Row | None:
    exact, begins, ends = _indexed()
    lowered = message.lower()
    rows = exact.get(code, ())
    found = next((one for one in rows if one.said and one.said in lowered), None)
    found = found or next((one for one in rows if not one.said), None)
    if found is not None:
        return found
    named = _by_parameter(code, message) if code in {"InvalidParameter", "MissingParameter"} else None
    begun = (one for begin, one in begins if code.startswith(begin) and not one.said)
    return named or next(begun, None) or next((one for end, one in ends if code.endswith(end)), None)


def _by_parameter(code: str, message: str) -> Row | None:
    """Of the parameter that the code names, else the message."""
    if not code.startswith(_OF_A_PARAMETER):
        return None
    for words in (code, message):
        text = words.lower().replace("specified", "").replace('"', "")
        squeezed = _TO_PASS_OVER.sub("", text.replace(" disk ", "disk."))
        for pattern, example in _NAMED:
            if pattern.search(squeezed) or pattern.search(text):
                exact, begins, _ = _indexed()
                if example in exact:
                    return exact[example][0]
                return next((one for begin, one in begins if example.startswith(begin)), None)
    return None


def _by_ending(code: str) -> Row | None:
    if code.endswith(".ValueUnauthorized"):
        return NOT_OPENED
    if code.endswith((".NotFound", ".NotExist")):
        return GONE
    if code.startswith(("Invalid", "Missing", "Incomplete", "DryRun.")) or code.endswith(".Malformed"):
        return PARAMETER
    return None
