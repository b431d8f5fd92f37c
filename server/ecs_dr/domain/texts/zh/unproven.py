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
    "step.image_wait.more_disks": "其中包含未能从源实例读取到的云盘：{disks}。创建实例时会询问。",
    "question.launch.more_disks": "镜像 {image} 包含未能从 {instance} 读取到的云盘：{disks}。它们可能属于其他资源组，或在此期间挂载。灾备实例可以按镜像保留这些云盘，类型为 {category}。",
    "option.more_disks.label": "使用镜像中的全部云盘创建",
    "option.more_disks.description": "比从源实例读取到的多 {count} 块；确认页会逐一列出。",
    "step.verify.one_group": "源实例的云盘仅在资源组 {group} 内列出：其他资源组中的云盘不在比对之内。",
}
