"""What an assistant may choose instead of this skill: names of skills that the vendor publishes, each with its topic.

Names are those of the public collection `aliyun/alibabacloud-aiops-skills` (read in November 2026). The topics are
told in words of our own: what each is for and the words by which it says that it wants to be found. Read again when the
collection changes; a topic that lacks a word of its skill makes the ranking easier than it is.
"""

from __future__ import annotations

MEAN_WORDS = 98
"""Words of a name and description in that collection, on average (279 of them, cut as `test_found.words` cuts). The
topics here are shorter than what they stand for; by their own mean every real description would be too long."""

SIBLINGS = {
    "alibabacloud-ecs-disaster-recovery-snapshot": (
        "Cross-AZ disaster recovery of ECS by snapshot, as a backup and no migration. Full instance recovery: "
        "snapshots (a snapshot consistency group for several disks), a full image, a new instance in the target AZ. "
        "Disk-level recovery: snapshot of a disk, a new disk from it, attached to another existing instance. Phrases: "
        "cross-AZ disaster recovery, cross-zone backup, ECS snapshot recovery, snapshot backup, DR recovery, create an "
        "instance from a snapshot in another AZ, instance replica via snapshot, attach a disk snapshot to another "
        "instance. 可用区灾备恢复、跨可用区备份、ECS 快照恢复、快照备份、灾备恢复、在另一个可用区从快照创建实例、"
        "把盘的快照挂载到其他实例、用快照在另一个可用区创建实例副本、恢复机器到另一个可用区、跨实例磁盘备份"
    ),
    "alibabacloud-ebs-disk-snapshot-management": (
        "ECS disk snapshots: take or create a snapshot of a disk, list, delete, roll back a disk, automatic "
        "snapshot policy, snapshot cost, lifecycle, snapshot consistency group, crash-consistent backup. "
        "创建快照、查询快照、删除快照、回滚云盘、"
        "自动快照策略、快照费用、快照一致性组、一致性备份、整机备份、给云盘做备份、云盘运维"
    ),
    "alibabacloud-cloudbackup-ecs-file-backup-essential-edition": (
        "ECS file backup with Cloud Backup, essential edition: daily automatic backup of files and directories on an "
        "ECS instance, restore of deleted files, free quota. ECS 文件备份、目录备份、备份文件、恢复误删文件、云备份"
    ),
    "alibabacloud-rds-instances-manage": (
        "RDS instances: list, inspect, create, parameters, databases, accounts, performance, backup and restore of a "
        "database. RDS 实例、数据库、MySQL、PostgreSQL、数据库备份、恢复数据库"
    ),
    "alibabacloud-dts-task-manager": (
        "DTS tasks: data migration and synchronisation of databases, also to another region; create, status, stop, "
        "release. 数据迁移、迁移数据库、数据库同步、数据同步到另一个地域、DTS 任务"
    ),
    "alibabacloud-migration-mas-solution": (
        "Migration to Alibaba Cloud from another cloud or to another region: product mapping, migration plan for "
        "servers and applications. 迁云、云迁移、迁移方案、从其他云迁移到阿里云、迁移应用到另一个地域"
    ),
    "alibabacloud-ram-permission-diagnose": (
        "RAM permission diagnosis: NoPermission, Forbidden.RAM, access denied, encoded diagnosis message, request a "
        "policy. 权限不足、无权限、权限诊断、申请权限"
    ),
    "alibabacloud-ecs-diagnose": (
        "ECS diagnostics: SSH timeout, cannot connect, slow instance, disk full, high CPU or memory, network, system "
        "events of a server. 实例诊断、连不上服务器、服务器卡顿、磁盘满"
    ),
    "alibabacloud-ecs-reboot-or-crash-diagnosis": "Why an instance crashed: panic, restart. 实例重启、宕机、崩溃原因",
    "alibabacloud-oos-template-generation": "OOS templates: write and check them. 生成 OOS 模板、运维编排",
    "alibabacloud-ecs-code-deploy": (
        "Deploy project code to ECS: new or existing instance, app, agent, redeploy. 部署项目到 ECS、部署到云服务器、"
        "上线、一键部署"
    ),
    "alibabacloud-ecs-instance-ops": (
        "ECS instance lifecycle: create, start, stop, restart, release, delete and query instances, change attributes. "
        "启动实例、停止实例、重启实例、释放实例、删除实例、查询实例"
    ),
    "alibabacloud-ecs-linux-os-troubleshooting": "Linux on ECS: boot stuck, login failure, mining. 系统故障",
    "alibabacloud-ecs-health-inspection": "Health report of ECS instances: CPU, memory, disk IO. 健康巡检、性能报告",
    "alibabacloud-ecs-install-extension": "Install extensions on ECS: panels, Python, Node.js. 安装扩展",
    "alibabacloud-ecs-patch-management": "OS patches of ECS instances: scan, install, baselines. 补丁管理、修复漏洞",
    "alibabacloud-ecs-gpu-diagnosis": "GPU instances: driver, device not visible, hardware failure. GPU 诊断",
    "alibabacloud-ebs-disk-events": "Events of cloud disks: performance limits, failures. 云盘事件",
    "alibabacloud-network-diagnose": "Network faults: DNS, packet loss, routes, VPC, security groups. 网络诊断、丢包",
    "alibabacloud-nas-mount-diagnosis": "NAS file systems that cannot be mounted. NAS 挂载失败",
    "alibabacloud-bailian-image-creator": "Pictures by AI: text to image, image editing. 生成图片、图片编辑、制作图片",
    "alibabacloud-terraform-code-generation": "Terraform code for Alibaba Cloud resources. 生成 Terraform 代码",
    "alibabacloud-polardb-ai-assistant": "PolarDB clusters: questions, zone switch of a database. PolarDB 诊断",
    "alibabacloud-finops-inspect": "Costs: idle resources, savings, renewal. 成本优化、闲置资源",
    "alibabacloud-ack-cli": "Kubernetes clusters on ACK: nodes, pods, scaling. 容器集群",
    "alibabacloud-waf-config-backup": "Export and backup of the WAF configuration. WAF 配置备份",
}
