"""Whether a disk to be made is encrypted, and with which key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecs_dr.simulator.actions import Call
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.model_catalogue import DiskOffer
from ecs_dr.simulator.model_compute import ImageMapping
from ecs_dr.simulator.params import boolean


@dataclass(frozen=True)
class Encryption:
    """Encrypted or not; an empty key id means the service's own key."""

    encrypted: bool
    kms_key_id: str = ""


def choose_encryption(
    call: Call,
    members: Mapping[str, str],
    made_of: ImageMapping | None,
    offer: DiskOffer,
    *,
    inherit: bool = False,
) -> Encryption:
    """The encryption of a disk.

    Args:
        call: The launch.
        members: The disk's parameters.
        made_of: What it is a copy of, None for a blank disk.
        offer: What the zone sells.
        inherit: Nothing was said of this disk, so it is as its snapshot is.

    Raises:
        Fault: The parameters do not go with the snapshot, the key, the account or the zone.
    """
    asked = boolean(members, "Encrypted")
    key = members.get("KMSKeyId", "")
    forced = call.world.behaviour.default_encryption
    if forced and members.get("Encrypted") and not asked:
        raise Fault("InvalidEncrypted.NotMatchDiskDefaultEncryption", "Default encryption of disks is enabled.", 403)
    copy_of_encrypted = made_of is not None and made_of.encrypted
    if copy_of_encrypted and not (asked or forced or inherit):
        raise Fault(
            "InvalidEncrypted.NotMatchSnapshot",
            "The specified parameter Encrypted must be true for an encrypted snapshot.",
            403,
        )
    encrypted = asked or forced or copy_of_encrypted
    _check_key(call, key, encrypted=encrypted)
    if made_of is not None and copy_of_encrypted:
        if key and made_of.kms_key_id and key != made_of.kms_key_id:
            raise Fault("InvalidKmsKeyId.NotMatchSnapshot", "The KMSKeyId must be that of the snapshot.")
        key = key or made_of.kms_key_id
    if encrypted and not offer.encryption:
        code = "NotSupportSnapshotEncrypted.ZoneId" if copy_of_encrypted else "InvalidParameter.Encrypted"
        raise Fault(code, "Encrypted disks are not supported in this zone.", 403 if copy_of_encrypted else 400)
    return Encryption(encrypted, key)


def _check_key(call: Call, key: str, *, encrypted: bool) -> None:
    if key and not encrypted:
        raise Fault("InvalidEncrypted.NotMatchKmsKeyId", "A KMSKeyId needs Encrypted to be true.")
    if key and key not in call.world.account.kms_keys:
        raise Fault("InvalidParameter.KMSKeyId.NotFound", "The specified KMSKeyId does not exist.", 404)
