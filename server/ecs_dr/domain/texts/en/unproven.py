"""English texts: what may be of a recovery, and no tag proves it."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "unproven.read": "{what} (read at {at})",
    "unproven.image": "image {id} ({name}, {status}, made {made})",
    "unproven.image_of": "image {id} ({name}, {status}, made {made}; by recovery {session})",
    "unproven.replica": "instance {id} ({name}, {status}) launched from {image}",
    "step.resume.unproven": "No tag proves whether these belong to this recovery: {what}. Look whether they do; you can go on with such an image (adopt_image), and before a new one is made you are asked again.",
    "question.image.beside": "There is already, by its name or tags of this source: {what}. Another image costs snapshots of its own.",
    "facts.launched_before": "From this image there is already: {what}. This launch makes one more.",
}
