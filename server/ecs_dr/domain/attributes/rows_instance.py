"""The ledger: what the instance is, apart from who may use it, its network, its bill and its disks.

Sources: DescribeInstances (response), RunInstances (request parameters), DescribeInstanceRamRole, DescribeUserData.
"""

from __future__ import annotations

from ecs_dr.domain import lineage
from ecs_dr.domain.attributes.model import Attribute, LaunchFields
from ecs_dr.domain.attributes.rows_disks import DISK_TAGS
from ecs_dr.domain.attributes.terms import MAX_TAGS, Terms, copyable_tags, is_copyable
from ecs_dr.domain.attributes.values import as_cpu, as_flag, as_tags, has_all
from ecs_dr.domain.launch import LaunchRequest
from ecs_dr.domain.model import Tag
from ecs_dr.domain.source import CpuOptions, Source

HOST_NAME = "host_name"
DEPLOYMENT_SET = "deployment_set"
DEDICATED_HOST = "dedicated_host"


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
        word=HOST_NAME,
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
        warned="tags_beyond_limit",
    ),
    Attribute(
        "service_tags",
        "identity",
        "cannot",
        "Tags.Tag",
        "",
        value=lambda source: as_tags(tag for tag in source.instance.tags if not is_copyable(tag)),
        warned="tags_not_carried",
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
        word=DEPLOYMENT_SET,
        warned="placement_not_carried",
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
        word=DEDICATED_HOST,
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
        warned="placement_not_carried",
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
        warned="placement_not_carried",
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
        warned="local_disks",
    ),
)
