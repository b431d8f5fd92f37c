"""The table of error codes, by what they mean (RunInstances, CreateInstance, CreateImage, CreateVSwitch, Describe*).

Spelled as the API spells them: `Forbbiden`, `InvalidParamter`, `DistibuteLock`, `MutliGroupType` and others are
misspelled there. Source: the error tables of the API reference and the codes that other clients handle.
"""

from __future__ import annotations

from collections.abc import Mapping

from ecs_dr.errors import ErrorKind

_TABLE: Mapping[ErrorKind, str] = {
    ErrorKind.TRANSIENT: """
        InternalError ServiceUnavailable SignatureNonceUsed Mayi.InternalError InternalError.AllocateUnderlayIp
        OperationConflict TaskConflict OperationDenied.CreatingConflict OperationDenied.ResourceControl
        NodeControllerUnavailable OperationFailed.DistibuteLock OperationFailed.NotifyCenCreate
        IncorrectDiskStatus.Transferring IncorrectDiskStatus.CreatingSnapshot TooManySnapshot.Unfinished
        QuotaExceed.ConcurrentSnapshotQuota
    """,
    ErrorKind.TOKEN_BUSY: """
        IdempotentProcessing LastTokenProcessing TOKEN_PROCESSING OperationFailed.IdempotentTokenProcessing
        OperationFailed.LastTokenProcessing
    """,
    ErrorKind.TOKEN_MISMATCH: """
        IdempotentParameterMismatch IdempotenceParamNotMatch InvalidParamter.Conflict Duplicated.ClientToken
    """,
    ErrorKind.DEPENDENCY: """
        IncorrectVSwitchStatus IncorrectVpcStatus IncorrectDefaultVpcStatus InvalidVPCStatus.NotWorking
        IncorrectStatus IncorrectStatus.cbnStatus CreateVSwitch.IncorrectStatus.cbnStatus InvalidStatus.RouteEntry
        IncorrectRouteEntryStatus InvalidSnapshotId.NotReady SnapshotNotReady
    """,
    ErrorKind.NO_STOCK: """
        OperationDenied.NoStock InvalidInstanceType.ZoneNotSupported InvalidResourceType.NotSupported
        Zone.NotOnSale Zone.NotOpen InstanceType.Offline InvalidInstanceType.NotSupported ResourceNotAvailable
        InvalidVpcZone.NotSupported OperationDenied.ZoneNotAllowed OperationDenied.PaygNotAvailable
        OperationDenied.PrepayNotAvailable OperationDenied.ZoneSystemCategoryNotMatch CategoryNotSupported
        InvalidOperation.PublicIpAddressNoStock Invalid.PrivatePoolOptions.NoStock LackResource
        NoAvaliableDedicatedHost InvalidZoneId.NotSupportShareEncryptedImage
    """,
    ErrorKind.DISK: """
        InvalidDiskCategory.NotSupported InvalidInstanceType.NotSupportDiskCategory
        InvalidSystemDiskCategory.ValueNotSupported InvalidSystemDiskCategory.ValueUnauthorized
        InvalidDataDiskCategory.ValueNotSupported InvalidDataDiskCategory.ValueUnauthorized
        InvalidDiskCategory.ValueNotSupported InvalidDiskCategory.Mismatch
        InvalidDiskCategory.ConflictSnapshotCategory InvalidDiskCategory.Missing
        OperationDenied.CloudSSDNotSupported InvalidPerformanceLevel.Malformed
        InvalidPerformanceLevel.ValueNotSupported OperationDenied.PerformanceLevelNotMatch
        InvalidDiskSize.TooSmall InvalidDiskSize.NotSupported InvalidSystemDiskSize.LessThanImageSize
        InvalidSystemDiskSize.LessThanMinSize InvalidSystemDiskSize.MoreThanMaxSize
        InvalidSystemDiskSize.ValueNotSupported InvalidSystemDiskSize.ImageNotSupportResize
        InvalidDataDiskSize.ValueNotSupported InstanceDiskCategoryLimitExceed InstanceDiskNumLimitExceed
        InstanceDiskNumber.LimitExceed InstanceDiskLimitExceeded InvalidDataDevice.Malformed InvalidDevice.InUse
        ProvisionedIopsForDiskCategoryUnsupported InvalidProvisionedIops.LimitExceed
        BurstingEnabledForDiskCategoryUnsupported InvalidBurstingEnabled.DiskSizeTooSmall
        DeleteWithInstance.Conflict InvalidAutoSnapshotPolicyId.NotFound
    """,
    ErrorKind.ENCRYPTION: """
        InvalidEncrypted.NotMatchSnapshot InvalidParameter.Encrypted InvalidEncrypted.NotMatchKmsKeyId
        InvalidKmsKeyId.NotMatchSnapshot InvalidEncrypted.NotMatchDiskDefaultEncryption
        InvalidParameter.KmsNotEnabled InvalidKMSKeyId.NotSymmetric InvalidParameter.DiskType
    """,
    ErrorKind.ADDRESSES_EXHAUSTED: "QuotaExceeded.PrivateIpAddress",
    ErrorKind.QUOTA: """
        QuotaExceeded QuotaExceed ImageQuotaExceed.ImageFamily ImageFamilyQuotaExceed OperationDenied.QuotaExceed
        SecurityGroupInstanceLimitExceed JoinedGroupLimitExceed AclLimitExceed NumberExceed.Tags
    """,
    ErrorKind.BILLING: """
        Account.Arrearage InsufficientBalance InsufficientBalance.AgentCredit InvalidAccountStatus InvalidPayMethod
        PaymentMethodNotFound OperationDenied.CashCouponsInsufficientOrExpired
        OperationDenied.IllegalPaymentPolicy InvalidInstance.UnPaidOrder SecurityRisk.3DVerification
        RealNameAuthenticationError Forbidden.RiskControl
    """,
    ErrorKind.PERMISSION: """
        Forbidden Forbidden.RAM Forbbiden Forbbiden.SubUser Forbidden.SubUser Forbedden.NotSupportRAM
        Forbidden.NotSupportRAM Forbidden.Unauthorized Forbidden.Action NoPermission NoPermission.Price
        NoPermission.Tag NoPermission.SystemTag InvalidUser.PassRoleForbidden InvalidUserData.Forbidden
        RegionUnauthorized UserNotInTheWhiteList
    """,
    ErrorKind.CREDENTIALS: """
        Forbidden.AccessKeyDisabled SignatureDoesNotMatch IncompleteSignature InvalidCredentials
        MissingSecurityToken MissingAccessKeyId
    """,
    ErrorKind.NAME_TAKEN: "InvalidImageName.Duplicated",
    ErrorKind.CIDR: "InvalidCidrBlock.Overlapped InvalidCidrBlock.Malformed InvalidCirdrBlock.MaskLength",
    ErrorKind.SOURCE_STATE: """
        IncorrectInstanceStatus IncorrectInstanceStatus.NeedRestart InstanceLockedForSecurity
        InvalidInstance.NotFoundSystemDisk InvalidDiskCategory.CreateImage
        InvalidOperation.DiskCategoryUnsupported InvalidDiskType.ValueNotSupported IncorrectDiskStatus
        IncorrectDiskStatus.Invalid IncorrectDiskStatus.NeverAttached
        HibernationConfigured.InstanceOperationForbidden
    """,
    ErrorKind.REFERENCE: """
        OperationDenied.ImageNotValid IncorrectImageStatus ImageNotSubscribed ImageRemovedInMarket
        ImageNotSupportInstanceType OperationDenied.InconsistentNetwork InvalidSecurityGroup.VpcMismatch
        InvalidRamRole.NotEcsRole Forbidden.OnlySupportEnterpriseGroup Forbidden.VpcNotFound
        InvalidOperation.ResourceManagedByCloudProduct OperationUnsupported.ServiceManaged PriceNotFound
        Unavailable.Regions Invalid.RegionId
    """,
    ErrorKind.PARAMETER: """
        HOSTNAME_ILLEGAL InvalidInstanceChargeType.NotFound InvalidLockReason.NotFound InvalidFilterKey.NotFound
        InvalidNetworkType.NotFound InvalidStatus.NotFound InvalidDiskChargeType.NotFound
        DependencyViolation.WindowsInstance Duplicate.TagKey DryRun.InvalidAmount
        OperationDenied.RegionIdNotSupported OperationDenied.FlavorNotSupported
        OperationDenied.TimestampNotSupported
    """,
    ErrorKind.DRY_RUN_PASSED: "DryRunOperation",
}

EXACT: Mapping[str, ErrorKind] = {code: kind for kind, codes in _TABLE.items() for code in codes.split()}

PREFIXES: tuple[tuple[str, ErrorKind], ...] = (
    ("InternalError.", ErrorKind.TRANSIENT),
    ("InvalidAccessKeyId", ErrorKind.CREDENTIALS),
    ("InvalidSecurityToken", ErrorKind.CREDENTIALS),
    ("InvalidTimeStamp", ErrorKind.CREDENTIALS),
    ("InvalidParameter.KMSKeyId", ErrorKind.ENCRYPTION),
    ("InvalidKMSKeyId", ErrorKind.ENCRYPTION),
    ("InvalidKmsKeyId", ErrorKind.ENCRYPTION),
    ("InvalidEncrypted", ErrorKind.ENCRYPTION),
    ("NotSupportSnapshotEncrypted", ErrorKind.ENCRYPTION),
    ("InvalidAccountStatus", ErrorKind.BILLING),
    ("AccountForbidden.", ErrorKind.BILLING),
    ("InsufficientBalance", ErrorKind.BILLING),
    # Most quota codes are spelled without "ed", the VPC's and some others with it.
    ("QuotaExceed.", ErrorKind.QUOTA),
    ("QuotaExceeded.", ErrorKind.QUOTA),
    ("InvalidCidrBlock", ErrorKind.CIDR),
    ("InvalidCirdrBlock", ErrorKind.CIDR),
    ("InvalidDiskCategory", ErrorKind.DISK),
    ("InvalidSystemDisk", ErrorKind.DISK),
    ("InvalidDataDisk", ErrorKind.DISK),
    ("InvalidDiskSize", ErrorKind.DISK),
    ("InvalidPerformanceLevel", ErrorKind.DISK),
    ("EnterpriseGroupLimited.", ErrorKind.REFERENCE),
    ("NoPermission.", ErrorKind.PERMISSION),
    ("Forbidden.", ErrorKind.PERMISSION),
    ("MissingParam", ErrorKind.PARAMETER),
    ("Incomplete", ErrorKind.PARAMETER),
    ("Invalid.", ErrorKind.PARAMETER),
)

SUFFIXES: tuple[tuple[str, ErrorKind], ...] = (
    (".ValueUnauthorized", ErrorKind.PERMISSION),
    (".NotFound", ErrorKind.REFERENCE),
    (".NotExist", ErrorKind.REFERENCE),
    (".NoStock", ErrorKind.NO_STOCK),
    ("LimitExceed", ErrorKind.QUOTA),
    (".Malformed", ErrorKind.PARAMETER),
)

TEXTS: tuple[tuple[str, str, ErrorKind], ...] = (
    ("OperationDenied", "out of usage", ErrorKind.NO_STOCK),
    ("OperationDenied", "temporarily suspended", ErrorKind.NO_STOCK),
    ("OperationDenied", "out of stock", ErrorKind.NO_STOCK),
    ("OperationDenied", "no stock", ErrorKind.NO_STOCK),
    ("OperationDenied", "another instance has been creating", ErrorKind.TRANSIENT),
    ("OperationDenied", "encrypted", ErrorKind.ENCRYPTION),
    ("OperationDenied", "image is disabled", ErrorKind.REFERENCE),
    ("OperationDenied", "is deleted", ErrorKind.REFERENCE),
    # The same code says "deleted, disabled or not yours" and "not available yet".
    ("OperationDenied.ImageNotValid", "check the status of the image", ErrorKind.DEPENDENCY),
    ("IncorrectImageStatus", "encrypted", ErrorKind.ENCRYPTION),
    # 403: not sold here; 400: the image's architecture forbids the type.
    ("InvalidInstanceType.NotSupported", "architecture", ErrorKind.REFERENCE),
    ("InvalidParameter", "cidr", ErrorKind.CIDR),
    ("InvalidParameter", "kms", ErrorKind.ENCRYPTION),
)
"""(code, fragment of the lower-case text, kind): for codes that mean more than one thing."""
