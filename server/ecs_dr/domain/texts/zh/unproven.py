"""Chinese texts: what may be of a recovery, and what could not be read of its source."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "unproven.read": "{what}（读取于 {at}）",
    "unproven.image": "镜像 {id}（{name}，{status}，创建于 {made}）",
    "unproven.image_of": "镜像 {id}（{name}，{status}，创建于 {made}，由恢复 {session} 创建）",
    "unproven.replica": "由 {image} 创建的实例 {id}（{name}，{status}）",
    "step.resume.unproven": "没有标签能够证明以下资源是否属于本次恢复：{what}。请确认；可以使用这样的镜像继续（adopt_image），创建新镜像前会再次询问。",
    "question.image.beside": "按名称或标签，该源实例已有：{what}。再创建一个镜像会产生新的快照费用。",
    "facts.launched_before": "该镜像已有：{what}。本次会再创建一台。",
    "finding.disks_of_one_group": "云盘只能在资源组 {group} 内列出，其他资源组中的云盘在此不可见。镜像仍会包含这些云盘；如果镜像包含的云盘多于读取到的，创建实例前会询问。",
    "step.verify.one_group": "源实例的云盘仅在资源组 {group} 内列出：其他资源组中的云盘不在比对之内。",
    "question.launch.image_disks": "镜像 {image} 与从 {instance} 读取到的云盘不一致。",
    "image_disks.more": "仅镜像中有：{disks}。未能从源实例读取到：它们可能属于其他资源组，或之后已卸载。灾备实例可以按镜像保留这些云盘，类型为 {category}。",
    "image_disks.missing": "镜像中没有：{disks}。它们在镜像创建之后才挂载，镜像不包含其数据；由该镜像创建的灾备实例没有这些云盘，验证结果会是不一致。",
    "image_disks.resized": "在镜像中大小不同：{disks}。灾备实例采用该大小。",
    "image_disks.asked": "创建实例时会询问。",
    "option.image_disks.label": "使用镜像包含的云盘创建",
    "option.image_disks.description": "共 {count} 块云盘；确认页会逐一列出。",
}
