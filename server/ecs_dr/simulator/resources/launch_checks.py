"""What else the cloud refuses at a launch: image, type, stock, billing, names (ECS API, RunInstances)."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime, timedelta

from ecs_dr.simulator.actions import Call
from ecs_dr.simulator.errors import Fault, invalid_parameter, not_simulated
from ecs_dr.simulator.lifecycle import image_state
from ecs_dr.simulator.model_catalogue import InstanceType
from ecs_dr.simulator.model_compute import Image
from ecs_dr.simulator.params import boolean, decimal, integer, text
from ecs_dr.simulator.resources.images import existing_image

_PERIODS = {"Month": {*range(1, 10), 12, 24, 36, 48, 60}, "Week": {1, 2, 3, 4}}
_SPOT = frozenset({"NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"})
_SPOT_SHARE = 0.2
_SMALL_BANDWIDTH = 10
_RELEASE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_SOONEST_RELEASE = timedelta(minutes=30)
_LATEST_RELEASE = timedelta(days=3 * 365)
_NOT_SIMULATED = ("LaunchTemplateId", "LaunchTemplateName", "NetworkInterface.", "Arn.")


def check_simulated(call: Call) -> None:
    """Say loudly when a launch uses a part of the API that is not simulated.

    Raises:
        Fault: `NotSimulated`.
    """
    for name in call.params:
        if name.startswith(_NOT_SIMULATED):
            raise not_simulated("ecs", f"RunInstances with {name}")


def launchable_image(call: Call, image_id: str) -> Image:
    """The image, when instances can be made of it.

    Raises:
        Fault: It does not exist, or is not available (yet).
    """
    image = existing_image(call, image_id, call.now)
    if not image_state(image, call.now).usable:
        raise Fault(
            "OperationDenied.ImageNotValid",
            "The specified image is not available. Please check the status of the image.",
            403,
        )
    return image


def launchable_type(call: Call, name: str, image: Image) -> InstanceType:
    """The instance type, when it can run the image.

    Raises:
        Fault: It does not exist, or the image's architecture, boot mode or drivers do not fit.
    """
    kind = call.world.instance_types.get(name)
    if kind is None:
        raise Fault(
            "InvalidInstanceType.ValueNotSupported", "The specified InstanceType does not exist or is not authorized."
        )
    if (kind.architecture == "ARM") != (image.architecture == "arm64"):
        raise Fault(
            "InvalidInstanceType.NotSupported",
            "The specified instance type is not supported by the image architecture.",
        )
    needs_driver = kind.nvme_support == "required" and image.nvme_support != "supported"
    boots = image.boot_mode == "UEFI-Preferred" or image.boot_mode in kind.boot_modes
    if needs_driver or not boots:
        raise Fault("ImageNotSupportInstanceType", "The specified image does not support the instance type.", 403)
    return kind


def check_stock(call: Call, zone_id: str, instance_type: str) -> None:
    """Refuse what is sold out or not sold; the same ClientToken then meets the same refusal again.

    Raises:
        Fault: `InvalidInstanceType.ZoneNotSupported` or `OperationDenied.NoStock`.
    """
    spot = text(call.params, "SpotStrategy", "NoSpot") != "NoSpot"
    charge = "Spot" if spot else text(call.params, "InstanceChargeType", "PostPaid")
    level = call.world.stock_of(zone_id, instance_type, charge)
    if level is None:
        raise Fault(
            "InvalidInstanceType.ZoneNotSupported",
            "The specified zone does not support this instance type.",
            403,
            remembered=True,
        )
    if level not in {"WithStock", "ClosedWithStock"}:
        raise Fault(
            "OperationDenied.NoStock",
            "The requested resource is sold out in the specified zone; try other types of resources or other "
            "regions and zones.",
            403,
            remembered=True,
        )


def check_billing(call: Call) -> None:
    """Refuse what cannot be paid, or not so.

    Raises:
        Fault: A charge type, a period or a spot strategy that is not possible, or an account that cannot pay.
    """
    params = call.params
    charge = text(params, "InstanceChargeType", "PostPaid")
    if charge not in {"PostPaid", "PrePaid"}:
        raise Fault("InvalidInstanceChargeType.ValueNotSupported", "The specified InstanceChargeType is not valid.")
    spot = text(params, "SpotStrategy", "NoSpot")
    if spot not in _SPOT:
        raise Fault("InvalidSpotStrategy", "The specified SpotStrategy is not valid.")
    if charge == "PrePaid":
        _check_period(call)
    elif params.get("AutoPay") and not boolean(params, "AutoPay"):
        raise Fault("InvalidAutoPay.PostPaidUnsupported", "AutoPay=false is not supported for PostPaid.")
    if charge == "PrePaid" and spot != "NoSpot":
        raise Fault("InvalidSpotPrepaid", "The spot strategy is for PostPaid instances alone.")
    if spot == "SpotWithPriceLimit":
        hourly = call.world.prices.instance_hour.get(text(params, "InstanceType"), 0.0)
        if decimal(params, "SpotPriceLimit") < hourly * _SPOT_SHARE:
            raise Fault("InvalidSpotPriceLimit.LowerThanPublicPrice", "The SpotPriceLimit is below the public price.")
    if boolean(params, "DeletionProtection") and (charge == "PrePaid" or spot != "NoSpot"):
        raise Fault(
            "InvalidChargeType.ValueNotSupported", "DeletionProtection is for PostPaid, non-spot instances alone."
        )
    _check_release(call)
    _check_account(call)


def _check_release(call: Call) -> None:
    """AutoReleaseTime is for pay-as-you-go alone, half an hour to three years ahead, in UTC."""
    wanted = text(call.params, "AutoReleaseTime")
    if not wanted:
        return
    if not _RELEASE.fullmatch(wanted):
        raise invalid_parameter("AutoReleaseTime", "it is a time as 2026-11-22T08:00:00Z")
    ahead = datetime.fromisoformat(wanted) - call.now
    if text(call.params, "InstanceChargeType", "PostPaid") != "PostPaid":
        raise invalid_parameter("AutoReleaseTime", "it is for PostPaid instances alone")
    if not _SOONEST_RELEASE <= ahead <= _LATEST_RELEASE:
        raise invalid_parameter("AutoReleaseTime", "it is at least 30 minutes and at most three years ahead")


def _check_account(call: Call) -> None:
    if call.world.account.in_arrears:
        raise Fault("Account.Arrearage", "Your account has been in arrears.")
    if not call.world.account.payment_method:
        raise Fault("InvalidPayMethod", "The specified pay method is not valid.", 403)


def _check_period(call: Call) -> None:
    if not text(call.params, "Period"):
        raise Fault("MissingParamter", "The parameter Period is needed for PrePaid.")
    unit = text(call.params, "PeriodUnit", "Month")
    weekly = unit != "Week" or call.world.behaviour.china_site
    if unit not in _PERIODS or not weekly or integer(call.params, "Period", 0) not in _PERIODS[unit]:
        raise Fault("InvalidPeriod", "The specified period is not valid.")


def check_internet(call: Call) -> None:
    """Refuse impossible public bandwidth.

    Raises:
        Fault: Out of range, or above the account's quota.
    """
    kind = text(call.params, "InternetChargeType", "PayByTraffic")
    if kind not in {"PayByTraffic", "PayByBandwidth"}:
        raise Fault("InvalidInternetChargeType.ValueNotSupported", "The InternetChargeType is not valid.")
    mbps = integer(call.params, "InternetMaxBandwidthOut", 0, 0, 100)
    if mbps > call.world.account.quotas.public_bandwidth_mbps:
        raise Fault("QuotaExceeded.InternetBandwidth", "Internet bandwidth quota exceeded.")
    integer(call.params, "InternetMaxBandwidthIn", 1, 1, max(_SMALL_BANDWIDTH, mbps))


def check_names(call: Call, image: Image) -> None:
    """Refuse malformed names, texts and user data.

    Raises:
        Fault: With the code of the text in question.
    """
    description = text(call.params, "Description")
    if description and (not 2 <= len(description) <= 256 or description.startswith(("http://", "https://"))):
        raise Fault("InvalidDescription.Malformed", "The specified Description is not valid.")
    host = text(call.params, "HostName")
    longest = 15 if image.os_type == "windows" else 64
    if host and (
        not re.fullmatch(rf"[A-Za-z0-9.\-]{{2,{longest}}}", host)
        or host[0] in ".-"
        or host[-1] in ".-"
        or re.search(r"[.\-]{2}", host)
    ):
        raise Fault("HOSTNAME_ILLEGAL", "hostname is not valid.", 404)
    data = text(call.params, "UserData")
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise Fault("InvalidUserData.Base64FormatInvalid", "The specified UserData is not Base64.") from None
    if len(raw) > 32 * 1024:
        raise Fault("InvalidUserData.SizeExceeded", "The specified UserData exceeds 32 KB.")


def check_login(call: Call, image: Image) -> None:
    """Refuse a way to log in that the image or the account does not have.

    Raises:
        Fault: A missing key pair, or a password that cannot be inherited or is too weak.
    """
    params = call.params
    pair = text(params, "KeyPairName")
    if pair and image.os_type == "windows":
        raise Fault("DependencyViolation.WindowsInstance", "A key pair cannot be bound to a Windows instance.", 403)
    if pair and pair not in call.world.key_pairs:
        raise Fault("InvalidKeyPairName.NotFound", "The specified KeyPairName does not exist in our records.", 404)
    password = text(params, "Password")
    if boolean(params, "PasswordInherit") and (password or not image.preset_password):
        raise Fault("InvalidPasswordParam.Mismatch", "PasswordInherit needs an image with a password, and no Password.")
    classes = sum(bool(re.search(kind, password)) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]"))
    if password and (not 8 <= len(password) <= 30 or classes < 3):
        raise Fault("InvalidPassword.Malformed", "The specified parameter Password is not valid.")


def check_role(call: Call) -> None:
    """Refuse a RAM role that does not exist, is not for ECS, or may not be handed on.

    Raises:
        Fault: `InvalidRamRole.*` or `InvalidUser.PassRoleForbidden`.
    """
    name = text(call.params, "RamRoleName")
    if not name:
        return
    role = call.world.ram_roles.get(name)
    if role is None:
        raise Fault("InvalidRamRole.NotFound", "The specified RamRoleName does not exist.", 404)
    if role.trusts != "ecs.aliyuncs.com":
        raise Fault("InvalidRamRole.NotEcsRole", "The specified RamRole is not authorized for ECS.", 401)
    if not call.allowed("ram:PassRole"):
        raise Fault("InvalidUser.PassRoleForbidden", "The RAM user does not have the privilege to pass a role.", 403)


def check_hardware_options(call: Call, kind: InstanceType, image: Image) -> None:
    """Refuse CPU and metadata options that the type or the image does not have.

    Raises:
        Fault: `InvalidParam.CpuOptions*`, `InvalidHttpTokens.NotSupported` or `InvalidParameter`.
    """
    params = call.params
    threads = integer(params, "CpuOptions.ThreadsPerCore", kind.threads_per_core)
    cores = integer(params, "CpuOptions.Core", kind.cpu // kind.threads_per_core)
    asked = any(name.startswith("CpuOptions.") for name in params)
    fits = threads in {1, kind.threads_per_core} and 1 <= cores <= kind.cpu // kind.threads_per_core
    takes_any = kind.hyper_threading_adjustable or call.world.variants["cpu_options"] == "accepted"
    if asked and not (takes_any and fits):
        raise Fault(
            "InvalidParam.CpuOptionsCore", "The specified CpuOptions.Core is not supported by the instance type.", 403
        )
    if text(params, "HttpEndpoint", "enabled") not in {"enabled", "disabled"}:
        raise invalid_parameter("HttpEndpoint", "it is enabled or disabled")
    tokens = text(params, "HttpTokens", "optional")
    if tokens not in {"optional", "required"}:
        raise invalid_parameter("HttpTokens", "it is optional or required")
    if tokens == "required" and image.imds_support != "v2":
        raise Fault("InvalidHttpTokens.NotSupported", "The image does not support HttpTokens=required.")
