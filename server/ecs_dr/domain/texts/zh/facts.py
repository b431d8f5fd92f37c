"""What the cloud is known to do, may do, or hides."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "facts.tags_without_room": "创建实例时最多可设置 {limit} 个标签，以下标签放不下，请事后手动添加：{tags}",
    "facts.devices_renamed": "镜像中这些云盘的设备名不同，已按设备顺序对应，大小一致：{devices}。如果系统内按设备名挂载，请检查。",
    "facts.image_group": "镜像及其快照将归入源实例所在的资源组 {group}。",
    "finding.tags_beyond_limit": "创建实例时最多可设置 {limit} 个标签，其中一部分由本次恢复使用。以下标签放不下：{tags}。请手动添加到灾备实例。",
    "finding.no_device_name": "以下数据盘没有返回设备名：{disks}。在镜像中将按大小和顺序区分；请在灾备实例上检查每块盘是否挂载在正确的位置。",
    "finding.disks_alike": "以下数据盘没有返回设备名，且其中有大小相同而配置不同的盘：{disks}。无法判断它们在镜像中的对应关系：云盘类型和名称可能互换，数据不会。如果在意，请先在源实例上重新挂载。",
    "finding.disks_not_readable": "没有读到该实例的系统盘，但这并不说明云盘本身有问题：云盘可能属于当前身份无权访问的资源组，或缺少相应权限。请授予该实例的 ecs:DescribeDisks 权限。",
    "ledger.tags.manual": "创建实例时最多可设置 20 个标签：请把这些标签手动添加到灾备实例。",
    "ledger.cpu_options.manual": "只有实例规格声明支持时才会设置 CPU 选项：如规格允许，请在控制台设置。",
    "ledger.device.manual": "阿里云分配了不同的设备名：请检查系统内按设备名挂载的配置（/etc/fstab）。",
}
