"""Whether a lexical search for what people say finds this skill, and finds another where another is meant."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping

import pytest
import yaml

from tests.docs.blocks import ROOT
from tests.docs.siblings import (
    CLOUD_MOVE,
    CRASH,
    DATA_TRANSFER,
    DEPLOY,
    DIAGNOSE,
    DISK_SNAPSHOTS,
    FILES,
    INSTANCE_OPS,
    MEAN_WORDS,
    OOS,
    PERMISSION,
    RDS,
    SIBLINGS,
    SNAPSHOT,
)

OURS = "alibabacloud-ecs-disaster-recovery-image"
DESCRIPTION = yaml.safe_load((ROOT / "SKILL.md").read_text(encoding="utf-8").split("---\n", 2)[1])["description"]

FOR_US = (
    "整机备份到另一个可用区",
    "把这台服务器复制到另一个可用区",
    "机房挂了怎么恢复ECS",
    "帮我做个镜像然后换个可用区创建实例",
    "跨可用区创建实例",
    "从镜像创建实例到另一个可用区",
    "可用区故障了，恢复我的 ECS 实例",
    "给 ECS 做跨可用区灾备",
    "这个数据中心要停了，在别的可用区起一台一样的服务器",
    "克隆一台 ECS 实例到可用区 K",
    "做一次灾备演练，在另一个可用区拉起副本",
    "给服务器做个整机镜像，然后在另一个可用区开一台",
    "可用区 H 挂了，怎么把服务器恢复出来",
    "在同城另一个机房建一台灾备实例",
    "制作镜像并在其他可用区创建实例",
    "看看哪些实例能在可用区故障时恢复",
    "把一组应用服务器按顺序恢复到另一个可用区",
    "把实例复制一份到可用区 L 作为备用",
    "跨可用区实例克隆",
    "ECS 可用区容灾怎么做",
    "clone my ECS server to another AZ",
    "create a DR instance in another availability zone",
    "back up my ECS instance in another zone",
    "recover an ECS instance into another availability zone",
    "zone H is down, bring my server back in another zone",
    "make a whole-instance image and launch a copy in another AZ",
    "rehearse a failover of my ECS instance to another zone",
    "run a DR drill for i-2ze in a different availability zone",
    "replicate this server to a second data center in the same region",
    "I need a replica of my instance in another zone",
    "availability zone outage: restore my ECS instance elsewhere",
    "which of my instances could be recovered if the zone fails",
    "cross-zone disaster recovery for ECS",
    "copy my server to cn-beijing-l, another availability zone",
    "our data center is down, recover the ECS server",
    "DR replica of a web server in a second AZ",
    "launch a new instance from an image in another zone",
    "image backup of an ECS instance and a clone in zone K",
    "verify that the replica in the other zone matches its source",
    "recover several servers into another availability zone in waves",
)
FOR_ANOTHER = {
    "给这块云盘创建快照": DISK_SNAPSHOTS,
    "删除旧快照": DISK_SNAPSHOTS,
    "回滚云盘到昨天的快照": DISK_SNAPSHOTS,
    "take a snapshot of one disk": DISK_SNAPSHOTS,
    "set an automatic snapshot policy": DISK_SNAPSHOTS,
    "用快照把一块数据盘挂载到另一台实例": SNAPSHOT,
    "snapshot a data disk and attach the new disk to another instance": SNAPSHOT,
    "备份 /var/www 目录下的文件": FILES,
    "back up the files of a directory on my ECS instance every day": FILES,
    "备份 RDS 数据库": RDS,
    "restore my MySQL database from a backup": RDS,
    "迁移数据库到另一个地域": DATA_TRANSFER,
    "迁移整个应用到另一个地域": CLOUD_MOVE,
    "migrate my servers to another region": CLOUD_MOVE,
    "删除这台实例": INSTANCE_OPS,
    "release and delete my old ECS instances": INSTANCE_OPS,
    "停止实例再启动": INSTANCE_OPS,
    "SSH 连不上服务器": DIAGNOSE,
    "my ECS server is slow and the disk is full": DIAGNOSE,
    "实例为什么自己重启崩溃": CRASH,
    "生成一个 OOS 模板": OOS,
    "权限不足 NoPermission 怎么办": PERMISSION,
    "把这个项目部署到云服务器": DEPLOY,
}


def words(text: str) -> list[str]:
    """English words, and Chinese in pairs of characters, as search engines cut it."""
    latin = re.findall(r"[a-z0-9]+", text.lower())
    runs = re.findall(r"[一-鿿]+", text)
    return latin + [run[at : at + 2] for run in runs for at in range(max(1, len(run) - 1))]


def ranked(request: str, descriptions: Mapping[str, str]) -> list[str]:
    """The names by BM25 (k1 1.2, b 0.75) over name and description, best first."""
    pages = {name: Counter(words(f"{name.replace('-', ' ')} {text}")) for name, text in descriptions.items()}
    scores = dict.fromkeys(pages, 0.0)
    for word in set(words(request)):
        holding = sum(word in page for page in pages.values())
        rare = math.log(1 + (len(pages) - holding + 0.5) / (holding + 0.5))
        for name, page in pages.items():
            scores[name] += rare * page[word] * 2.2 / (page[word] + 1.2 * (0.25 + 0.75 * page.total() / MEAN_WORDS))
    return sorted(scores, key=lambda name: -scores[name])


def first(request: str, description: str = DESCRIPTION) -> str:
    return ranked(request, {**SIBLINGS, OURS: description})[0]


@pytest.mark.parametrize("request_", FOR_US)
def test_a_plain_request_finds_this_skill_first(request_: str) -> None:
    assert first(request_) == OURS


@pytest.mark.parametrize(("request_", "meant"), FOR_ANOTHER.items())
def test_a_near_miss_finds_the_skill_that_is_meant(request_: str, meant: str) -> None:
    assert first(request_) == meant


def test_the_forty_are_of_both_languages_and_the_words_of_the_description_are_what_finds_it() -> None:
    assert len(FOR_US) == len(set(FOR_US)) == 40
    assert sum(bool(re.search("[一-鿿]", one)) for one in FOR_US) == 20
    bare = "ECS disaster recovery: image, other zone."
    assert sum(first(one, bare) == OURS for one in FOR_US) < 10, "the ranking does not tell descriptions apart"
