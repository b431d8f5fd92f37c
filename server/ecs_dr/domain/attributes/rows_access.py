"""The ledger: who may log in to the instance, and what it may do.

Sources: DescribeInstances (response), RunInstances (request parameters), DescribeInstanceRamRole, DescribeUserData.
"""

from __future__ import annotations

from ecs_dr.domain.attributes.model import Attribute, LaunchFields
from ecs_dr.domain.attributes.terms import Terms
from ecs_dr.domain.source import MetadataOptions, Source

RAM_ROLE = "ram_role"
USER_DATA = "user_data"
PASSWORD_INHERIT = "password_inherit"  # noqa: S105 - a word that a person types, not a password


def _metadata(terms: Terms) -> LaunchFields:
    """Tokens can be `required` of an image alone that supports v2; one that is still built inherits it."""
    options = terms.instance.metadata_options
    if options is None:
        return {}
    supported = terms.image.imds_support == "v2" or terms.image.phase == "building"
    tokens = options.http_tokens if options.http_tokens != "required" or supported else ""
    return {"metadata_options": MetadataOptions(http_endpoint=options.http_endpoint, http_tokens=tokens)}


def _user_data(source: Source) -> str | None:
    return None if source.has_user_data is None else "present" if source.has_user_data else ""


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
        warned="key_pair_login",
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
        word=PASSWORD_INHERIT,
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
        warned="password_not_carried",
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
        word=RAM_ROLE,
        warned="ram_role_not_carried",
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
        word=USER_DATA,
        warned="user_data_not_carried",
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
