"""English texts: what the replica's console says of its start."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "boot.label": "Boot",
    "boot.verdict.login": "login prompt",
    "boot.verdict.emergency": "emergency mode",
    "boot.verdict.panic": "panic",
    "boot.verdict.unknown": "unknown",
    "boot.login": "Login prompt on its console: the system started; its services were not looked at.",
    "boot.emergency": "WARNING, its console is in emergency or rescue mode and waits for somebody. Running does not mean started: connect by VNC in the console and look (often a line of /etc/fstab names a missing disk).",
    "boot.panic": "WARNING, its kernel crashed (panic). Running does not mean started: connect by VNC in the console and look. The usual causes are a missing driver of the instance type and a root disk that is not found.",
    "boot.unknown": "unknown. Its console shows neither a login prompt nor a known fault: look by VNC or log in.",
    "boot.empty": "unknown, its console is still empty. Verify once more in a minute (verify_instance).",
    "boot.windows": "unknown, a Windows instance has no console output. Look by VNC whether it shows a login screen.",
    "boot.denied": "unknown, the identity may not call {action}. Look by VNC or log in.",
    "boot.late": "unknown, its console output was not there in the time of this call ({action}). Verify once more (verify_instance), or look by VNC.",
    "boot.refused": "unknown, Alibaba Cloud did not return its console output ({action}). Look by VNC or log in.",
}
