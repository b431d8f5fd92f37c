"""Chinese texts: the cloud's own terms for a person who does not know its API."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "value.PostPaid": "按量付费",
    "value.PrePaid": "包年包月",
    "value.PayByTraffic": "按使用流量",
    "value.PayByBandwidth": "按固定带宽",
    "value.Pending": "创建中",
    "value.Starting": "启动中",
    "value.Running": "运行中",
    "value.Stopping": "停止中",
    "value.Stopped": "已停止",
    "value.Waiting": "排队中",
    "value.Creating": "创建中",
    "value.Available": "可用",
    "value.system": "系统盘",
    "value.data": "数据盘",
    "value.present": "有",
    "fact.disks_attached": "{count} 块云盘已挂载",
    "fact.named": "{name}：{value}",
    "fact.changed": "{name}：{before} → {after}",
}
