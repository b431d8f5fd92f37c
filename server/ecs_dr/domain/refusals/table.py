"""The rows: service, account, image, source, network and names here; what a launch alone meets in `table_launch.py`.

Spelled as the API spells them: `Forbbiden`, `InvalidParamter`, `DistibuteLock`, `MutliGroupType` and others are
misspelled there. Source: the error tables of RunInstances, CreateInstance, CreateImage, CreateVSwitch and the reads in
the API reference, and codes that other clients of the API meet (Terraform provider, terway, packer).
"""

from __future__ import annotations

from ecs_dr.domain.refusals.model import Blame, Row, row
from ecs_dr.domain.refusals.table_launch import LAUNCH
from ecs_dr.errors import ErrorKind

_SERVICE: tuple[Row, ...] = (
    row(
        "transient",
        ErrorKind.TRANSIENT,
        Blame.NOTHING,
        """
        InternalError* ServiceUnavailable* SignatureNonceUsed Mayi.InternalError OperationConflict Operation.Conflict
        TaskConflict OperationDenied.CreatingConflict OperationDenied.ResourceControl NodeControllerUnavailable
        OperationFailed.DistibuteLock OperationFailed.NotifyCenCreate SystemBusy IdempotentFailed LastTokenFailed
        IncorrectDiskStatus.Transferring IncorrectDiskStatus.CreatingSnapshot TooManySnapshot.Unfinished
        QuotaExceed.ConcurrentSnapshotQuota
        """,
    ),
    row("transient", ErrorKind.TRANSIENT, Blame.NOTHING, "OperationDenied", said="another instance has been creating"),
    row(
        "token_busy",
        ErrorKind.TOKEN_BUSY,
        Blame.NOTHING,
        """
        IdempotentProcessing LastTokenProcessing TOKEN_PROCESSING OperationFailed.IdempotentTokenProcessing
        OperationFailed.LastTokenProcessing
        """,
    ),
    row(
        "token_mismatch",
        ErrorKind.TOKEN_MISMATCH,
        Blame.REQUEST,
        "IdempotentParameterMismatch IdempotenceParamNotMatch InvalidParamter.Conflict Duplicated.ClientToken",
    ),
    row(
        "dependency",
        ErrorKind.DEPENDENCY,
        Blame.NOTHING,
        """
        IncorrectVSwitchStatus IncorrectVpcStatus IncorrectDefaultVpcStatus InvalidVPCStatus.NotWorking IncorrectStatus
        IncorrectStatus.* CreateVSwitch.IncorrectStatus* InvalidStatus.RouteEntry IncorrectRouteEntryStatus
        InvalidSnapshotId.NotReady SnapshotNotReady OperationDenied.OtherSubnetProcessing
        OperationDenied.OtherSubnetCreating InvalidHpcClusterId.Creating
        """,
    ),
    row("dry_run_passed", ErrorKind.DRY_RUN_PASSED, Blame.REQUEST, "DryRunOperation"),
)

_ACCOUNT: tuple[Row, ...] = (
    row(
        "billing",
        ErrorKind.BILLING,
        Blame.PAYMENT,
        """
        Account.Arrearage InsufficientBalance* InvalidAccountStatus.NotEnoughBalance InvalidPayMethod
        InvalidAccountStatus.PayAmountLimitExceeded PaymentMethodNotFound InvalidInstance.UnPaidOrder
        OperationDenied.CashCouponsInsufficientOrExpired OperationDenied.IllegalPaymentPolicy
        """,
    ),
    row(
        "code.account_check",
        ErrorKind.BILLING,
        Blame.ACCOUNT,
        """
        RealNameAuthenticationError Forbidden.RiskControl SecurityRisk.3DVerification InvalidAccountStatus*
        AccountForbidden.* InvalidOperation.UserNotSupported OperationDenied.TestAccountRetricted
        """,
    ),
    row("code.account_check", ErrorKind.BILLING, Blame.ACCOUNT, "OperationDenied", said="user profile is not complete"),
    row("code.not_opened", ErrorKind.BILLING, Blame.ACCOUNT, "OperationDenied", said="current user does not support"),
    row(
        "code.snapshot_service",
        ErrorKind.BILLING,
        Blame.ACCOUNT,
        "InvalidAccountStatus.SnapshotServiceUnavailable",
    ),
    row("code.snapshot_quota", ErrorKind.QUOTA, Blame.QUOTA, "QuotaExceed.Snapshot"),
    row(
        "code.image_quota",
        ErrorKind.QUOTA,
        Blame.QUOTA,
        "QuotaExceed.Image ImageQuotaExceed.ImageFamily ImageFamilyQuotaExceed",
    ),
    # Most quota codes are spelled without "ed", the VPC's and some others with it.
    row("quota", ErrorKind.QUOTA, Blame.QUOTA, "QuotaExceed* *LimitExceed OperationDenied.QuotaExceed"),
    row(
        "permission",
        ErrorKind.PERMISSION,
        Blame.PERMISSION,
        """
        Forbidden Forbidden.RAM Forbbiden Forbbiden.SubUser Forbidden.SubUser Forbidden.Unauthorized Forbidden.Action
        Forbidden.* NoPermission*
        """,
    ),
    row(
        "code.main_account_only",
        ErrorKind.PERMISSION,
        Blame.PERMISSION,
        "Forbedden.NotSupportRAM Forbidden.NotSupportRAM",
    ),
    row(
        "code.not_opened",
        ErrorKind.PERMISSION,
        Blame.ACCOUNT,
        "RegionUnauthorized UserNotInTheWhiteList Forbidden.RegionId *.InviteOnlyTesting "
        "InvalidOperation.ConfidentialComputingModeInInviteOnlyTesting",
    ),
    row(
        "credentials",
        ErrorKind.CREDENTIALS,
        Blame.CREDENTIALS,
        """
        Forbidden.AccessKeyDisabled SignatureDoesNotMatch IncompleteSignature InvalidCredentials MissingSecurityToken
        MissingAccessKeyId InvalidAccessKeyId* InvalidSecurityToken*
        """,
    ),
    row("code.token_expired", ErrorKind.CREDENTIALS, Blame.CREDENTIALS, "InvalidSecurityToken.Expired"),
    row("code.clock", ErrorKind.CREDENTIALS, Blame.CREDENTIALS, "InvalidTimeStamp*"),
)

_SOURCE: tuple[Row, ...] = (
    row(
        "source_state",
        ErrorKind.SOURCE_STATE,
        Blame.SOURCE,
        """
        IncorrectInstanceStatus IncorrectDiskStatus IncorrectDiskStatus.Invalid IncorrectDiskStatus.NeverAttached
        InvalidInstance.NotFoundSystemDisk HibernationConfigured.InstanceOperationForbidden
        """,
    ),
    row("code.need_restart", ErrorKind.SOURCE_STATE, Blame.SOURCE, "IncorrectInstanceStatus.NeedRestart"),
    row("code.security_lock", ErrorKind.SOURCE_STATE, Blame.SOURCE, "InstanceLockedForSecurity"),
    row(
        "code.not_imageable",
        ErrorKind.SOURCE_STATE,
        Blame.SOURCE,
        """
        InvalidDiskCategory.CreateImage InvalidOperation.DiskCategoryUnsupported InvalidDiskType.ValueNotSupported
        InvalidSnapshotCategory.NotSupportImageCreation InvalidOperation.SnapshotStorageLocationUnsupported
        OperationDenied.InvalidSnapshotCategory InvalidSnapshot.TooOld InvalidSystemSnapshot.Missing
        OperationDenied.LocalDiskUnsupported CategoryViolation
        """,
    ),
    row(
        "code.not_imageable",
        ErrorKind.SOURCE_STATE,
        Blame.SOURCE,
        "OperationDenied",
        said="not allowed to create image",
    ),
    row("code.not_imageable", ErrorKind.SOURCE_STATE, Blame.SOURCE, "OperationDenied", said="system disk snapshot"),
    row("code.not_imageable", ErrorKind.SOURCE_STATE, Blame.SOURCE, "OperationDenied", said="not from system disk"),
    row("code.not_imageable", ErrorKind.SOURCE_STATE, Blame.SOURCE, "OperationDenied", said="shared snapshots"),
    row("code.instance_gone", ErrorKind.REFERENCE, Blame.SOURCE, "InvalidInstanceId.NotFound Invalid.InstanceId"),
    row("name_taken", ErrorKind.NAME_TAKEN, Blame.NAME, "InvalidImageName.Duplicated"),
    row("code.image_name", ErrorKind.PARAMETER, Blame.NAME, "InvalidImageName*"),
    row(
        "code.instance_name",
        ErrorKind.PARAMETER,
        Blame.NAME,
        "InvalidInstanceName* InvalidParams.InstanceNameExceed",
    ),
)

_PLACE: tuple[Row, ...] = (
    row(
        "code.region",
        ErrorKind.REFERENCE,
        Blame.REGION,
        "InvalidRegionId* Invalid.RegionId Unavailable.Regions InvalidRegion.NotFound",
    ),
    row("cidr", ErrorKind.CIDR, Blame.BLOCK, "InvalidCidrBlock* InvalidCirdrBlock*"),
    row("cidr", ErrorKind.CIDR, Blame.BLOCK, "InvalidParameter", said="cidr"),
    row("cidr", ErrorKind.CIDR, Blame.BLOCK, "OperationDenied", said="network segment of the vswitch"),
    row("code.vpc", ErrorKind.REFERENCE, Blame.REQUEST, "Forbidden.VpcNotFound InvalidVpcId* VpcNotFound"),
    row("code.service_managed", ErrorKind.REFERENCE, Blame.REQUEST, "OperationUnsupported.ServiceManaged"),
    row(
        "code.zone",
        ErrorKind.NO_STOCK,
        Blame.ZONE,
        """
        Zone.NotOnSale Zone.NotOpen InvalidVpcZone.NotSupported OperationDenied.ZoneNotAllowed ResourceNotAvailable
        InvalidZoneId* InvalidCloudBoxZone.OperationNotSupported InvalidVSwitch.DefaultVSwitchNotSupport
        """,
    ),
    row("code.zone", ErrorKind.NO_STOCK, Blame.ZONE, "OperationDenied", said="to the specified zone is not allowed"),
    row(
        "addresses_exhausted",
        ErrorKind.ADDRESSES_EXHAUSTED,
        Blame.ADDRESSES,
        "QuotaExceeded.PrivateIpAddress InvalidVSwitchId.IpNotEnough *.IpNotEnough OperationDenied.NoVlan",
    ),
    row(
        "code.vswitch",
        ErrorKind.REFERENCE,
        Blame.VSWITCH,
        "InvalidVSwitchId* InvalidVswitchID* InvalidParameter.VSwitchId",
    ),
    row("code.vswitch", ErrorKind.PARAMETER, Blame.VSWITCH, "InvalidParameter.Mismatch", said="in the specified zone"),
    row("code.vswitch_name", ErrorKind.PARAMETER, Blame.REQUEST, "InvalidVSwitchName* InvalidVSwitchDiscription*"),
)

ROWS: tuple[Row, ...] = (*_SERVICE, *_ACCOUNT, *_SOURCE, *_PLACE, *LAUNCH)
"""Every row. Of two that fit, the one with the message's part goes first, then the exact code, then the longer
family."""
