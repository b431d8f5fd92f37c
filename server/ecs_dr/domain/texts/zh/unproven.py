"""Chinese texts: what may be of a recovery, and no tag proves it."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "unproven.read": "{what}（读取于 {at}）",
    "unproven.image": "镜像 {id}（{name}，{status}，创建于 {made}）",
    "unproven.image_of": "镜像 {id}（{name}，{status}，创建于 {made}，由恢复 {session} 创建）",
    "unproven.replica": "由 {image} 创建的实例 {id}（{name}，{status}）",
    "step.resume.unproven": "没有标签能够证明以下资源是否属于本次恢复：{what}。请确认；可以使用这样的镜像继续（adopt_image），创建新镜像前会再次询问。",
    "question.image.beside": "按名称或标签，该源实例已有：{what}。再创建一个镜像会产生新的快照费用。",
    "facts.launched_before": "该镜像已有：{what}。本次会再创建一台。",
}
