"""The one instance to be created: everything that RunInstances will be told."""

from __future__ import annotations

from pydantic import Field

from ecs_dr.domain.disks.model import ReplicaDisk
from ecs_dr.domain.model import JsonObject, JsonValue, Model, Plain, Tag, as_parameters
from ecs_dr.domain.source import CpuOptions, MetadataOptions, PrivateDns

USER_DATA = "UserData"
"""Shown, and decided on, as the instance it comes from; the content takes its place when the launch is sent."""


class LaunchRequest(Model):
    """Every parameter of the launch. Nothing that matters is left to a default of the API."""

    region_id: str
    zone_id: str
    image_id: str
    instance_type: str
    vswitch_id: str
    security_group_ids: tuple[str, ...]
    instance_name: str
    description: str = ""
    charge_type: str = "PostPaid"
    period: int | None = None
    """Months; PrePaid alone."""
    auto_renew_months: int | None = None
    """A subscription is renewed by itself for so long each time; None: it is not."""
    spot_strategy: str = "NoSpot"
    spot_price_limit: float | None = None
    spot_duration: int | None = None
    spot_interruption_behavior: str = ""
    auto_release_time: str = ""
    """When the cloud releases it by itself, as `2026-11-22T08:00:00Z`: it is a drill. Pay-as-you-go alone."""
    internet_charge_type: str = ""
    internet_max_bandwidth_out: int = 0
    """Mbps. More than 0 makes the API allocate a public IPv4 address."""
    internet_max_bandwidth_in: int | None = None
    """Mbps; None leaves it to the cloud."""
    ipv6_address_count: int = 0
    private_dns: PrivateDns | None = None
    disks: tuple[ReplicaDisk, ...]
    host_name: str = ""
    """Empty: the cloud makes one up."""
    ram_role_name: str = ""
    user_data_from: str = ""
    """The instance whose user data is passed on; its content is read when the launch is sent, and never kept."""
    password_inherit: bool = False
    login_as_non_root: bool = False
    deployment_set_id: str = ""
    deployment_set_group_no: int | None = None
    tenancy: str = ""
    secure_boot: bool = False
    key_pair_name: str = ""
    resource_group_id: str = ""
    deletion_protection: bool = False
    credit_specification: str = ""
    metadata_options: MetadataOptions | None = None
    cpu_options: CpuOptions | None = None
    tags: tuple[Tag, ...] = ()
    plain: dict[str, Plain] = Field(default_factory=dict)
    """What is carried as it stands, by the parameter that sets it."""

    def parameters(self) -> JsonObject:
        """The parameters as sent, without the ClientToken (RunInstances)."""
        params: JsonObject = {
            "RegionId": self.region_id,
            "ZoneId": self.zone_id,
            "ImageId": self.image_id,
            "InstanceType": self.instance_type,
            "VSwitchId": self.vswitch_id,
            "SecurityGroupIds": list(self.security_group_ids),
            "InstanceName": self.instance_name,
            "InstanceChargeType": self.charge_type,
            "InternetMaxBandwidthOut": self.internet_max_bandwidth_out,
            "Amount": 1,
        }
        params.update(self._optional_parameters())
        params.update(self._billing_parameters())
        for path, value in self.plain.items():
            _put(params, path, value)
        for disk in self.disks:
            if disk.type == "system":
                params["SystemDisk"] = _system_disk(disk)
        data: list[JsonValue] = [_data_disk(disk) for disk in self.disks if disk.type == "data"]
        if data:
            params["DataDisk"] = data
        if self.tags:
            params["Tag"] = as_parameters(self.tags)
        return params

    def _optional_parameters(self) -> JsonObject:
        params: JsonObject = {
            name: value
            for name, value in (
                ("Description", self.description),
                ("HostName", self.host_name),
                ("InternetChargeType", self.internet_charge_type),
                ("InternetMaxBandwidthIn", self.internet_max_bandwidth_in),
                ("Ipv6AddressCount", self.ipv6_address_count),
                ("KeyPairName", self.key_pair_name),
                ("PasswordInherit", self.password_inherit),
                ("RamRoleName", self.ram_role_name),
                (USER_DATA, f"({self.user_data_from})" if self.user_data_from else ""),
                ("ResourceGroupId", self.resource_group_id),
                ("CreditSpecification", self.credit_specification),
                ("DeletionProtection", self.deletion_protection),
                ("DeploymentSetId", self.deployment_set_id),
                ("DeploymentSetGroupNo", self.deployment_set_group_no),
                ("Tenancy", self.tenancy),
                ("AutoReleaseTime", self.auto_release_time),
            )
            if value
        }
        params.update(self._option_groups())
        return params

    def _option_groups(self) -> JsonObject:
        params: JsonObject = {}
        if self.metadata_options is not None:
            if self.metadata_options.http_endpoint:
                params["HttpEndpoint"] = self.metadata_options.http_endpoint
            if self.metadata_options.http_tokens:
                params["HttpTokens"] = self.metadata_options.http_tokens
        if self.cpu_options is not None and self.cpu_options.core_count:
            cpu: JsonObject = {
                "Core": self.cpu_options.core_count,
                "ThreadsPerCore": self.cpu_options.threads_per_core,
            }
            if self.cpu_options.topology_type:
                cpu["TopologyType"] = self.cpu_options.topology_type
            params["CpuOptions"] = cpu
        if self.login_as_non_root:
            params["ImageOptions"] = {"LoginAsNonRoot": True}
        if self.secure_boot:
            params["SecurityOptions"] = {"EnableSecureBoot": True}
        if self.private_dns is not None:
            params["PrivateDnsNameOptions"] = _private_dns(self.private_dns)
        return params

    def _billing_parameters(self) -> JsonObject:
        params: JsonObject = {}
        if self.charge_type == "PrePaid":
            renews = self.auto_renew_months is not None
            params.update({"Period": self.period, "PeriodUnit": "Month", "AutoRenew": renews})
            if renews:
                params["AutoRenewPeriod"] = self.auto_renew_months
        elif self.spot_strategy != "NoSpot":
            params["SpotStrategy"] = self.spot_strategy
            if self.spot_price_limit is not None:
                params["SpotPriceLimit"] = self.spot_price_limit
            if self.spot_duration is not None:
                params["SpotDuration"] = self.spot_duration
            if self.spot_interruption_behavior:
                params["SpotInterruptionBehavior"] = self.spot_interruption_behavior
        return params


def _put(params: JsonObject, path: str, value: Plain) -> None:
    """Set a parameter by its path, beside what stands in the same group (`SecurityOptions.EnableSecureBoot`)."""
    group, _, rest = path.partition(".")
    if not rest:
        params[path] = value
        return
    inner = params.setdefault(group, {})
    if isinstance(inner, dict):
        _put(inner, rest, value)


def _private_dns(options: PrivateDns) -> JsonObject:
    return {
        "HostnameType": options.hostname_type or "Custom",
        "EnableIpDnsARecord": options.ip_a,
        "EnableIpDnsPtrRecord": options.ip_ptr,
        "EnableInstanceIdDnsARecord": options.id_a,
        "EnableInstanceIdDnsAAAARecord": options.id_aaaa,
    }


def _disk_parameters(disk: ReplicaDisk) -> JsonObject:
    params: JsonObject = {"Category": disk.category}
    if disk.performance_level is not None and disk.category == "cloud_essd":
        params["PerformanceLevel"] = disk.performance_level
    if disk.category == "cloud_auto":
        params["BurstingEnabled"] = bool(disk.bursting_enabled)
        if disk.provisioned_iops is not None:
            params["ProvisionedIops"] = disk.provisioned_iops
    if disk.name:
        params["DiskName"] = disk.name
    if disk.description:
        params["Description"] = disk.description
    if disk.auto_snapshot_policy_id:
        params["AutoSnapshotPolicyId"] = disk.auto_snapshot_policy_id
    if disk.kms_key_id and disk.encrypted:
        params["KMSKeyId"] = disk.kms_key_id
    return params


def _system_disk(disk: ReplicaDisk) -> JsonObject:
    params = _disk_parameters(disk)
    params["Size"] = str(disk.size_gib)
    if disk.encrypted:
        params["Encrypted"] = "true"
    return params


def _data_disk(disk: ReplicaDisk) -> JsonObject:
    params = _disk_parameters(disk)
    if disk.device:
        params["Device"] = disk.device
    params["Size"] = disk.size_gib
    params["DeleteWithInstance"] = disk.delete_with_instance
    if disk.encrypted:
        params["Encrypted"] = "true"
    return params
