"""The ledger: what the instance is, apart from its network, its bill and its disks.

Sources: DescribeInstances (response), RunInstances (request parameters), DescribeInstanceRamRole, DescribeUserData.
"""

from __future__ import annotations

from ecs_dr.domain import lineage
from ecs_dr.domain.attributes.model import Attribute, LaunchFields
from ecs_dr.domain.attributes.terms import MAX_TAGS, Terms, copyable_tags, is_copyable
from ecs_dr.domain.attributes.values import as_cpu, as_flag, as_tags, has_all
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import Tag
from ecs_dr.domain.source import CpuOptions, MetadataOptions, Source

RAM_ROLE = "ram_role"
USER_DATA = "user_data"
HOST_NAME = "host_name"
DEPLOYMENT_SET = "deployment_set"
DEDICATED_HOST = "dedicated_host"
PASSWORD_INHERIT = "password_inherit"  # noqa: S105 - a word that a person types, not a password
DISK_TAGS = "disk_tags"


def _tags(terms: Terms) -> LaunchFields:
    """The user's own, and where the replica comes from: of too many the last give way, but for those that prove it."""
    own = {tag.key: tag for tag in copyable_tags(terms.instance.tags)}
    if terms.carries(DISK_TAGS):
        of_disks = (tag for disk in terms.source.disks for tag in disk.tags if is_copyable(tag))
        own.update({tag.key: tag for tag in of_disks if tag.key not in own})
    proof = tuple(tag for tag in terms.lineage if not lineage.gives_way(tag))
    notes = tuple(tag for tag in terms.lineage if lineage.gives_way(tag))
    carried: tuple[Tag, ...] = tuple(own.values())[: MAX_TAGS - len(proof)]
    return {"tags": (*carried, *proof, *notes[: MAX_TAGS - len(proof) - len(carried)])}


def _metadata(terms: Terms) -> LaunchFields:
    """Tokens can be `required` of an image alone that supports v2; one that is still built inherits it."""
    options = terms.instance.metadata_options
    if options is None:
        return {}
    supported = terms.image.imds_support == "v2" or terms.image.phase == "building"
    tokens = options.http_tokens if options.http_tokens != "required" or supported else ""
    return {"metadata_options": MetadataOptions(http_endpoint=options.http_endpoint, http_tokens=tokens)}


def _cpu(terms: Terms) -> LaunchFields:
    """Only what was customised, on a type that says it can be: every instance reports them, most types take none.

    A default that is sent all the same is refused with 403 InvalidParam.CpuOptionsCore (RunInstances).
    """
    options = terms.instance.cpu_options if terms.same_type else None
    if options is None or options.is_default(terms.instance.cpu) or not terms.source.threads_adjustable:
        return {}
    kept = {"core_count": options.core_count, "threads_per_core": options.threads_per_core}
    return {"cpu_options": CpuOptions(**kept, topology_type=options.topology_type)}


def _keeps_the_types_own(source: Source, launch: LaunchRequest) -> bool:
    own = source.instance
    is_same = launch.cpu_options is None and launch.instance_type == own.instance_type
    return is_same and own.cpu_options is not None and own.cpu_options.is_default(own.cpu)


def _deployment_set(terms: Terms) -> LaunchFields:
    if not terms.carries(DEPLOYMENT_SET):
        return {}
    source = terms.instance
    return {
        "deployment_set_id": source.deployment_set_id,
        "deployment_set_group_no": source.deployment_set_group_no,
    }


def _tenancy(source: Source) -> str:
    instance = source.instance
    return "host" if instance.dedicated_host_id or instance.tenancy == "host" else ""


def _name(source: Source) -> str:
    return source.instance.name or source.instance.instance_id


def _user_data(source: Source) -> str | None:
    return None if source.has_user_data is None else "present" if source.has_user_data else ""


IDENTITY = (
    Attribute(
        "instance_name",
        "identity",
        "copied",
        "InstanceName",
        "InstanceName",
        numbers=(4,),
        value=_name,
        decided=lambda launch: launch.instance_name,
        carry=lambda terms: {"instance_name": terms.name},
    ),
    Attribute(
        "host_name",
        "identity",
        "asked",
        "HostName",
        "HostName",
        numbers=(5,),
        field="host_name",
        decided=lambda launch: launch.host_name or None,
        carry=lambda terms: {"host_name": terms.instance.host_name} if terms.carries(HOST_NAME) else {},
    ),
    Attribute(
        "description",
        "identity",
        "copied",
        "Description",
        "Description",
        numbers=(6,),
        field="description",
        decided=lambda launch: launch.description,
        carry=lambda terms: {"description": terms.instance.description},
    ),
    Attribute(
        "image_id",
        "identity",
        "copied",
        "ImageId",
        "ImageId",
        numbers=(2,),
        field="image_id",
        decided=lambda launch: launch.image_id,
        carry=lambda terms: {"image_id": terms.image.image_id},
    ),
    Attribute(
        "tags",
        "identity",
        "copied",
        "Tags.Tag",
        "Tag.N",
        numbers=(32,),
        value=lambda source: as_tags(copyable_tags(source.instance.tags)),
        decided=lambda launch: as_tags(copyable_tags(launch.tags)),
        carry=_tags,
        lost=lambda source, replica: not has_all(source, replica),  # nobody decides to leave a tag out
    ),
    Attribute(
        "service_tags",
        "identity",
        "cannot",
        "Tags.Tag",
        "",
        value=lambda source: as_tags(tag for tag in source.instance.tags if not is_copyable(tag)),
    ),
    Attribute(
        "resource_group_id",
        "identity",
        "copied",
        "ResourceGroupId",
        "ResourceGroupId",
        numbers=(33,),
        field="resource_group_id",
        decided=lambda launch: launch.resource_group_id or None,
        carry=lambda terms: {"resource_group_id": terms.instance.resource_group_id},
    ),
    Attribute(
        "deletion_protection",
        "identity",
        "copied",
        "DeletionProtection",
        "DeletionProtection",
        numbers=(43,),
        field="deletion_protection",
        decided=lambda launch: as_flag(launch.deletion_protection),
        carry=lambda terms: {
            "deletion_protection": terms.instance.deletion_protection
            and not (terms.is_prepaid or terms.is_spot or terms.choices.release_time)
        },
    ),
)

COMPUTE = (
    Attribute(
        "instance_type",
        "compute",
        "copied",
        "InstanceType",
        "InstanceType",
        numbers=(1,),
        value=lambda source: source.instance.instance_type,
        decided=lambda launch: launch.instance_type,
        carry=lambda terms: {"instance_type": terms.placement.instance_type},
    ),
    Attribute(
        "cpu_options",
        "compute",
        "copied",
        "CpuOptions.CoreCount",
        "CpuOptions",
        numbers=(40,),
        value=lambda source: as_cpu(source.instance.cpu_options),
        decided=lambda launch: as_cpu(launch.cpu_options),
        carry=_cpu,
        stays=_keeps_the_types_own,
        lost=lambda _source, _replica: True,
    ),
    Attribute(
        "credit_specification",
        "compute",
        "copied",
        "CreditSpecification",
        "CreditSpecification",
        numbers=(39,),
        field="credit_specification",
        decided=lambda launch: launch.credit_specification or None,
        carry=lambda terms: {"credit_specification": terms.instance.credit_specification} if terms.same_type else {},
    ),
    Attribute(
        "deployment_set_id",
        "compute",
        "offered",
        "DeploymentSetId",
        "DeploymentSetId",
        numbers=(41,),
        field="deployment_set_id",
        decided=lambda launch: launch.deployment_set_id,
        carry=_deployment_set,
    ),
    Attribute(
        "tenancy",
        "compute",
        "offered",
        "DedicatedInstanceAttribute.Tenancy",
        "Tenancy",
        numbers=(47,),
        value=_tenancy,
        decided=lambda launch: launch.tenancy,
        carry=lambda terms: {"tenancy": _tenancy(terms.source)} if terms.carries(DEDICATED_HOST) else {},
    ),
    Attribute(
        "affinity",
        "compute",
        "offered",
        "DedicatedInstanceAttribute.Affinity",
        "Affinity",
        plain=str,
        when=lambda terms: terms.carries(DEDICATED_HOST) and "tenancy" not in terms.choices.left_out,
    ),
    Attribute(
        "dedicated_host_id",
        "compute",
        "cannot",
        "DedicatedHostAttribute.DedicatedHostId",
        "",
        field="dedicated_host_id",
    ),
    Attribute(
        "secure_boot",
        "compute",
        "copied",
        "SecurityOptions.EnableSecureBoot",
        "SecurityOptions.EnableSecureBoot",
        field="secure_boot",
        decided=lambda launch: "true" if launch.secure_boot else None,
        carry=lambda terms: {"secure_boot": bool(terms.instance.secure_boot) and terms.same_type},
    ),
    Attribute("trusted_system", "compute", "cannot", "", "SecurityOptions.TrustedSystemMode", numbers=(50,)),
    Attribute("jumbo_frame", "compute", "cannot", "", "NetworkOptions.EnableJumboFrame"),
    Attribute(
        "hpc_cluster_id",
        "compute",
        "cannot",
        "HpcClusterId",
        "",
        alone=True,
        field="hpc_cluster_id",
    ),
    Attribute(
        "capacity_reservation_id",
        "compute",
        "cannot",
        "EcsCapacityReservationAttr.CapacityReservationId",
        "",
        plain=str,
        alone=True,
    ),
    Attribute(
        "local_disks",
        "compute",
        "cannot",
        "LocalStorageAmount",
        "",
        field="local_storage_count",
        value=lambda source: str(source.instance.local_storage_count or ""),
    ),
)

ACCESS = (
    Attribute(
        "key_pair_name",
        "access",
        "copied",
        "KeyPairName",
        "KeyPairName",
        numbers=(35,),
        field="key_pair_name",
        decided=lambda launch: launch.key_pair_name,
        carry=lambda terms: {
            "key_pair_name": terms.instance.key_pair_name if terms.instance.os_type == "linux" else ""
        },
    ),
    Attribute(
        "password_inherit",
        "access",
        "offered",
        "",
        "PasswordInherit",
        numbers=(36,),
        verifiable=False,
        decided=lambda launch: "true" if launch.password_inherit else "",
        carry=lambda terms: {"password_inherit": terms.carries(PASSWORD_INHERIT)},
    ),
    Attribute("login_password", "access", "cannot", "", ""),
    Attribute(
        "login_as_non_root",
        "access",
        "copied",
        "ImageOptions.LoginAsNonRoot",
        "ImageOptions.LoginAsNonRoot",
        field="login_as_non_root",
        numbers=(48,),
        decided=lambda launch: "true" if launch.login_as_non_root else None,
        carry=lambda terms: {"login_as_non_root": bool(terms.instance.login_as_non_root)},
    ),
    Attribute(
        "ram_role_name",
        "access",
        "asked",
        "DescribeInstanceRamRole",
        "RamRoleName",
        numbers=(34,),
        value=lambda source: source.ram_role_name,
        decided=lambda launch: launch.ram_role_name,
        carry=lambda terms: {"ram_role_name": terms.source.ram_role_name or ""} if terms.carries(RAM_ROLE) else {},
    ),
    Attribute(
        "user_data",
        "access",
        "asked",
        "DescribeUserData",
        "UserData",
        numbers=(37,),
        value=_user_data,
        decided=lambda launch: "present" if launch.user_data_from else "",
        carry=lambda terms: {"user_data_from": terms.instance.instance_id} if terms.carries(USER_DATA) else {},
    ),
    Attribute(
        "http_endpoint",
        "access",
        "copied",
        "MetadataOptions.HttpEndpoint",
        "HttpEndpoint",
        numbers=(38,),
        value=lambda source: (
            None if source.instance.metadata_options is None else source.instance.metadata_options.http_endpoint
        ),
        decided=lambda launch: launch.metadata_options.http_endpoint or None if launch.metadata_options else None,
        carry=_metadata,
    ),
    Attribute(
        "http_tokens",
        "access",
        "copied",
        "MetadataOptions.HttpTokens",
        "HttpTokens",
        numbers=(38,),
        value=lambda source: (
            None if source.instance.metadata_options is None else source.instance.metadata_options.http_tokens
        ),
        decided=lambda launch: launch.metadata_options.http_tokens or None if launch.metadata_options else None,
    ),
    Attribute(
        "hop_limit",
        "access",
        "cannot",
        "MetadataOptions.HttpPutResponseHopLimit",
        "",
        value=lambda source: (
            None if source.instance.metadata_options is None else str(source.instance.metadata_options.hop_limit or "")
        ),
    ),
)
