"""English texts: the cloud's own terms for a person who does not know its API."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "value.PostPaid": "pay-as-you-go",
    "value.PrePaid": "subscription",
    "value.PayByTraffic": "paid by traffic",
    "value.PayByBandwidth": "paid by bandwidth",
    "value.Pending": "Pending",
    "value.Starting": "Starting",
    "value.Running": "Running",
    "value.Stopping": "Stopping",
    "value.Stopped": "Stopped",
    "value.Waiting": "Waiting",
    "value.Creating": "Creating",
    "value.Available": "Available",
    "value.system": "system",
    "value.data": "data",
    "value.present": "present",
    "fact.disks_attached": "{count} disks attached",
    "fact.named": "{name}: {value}",
    "fact.changed": "{name}: {before} → {after}",
}
