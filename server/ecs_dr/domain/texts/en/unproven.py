"""English texts: what may be of a recovery, and what could not be read of its source."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "unproven.read": "{what} (read at {at})",
    "unproven.image": "image {id} ({name}, {status}, made {made})",
    "unproven.image_of": "image {id} ({name}, {status}, made {made}; by recovery {session})",
    "unproven.replica": "instance {id} ({name}, {status}) launched from {image}",
    "step.resume.unproven": "No tag proves whether these belong to this recovery: {what}. Look whether they do; you can go on with such an image (adopt_image), and before a new one is made you are asked again.",
    "question.image.beside": "There is already, by its name or tags of this source: {what}. Another image costs snapshots of its own.",
    "facts.launched_before": "From this image there is already: {what}. This launch makes one more.",
    "finding.disks_of_one_group": "The disks could be listed in resource group {group} alone, so a disk in another group would not be seen here. The image holds it all the same; if it holds more than was read, that is asked about before the launch.",
    "step.verify.one_group": "The disks of the source were listed in resource group {group} alone: what another group has of it is not in the comparison.",
    "question.launch.image_disks": "Image {image} and what was read of {instance} do not have the same disks.",
    "image_disks.more": "In the image alone: {disks}. They could not be read of the source: they may be of another resource group, or were detached since. The replica can have them as the image holds them, as {category}.",
    "image_disks.missing": "Not in the image: {disks}. They came after it was made, so their data is not in it; a replica of it goes without them, and the verification says that it differs.",
    "image_disks.resized": "Of another size in the image: {disks}. The replica gets that size.",
    "image_disks.asked": "The launch asks about that.",
    "option.image_disks.label": "Launch with the disks that the image holds",
    "option.image_disks.description": "{count} disks; the go-ahead shows each.",
}
