"""What a person may decide about a launch beyond place and bill: offers from the source, and words for them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ecs_dr.domain.attributes.rows_access import RAM_ROLE, USER_DATA
from ecs_dr.domain.attributes.rows_disks import SNAPSHOT_POLICY
from ecs_dr.domain.attributes.rows_instance import DEDICATED_HOST, DEPLOYMENT_SET
from ecs_dr.domain.attributes.rows_network import DRILL_HOURS, NO_PUBLIC_IP, RELEASE
from ecs_dr.domain.attributes.spoken import named
from ecs_dr.domain.attributes.table import WORDS
from ecs_dr.domain.attributes.terms import Billing, LaunchChoices, copyable_tags
from ecs_dr.domain.attributes.values import as_list, as_tags
from ecs_dr.domain.model import Model
from ecs_dr.domain.source import Source

OTHER_GROUPS = "other_groups"
"""In the replica's lineage tag: it has other security groups than the source, by decision."""
WITHOUT = "without_"
"""Before the key of an attribute that was refused and left out, in the replica's lineage tag."""
PRESENT = "present"
"""The value of an offer whose content is not shown, in no language; `worded_value` has the words."""
MAX_RELEASE_HOURS = 720
"""RunInstances, AutoReleaseTime, allows three years; a drill that lasts longer than a month is none."""
SOONEST_RELEASE = timedelta(hours=1)
"""RunInstances, AutoReleaseTime: at least half an hour ahead when the launch is sent."""

WORTH_ASKING = frozenset({RAM_ROLE, USER_DATA, SNAPSHOT_POLICY, DEPLOYMENT_SET, DEDICATED_HOST, NO_PUBLIC_IP})
"""What makes the question worth putting; a host name alone, which every instance has, does not."""
LIKE_PRODUCTION = frozenset({RAM_ROLE, SNAPSHOT_POLICY})
"""What a replica that is to take over needs, and that does nothing by itself when it boots."""

_RELEASE = re.compile(r"release_(\d{1,4})h", re.ASCII)
_BETWEEN_PARTS = re.compile(r"[,;，、；\n]+")


class Offer(Model):
    """One thing to decide.

    Attributes:
        word: What a person types for it.
        key: The row of the ledger.
        value: What the source has.
    """

    word: str
    key: str
    value: str


class Wanted(Model):
    """What the typed words ask for; `unknown` are those that are no words of this source."""

    carried: frozenset[str]
    public_ip: bool
    release_hours: int | None
    unknown: tuple[str, ...] = ()


def offers(source: Source, billing: Billing) -> tuple[Offer, ...]:
    """What there is to decide about this source, the weightiest first."""
    instance = source.instance
    prepaid = billing.charge.charge_type == "PrePaid"
    renews = prepaid and bool((source.auto_renew or {}).get("auto_renew_enabled"))
    policies = as_list({disk.auto_snapshot_policy_id for disk in source.disks} - {""})
    of_instance = {tag.key for tag in instance.tags}
    disk_tags = {tag for disk in source.disks for tag in copyable_tags(disk.tags) if tag.key not in of_instance}
    host = instance.dedicated_host_id or (instance.tenancy if instance.tenancy == "host" else "")
    found = (
        ("ram_role_name", source.ram_role_name or ""),
        ("user_data", PRESENT if source.has_user_data else ""),
        ("auto_snapshot_policy_id", policies),
        ("deployment_set_id", instance.deployment_set_id),
        ("tenancy", host),
        ("host_name", instance.host_name),
        ("disk_tags", as_tags(disk_tags)),
        ("password_inherit", "" if instance.key_pair_name else "?"),
        ("auto_renew", "true" if renews else ""),
        ("public_ip", as_list(instance.public_ips)),
        ("auto_release_time", "" if prepaid else "-"),
    )
    return tuple(Offer(word=WORDS[key], key=key, value=value) for key, value in found if value)


def is_worth_asking(offered: tuple[Offer, ...]) -> bool:
    """Whether the source has something that a person should decide about."""
    return any(offer.word in WORTH_ASKING for offer in offered)


def read_words(text: str, offered: tuple[Offer, ...]) -> Wanted:
    """What somebody typed, by the words of the first column or the names of the second; hours of a release are free."""
    known = {offer.word for offer in offered}
    keys = {offer.key: offer.word for offer in offered}
    release_word = RELEASE.format(hours=DRILL_HOURS)
    hours: int | None = None
    carried, unknown = set[str](), list[str]()
    for part in filter(None, _BETWEEN_PARTS.split(text.strip().lower())):
        words = part.split()
        if any(word in known or _RELEASE.fullmatch(word) for word in words):
            wanted, strange = {word for word in words if word in known}, [word for word in words if word not in known]
        else:
            by_name = named(part, keys)
            wanted, strange = (set[str](), words) if by_name is None else (by_name[0], [])
            if release_word in wanted:
                told = by_name[1] if by_name is not None else None
                wanted, strange = wanted - {release_word}, [RELEASE.format(hours=told or DRILL_HOURS)]
        for word in [*sorted(wanted & {release_word}), *strange]:
            release = _RELEASE.fullmatch(word)
            if release is not None and release_word in known and 1 <= int(release[1]) <= MAX_RELEASE_HOURS:
                hours = int(release[1])
            else:
                unknown.append(word)
        carried |= wanted - {release_word}
    return Wanted(
        carried=frozenset(carried - {NO_PUBLIC_IP}),
        public_ip=NO_PUBLIC_IP not in carried,
        release_hours=hours,
        unknown=tuple(unknown),
    )


def release_time(now: datetime, hours: int) -> str:
    """When a drill ends, as RunInstances takes it: UTC, whole minutes."""
    return (now + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:00Z")


def words_of(choices: LaunchChoices) -> tuple[str, ...]:
    """The words for what was decided, for the replica's lineage tag."""
    left_out = tuple(f"{WITHOUT}{key}" for key in sorted(choices.left_out))
    groups = (OTHER_GROUPS,) if choices.security_group_ids else ()
    return tuple(sorted(choices.carried)) + (() if choices.public_ip else (NO_PUBLIC_IP,)) + left_out + groups


def choices_from(
    words: frozenset[str], auto_release_time: str, security_group_ids: tuple[str, ...] = ()
) -> LaunchChoices:
    """What `words_of` wrote, with the release time and the groups that the replica itself reports."""
    left_out = frozenset(word for word in words if word.startswith(WITHOUT))
    return LaunchChoices(
        carried=words - {NO_PUBLIC_IP, OTHER_GROUPS} - left_out,
        public_ip=NO_PUBLIC_IP not in words,
        release_time=auto_release_time,
        left_out=frozenset(word.removeprefix(WITHOUT) for word in left_out),
        security_group_ids=security_group_ids if OTHER_GROUPS in words else (),
    )
