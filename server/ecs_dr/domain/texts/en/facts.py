"""What the cloud is known to do, may do, or hides."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "facts.tags_without_room": "A launch takes at most {limit} tags. There is no room for these; add them by hand afterwards: {tags}",
    "facts.devices_renamed": "The image calls these disks by other names; they were matched in device order, and their sizes agree: {devices}. What mounts by device name inside the system needs a look.",
    "facts.image_group": "The image and its snapshots go into the source's resource group, {group}.",
    "finding.tags_beyond_limit": "A launch takes at most {limit} tags, some of which are this recovery's own. There is no room for: {tags}. Add them to the replica by hand.",
    "finding.no_device_name": "These data disks are listed without a device name: {disks}. In the image they are told apart by their size and order; check on the replica that each is mounted where it belongs.",
    "finding.disks_alike": "These data disks are listed without a device name, and some of the same size have different settings: {disks}. Nothing tells which of them is which in the image: category and name may change places, the data does not. Reattach them on the source first if that matters.",
    "finding.disks_not_readable": "No system disk could be read of this instance, which says nothing about the disks themselves: they may belong to a resource group, or to a permission, that this identity does not have. Let it read ecs:DescribeDisks for this instance.",
    "ledger.tags.manual": "A launch takes at most 20 tags: add these to the replica by hand.",
    "ledger.cpu_options.manual": "CPU options are sent only where the instance type says that it takes them: set them in the console, if the type allows it.",
    "ledger.device.manual": "The cloud gave the disk another device name: see to what mounts it by name inside the system (/etc/fstab).",
}
