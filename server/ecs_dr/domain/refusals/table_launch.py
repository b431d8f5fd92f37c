"""What RunInstances, or a trial of it, may be refused for."""

from __future__ import annotations

from ecs_dr.domain.refusals.model import Blame, Row, row
from ecs_dr.errors import ErrorKind

_TYPE: tuple[Row, ...] = (
    row(
        "no_stock",
        ErrorKind.NO_STOCK,
        Blame.TYPE,
        """
        OperationDenied.NoStock InvalidInstanceType.ZoneNotSupported InvalidResourceType.NotSupported
        InstanceType.Offline InvalidInstanceType.NotSupported LackResource Invalid.PrivatePoolOptions.NoStock *.NoStock
        """,
    ),
    *(
        row("no_stock", ErrorKind.NO_STOCK, Blame.TYPE, "OperationDenied", said=said)
        for said in ("out of usage", "temporarily suspended", "out of stock", "no stock", "instancetype or zone")
    ),
    row(
        "code.instance_type",
        ErrorKind.PARAMETER,
        Blame.TYPE,
        """
        InvalidInstanceType* InvalidCustomInstanceType* DependencyViolation.IoOptimized IoOptimized.NotSupported
        InvalidIoOptimize* HibernationConfigured.InstanceTypeNotSupport HibernationConfigured.MemorySizeTooBig
        InvalidOperation.VpcHasEnabledAdvancedNetworkFeature
        InvalidOperation.InstanceTypeNotSupportNetworkEncryption
        InvalidOperation.InstanceTypeNotSupportHighPerformanceTrafficMode InvalidParam.NotSupportJumboFrame
        """,
    ),
    row("code.not_opened", ErrorKind.PERMISSION, Blame.TYPE, "InvalidInstanceType.ValueUnauthorized"),
    row("code.group_type", ErrorKind.REFERENCE, Blame.TYPE, "EnterpriseGroupLimited.InstanceType"),
    row("code.group_type", ErrorKind.REFERENCE, Blame.TYPE, "InvalidOperation.NotSupportEnterpriseGroup"),
    row(
        "code.architecture",
        ErrorKind.REFERENCE,
        Blame.IMAGE_TYPE,
        """
        ImageNotSupportInstanceType InvalidImage.NotSupported InvalidImage.OSType InvalidImage.WindowsUnsupported
        InvalidBootMode.NotSupport InvalidArchitecture* InvalidParameter.BootMode
        """,
    ),
    row("code.architecture", ErrorKind.REFERENCE, Blame.IMAGE_TYPE, "InvalidInstanceType.NotSupported", said="image"),
    row("code.architecture", ErrorKind.REFERENCE, Blame.IMAGE_TYPE, "InvalidParameter.Conflict", said="image does not"),
    row("code.architecture", ErrorKind.REFERENCE, Blame.IMAGE_TYPE, "IoOptimized.NotSupported", said="image"),
    row("code.disk_count", ErrorKind.DISK, Blame.DISK_COUNT, "InstanceDiskNum* InstanceDiskLimitExceeded"),
    row(
        "code.public_ip_stock",
        ErrorKind.NO_STOCK,
        Blame.PUBLIC_ADDRESSES,
        "InvalidOperation.PublicIpAddressNoStock InvalidParameter.DedicatedRegionNotSupported",
    ),
)

_DISKS: tuple[Row, ...] = (
    row(
        "disk",
        ErrorKind.DISK,
        Blame.DISK_CATEGORY,
        """
        InvalidDiskCategory* InvalidInstanceType.NotSupportDiskCategory InvalidSystemDiskCategory*
        InvalidDataDiskCategory* OperationDenied.CloudSSDNotSupported OperationDenied.ZoneSystemCategoryNotMatch
        CategoryNotSupported OperationDenied.DiskTypeNotSupport
        """,
    ),
    row("disk", ErrorKind.DISK, Blame.DISK_CATEGORY, "OperationDenied", said="disk category"),
    row("disk", ErrorKind.DISK, Blame.DISK_CATEGORY, "OperationDenied", said="type of the disk"),
    row(
        "code.performance_level",
        ErrorKind.DISK,
        Blame.DISK_LEVEL,
        "InvalidPerformanceLevel* OperationDenied.PerformanceLevelNotMatch",
    ),
    row("code.performance_level", ErrorKind.DISK, Blame.DISK_LEVEL, "InvalidDiskSize.TooSmall", said="pl0"),
    row(
        "code.disk_size",
        ErrorKind.DISK,
        Blame.DISK_SIZE,
        """
        InvalidDiskSize* InvalidSystemDiskSize* InvalidDataDiskSize* InvalidDisk.SystemDiskSize
        InstanceDiskCategoryLimitExceed OperationDenied.SnapshotParamsNotValid
        """,
    ),
    row(
        "code.disk_iops",
        ErrorKind.DISK,
        Blame.DISK_IOPS,
        "InvalidProvisionedIops* ProvisionedIopsForDiskCategory*",
    ),
    row(
        "code.disk_burst",
        ErrorKind.DISK,
        Blame.DISK_BURST,
        "InvalidBurstingEnabled* BurstingEnabledFor*",
    ),
    row(
        "code.disk_device",
        ErrorKind.DISK,
        Blame.DISK_DEVICE,
        "InvalidDataDevice* InvalidDevice* DeleteWithInstance.Conflict InvalidDiskIds.NotPortable",
    ),
    row(
        "encryption",
        ErrorKind.ENCRYPTION,
        Blame.ENCRYPTION,
        """
        InvalidEncrypt* InvalidParameter.Encrypted* InvalidParam.EncryptedMismatch InvalidParameter.KMSKeyId*
        InvalidParameter.KmsNotEnabled InvalidKMSKeyId* InvalidKmsKeyId* NotSupportSnapshotEncrypted*
        NotSupport.SnapshotEncrypted* InvalidParameter.DataEncryptedKeyCreateFailed
        EncryptedOption.Conflict InvalidRegionId.NotSupportEncryptAlgorithm InvalidZoneId.NotSupportShareEncryptedImage
        InvalidZoneId.NotSupportCreateWithShareEncryptedImage HibernationConfigured.ImageNotEncrypted
        """,
    ),
    row("code.encrypted_image", ErrorKind.ENCRYPTION, Blame.SOURCE, "InvalidParameter.DiskType"),
    row("code.encrypted_image", ErrorKind.ENCRYPTION, Blame.SOURCE, "OperationDenied", said="creating system image"),
    row("encryption", ErrorKind.ENCRYPTION, Blame.ENCRYPTION, "OperationDenied", said="encrypted"),
    row("encryption", ErrorKind.ENCRYPTION, Blame.ENCRYPTION, "IncorrectImageStatus", said="encrypted"),
    row("encryption", ErrorKind.ENCRYPTION, Blame.ENCRYPTION, "InvalidParameter", said="kms"),
    row("encryption", ErrorKind.ENCRYPTION, Blame.ENCRYPTION, "IoOptimized.NotSupported", said="kms"),
    row("encryption", ErrorKind.ENCRYPTION, Blame.ENCRYPTION, "InvalidRegion.NotSupport", said="byok"),
    row("encryption", ErrorKind.ENCRYPTION, Blame.ENCRYPTION, "UserNotInTheWhiteList", said="byok"),
)

_IMAGE: tuple[Row, ...] = (
    row(
        "code.image_not_valid",
        ErrorKind.REFERENCE,
        Blame.IMAGE,
        """
        OperationDenied.ImageNotValid InvalidImageId* InvalidImageFamily* OperationDenied.SnapshotNotValid
        OperationDenied.SnapshotNotAllowed InvalidSnapshotId* InvalidDataDiskSnapshotId*
        InvalidSystemDiskSize.ImageNotSupportResize
        """,
    ),
    row("code.image_not_valid", ErrorKind.REFERENCE, Blame.IMAGE, "OperationDenied", said="image is disabled"),
    row("code.image_not_valid", ErrorKind.REFERENCE, Blame.IMAGE, "OperationDenied", said="not allowed to create disk"),
    # The same codes say "deleted, disabled or not yours" and "not available yet".
    row(
        "code.image_not_ready",
        ErrorKind.DEPENDENCY,
        Blame.IMAGE_NOT_READY,
        "OperationDenied.ImageNotValid",
        said="status of the image",
    ),
    row(
        "code.image_not_ready",
        ErrorKind.DEPENDENCY,
        Blame.IMAGE_NOT_READY,
        "OperationDenied",
        said="status of the image",
    ),
    row("code.image_not_ready", ErrorKind.REFERENCE, Blame.IMAGE_NOT_READY, "IncorrectImageStatus"),
    row(
        "code.marketplace_image",
        ErrorKind.REFERENCE,
        Blame.MARKETPLACE,
        "ImageNotSubscribed ImageRemovedInMarket QuotaExceed.BuyImage InvalidMarketImage*",
    ),
    row("code.marketplace_image", ErrorKind.REFERENCE, Blame.MARKETPLACE, "IncorrectImageStatus", said="marketplace"),
    row(
        "code.marketplace_image",
        ErrorKind.REFERENCE,
        Blame.MARKETPLACE,
        "OperationDenied.ImageNotValid",
        said="marketplace",
    ),
    row(
        "code.marketplace_image", ErrorKind.DISK, Blame.MARKETPLACE, "DeleteWithInstance.Conflict", said="image market"
    ),
)

_GROUPS: tuple[Row, ...] = (
    row(
        "code.group",
        ErrorKind.REFERENCE,
        Blame.GROUP,
        """
        InvalidSecurityGroupId* InvalidSecurityGroup* InvalidParameter.SecurityGroupIdRepeated
        OperationDenied.InconsistentNetwork Forbidden.OnlySupportEnterpriseGroup EnterpriseGroupLimited.*
        InvalidOperation.MultiGroupType InvalidOperation.ResourceManagedByCloudProduct
        """,
    ),
    row("code.group", ErrorKind.PARAMETER, Blame.GROUP, "InvalidParameter.Mismatch"),
    row(
        "code.group_full",
        ErrorKind.QUOTA,
        Blame.GROUP,
        "SecurityGroupInstanceLimitExceed JoinedGroupLimitExceed AclLimitExceed InvalidOperation.EniCountExceeded",
    ),
)

_TERMS: tuple[Row, ...] = (
    row(
        "code.terms",
        ErrorKind.PARAMETER,
        Blame.TERMS,
        """
        OperationDenied.PaygNotAvailable OperationDenied.PrepayNotAvailable OperationDenied.RegionIdNotSupported
        OperationDenied.FlavorNotSupported OperationDenied.TimestampNotSupported OperationDenied.BidOwnResource
        InvalidSpot* InvalidAccount.NotSupportSpot InvalidChargeType* InvalidInstanceChargeType* InvalidPeriod*
        InvalidAutoRenewPeriod* InvalidAutoPay* InvalidMarketImageChargeType* ChargeTypeViolation* MissingParamter
        """,
    ),
    row("code.period", ErrorKind.PARAMETER, Blame.TERMS, "InvalidPeriod"),
)


def _option(option: str, codes: str, *, kind: ErrorKind = ErrorKind.PARAMETER, said: str = "") -> Row:
    return row("code.option", kind, Blame.OPTION, codes, said=said, option=option)


_OPTIONS: tuple[Row, ...] = (
    _option("auto_snapshot_policy_id", "InvalidAutoSnapshotPolicyId*", kind=ErrorKind.REFERENCE),
    _option("key_pair_name", "InvalidKeyPairName* DependencyViolation.WindowsInstance", kind=ErrorKind.REFERENCE),
    _option("key_pair_name", "InvalidInstanceType.ValueNotSupported", said="keypairname"),
    _option("ram_role_name", "InvalidRamRole* InvalidNetworkType.MismatchRamRole", kind=ErrorKind.REFERENCE),
    Row(
        "code.option_permission",
        ErrorKind.PERMISSION,
        Blame.OPTION,
        ("InvalidUser.PassRoleForbidden",),
        option="ram_role_name",
        permission="ram:PassRole",
    ),
    row("code.option_permission", ErrorKind.PERMISSION, Blame.OPTION, "InvalidUserData.Forbidden", option="user_data"),
    _option("user_data", "InvalidUserData* ImageNotSupportCloudInit RequestTooLarge"),
    _option(
        "deployment_set_id",
        """
        DeploymentSet.NotFound InvalidDeploymentSet* InvalidDestinationZone.DeploymentSetMismatch
        InvalidParameter.DeploymentSetGroupNo QuotaExceed.DeploymentSetInstanceQuotaFull
        """,
        kind=ErrorKind.REFERENCE,
    ),
    _option("deployment_set_id", "InvalidInstanceType.NotSupported", said="deployment set"),
    _option(
        "tenancy",
        """
        InvalidDedicatedHost* IncorrectDedicatedHostStatus DedicatedHostType.Unmatched NoAvaliableDedicatedHost
        InvalidParameter.Affinity InvalidParameter.Tenancy InvalidParam.Tenancy InvalidDeploymentOnHost
        ResourcesNotInSameZone ChargeTypeViolation.PostPaidDedicatedHost InvalidPeriod.ExceededDedicatedHost
        InvalidInstanceChargeType.NotSupport InvalidNetworkType.NotSupported
        """,
        kind=ErrorKind.REFERENCE,
    ),
    _option("host_name", "InvalidHostName* InvalidHostname* HOSTNAME_ILLEGAL InvalidParams.HostnameExceed"),
    _option("password_inherit", "InvalidPassword* InvalidPasswordParam*"),
    _option("login_as_non_root", "LoginAsNonRoot.ImageNotSupport"),
    _option("cpu_options", "InvalidParameter.CpuOptions* InvalidParam.CpuOptions* InvalidInstanceType.CpuOptions*"),
    _option("cpu_options", "InvalidInstanceType.NotSupportCpuOptions*"),
    _option("http_endpoint", "InvalidHttp* InvalidParameter.FeaturesImdsSupport"),
    _option("credit_specification", "InvalidParameter.CreditSpecification*"),
    _option("resource_group_id", "InvalidResourceGroup*", kind=ErrorKind.REFERENCE),
    _option("auto_release_time", "InvalidAutoReleaseTime*"),
    _option("deletion_protection", "InvalidChargeType.ValueNotSupported", said="deletion protection"),
    _option("deletion_protection", "InvalidDeletionProtection*"),
    _option("secure_boot", "InvalidSecurityOptions* InvalidParam.TrustedSystemMode"),
    _option("secure_boot", "InvalidInstanceType.NotSupported", said="trusted system"),
    _option("private_dns", "InvalidPrivateDns* InvalidParameter.PrivateDns*"),
    _option("description", "InvalidDescription*"),
    _option(
        "tags",
        """
        InvalidTag* Duplicate.TagKey NumberExceed.Tags QuotaExceed.Tags InvalidResourceId.NotSupported
        """,
    ),
    _option("tags", "OperationDenied.QuotaExceed", said="tags"),
    row(
        "code.option_permission",
        ErrorKind.PERMISSION,
        Blame.OPTION,
        "NoPermission.Tag NoPermission.SystemTag",
        option="tags",
    ),
    _option("ipv6", "InvalidVSwitch.Ipv6NotTurnOn MaxEniIpv6IpsCountExceeded InvalidOperation.Ipv6*"),
    _option(
        "internet_max_bandwidth_out",
        """
        InvalidInternet* InvalidBandwidthOut* InvalidParameter.Bandwidth* QuotaExceeded.InternetBandwidth
        InvalidIsp* UnsupportedIsp*
        """,
    ),
    _option("internet_max_bandwidth_out", "InvalidInstanceType.ValueNotSupported", said="internetmaxbandwidthout"),
    _option("internet_max_bandwidth_out", "InvalidNetworkType.Mismatch"),
    _option("internet_max_bandwidth_out", "InvalidParameter", said="bandwidth"),
)

_NOT_SENT: tuple[Row, ...] = (
    row(
        "code.not_sent",
        ErrorKind.PARAMETER,
        Blame.REQUEST,
        """
        Invalid.PrivatePoolOptions* MissingParameter.PrivatePoolOptions* DedicatedHostNotSupported SpotNotSupported
        ClassicNetworkNotSupported Invalid.InstanceType Invalid.InstanceChargeType Invalid.ZoneId InvalidPlatform*
        InvalidAliUid InvalidCapacityReservationId* InvalidStorageClusterId* InvalidStorageSet*
        InvalidParameter.StorageSet* InvalidMaxPartitionNumber* InvalidHpcClusterId* InvalidClusterId*
        InvalidManagedPrivateSpaceId* InvalidLaunchTemplate* InvalidSchedulerOptions InvalidParameter.Arns
        InvalidParam.SecondaryNetworkInterface InvalidParam.NetworkInterface InvalidParams.CreateEniParams
        InvalidParameter.NetworkInterface InvalidOperation.NetworkInterface InvalidOperation.InvalidNetworkInterfaceId
        InvalidOperation.RegionNotSupportNetworkInterfaceId InvalidEniId* InvalidEniQueueSize* InvalidParameter.Eni*
        InvalidParameter.InvalidEniQueueNumber InvalidOperation.MaxEniQueueNumberExceeded
        InvalidOperation.ExceedInstanceTypeQueueNumber InvalidParameter.NetworkCardIndexInvalid
        InvalidOperation.UserNotSupportNetworkCard InvalidOperation.HighPerformance* InvalidParameter.QueuePair*
        InvalidParameter.InvalidQueuePairNumber InvalidOperation.UserNotSupportNetworkEncryption InvalidParam.IpCount
        InvalidParam.IpAssign InvalidParam.SecondaryIp InvalidParam.Amount InvalidIp.* InvalidIPAddress*
        InvalidOperation.Ipv4* InvalidPrimaryIpAddress* InvalidPrivateIpAddress* InvalidInnerIpAddress*
        InvalidParameter.PrivateIpAddressRepeated InvalidNodeControllerId* InvalidRelationResource*
        IncorrectRecycleBinStatus InvalidAdditionalInfoPvdConfig* InvalidParameter.PtpStatus
        InvalidParam.ConfidentialComputingMode InvalidNetworkType InvalidMinAmount* InvalidMaxAmount*
        DryRun.InvalidAmount UnexpectedImageFamily.ImageIdSupplied InvalidParameter.CloudboxNotSupported
        DefaultVswitch.Existed OperationDenied.InvalidNetworkType InvalidClientToken* InvalidImageVersion*
        InvalidSize.ValueNotSupported InvalidParameter.AllEmpty PriceNotFound InvalidParameter.ResourceOwner*
        NotSupported
        """,
    ),
    row("code.not_sent", ErrorKind.PARAMETER, Blame.REQUEST, "OperationDenied", said="network type"),
    row(
        "parameter",
        ErrorKind.PARAMETER,
        Blame.REQUEST,
        """
        InvalidParameter.Conflict InvalidParameter.NotMatch InvalidParameter.Combination InvalidLockReason.NotFound
        InvalidFilterKey.NotFound InvalidNetworkType.NotFound InvalidStatus.NotFound InvalidDiskChargeType.NotFound
        """,
    ),
)

LAUNCH: tuple[Row, ...] = (*_TYPE, *_DISKS, *_IMAGE, *_GROUPS, *_TERMS, *_OPTIONS, *_NOT_SENT)
