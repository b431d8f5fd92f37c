"""What consoles print: the endings that common distributions have, good and bad ones.

Written for this simulator after the messages of systemd, getty, dracut, initramfs-tools, GRUB and the kernel. Each
holds a canary where real consoles hold secrets: nothing of a console may ever reach a person, a log or a report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

CANARY = "console-canary-Xk29"

ConsoleName = Literal[
    "login", "emergency", "emergency-old", "dracut", "initramfs", "grub", "panic", "panic-then-login", "restarting",
    "silent", "binary",
]  # fmt: skip

_KERNEL = """[    0.000000] Linux version 5.10.134-16.al8.x86_64 (mockbuild@build) #1 SMP
[    0.000000] Command line: BOOT_IMAGE=(hd0,gpt3)/boot/vmlinuz root=UUID=1 ro rhgb quiet panic=5 console=ttyS0,115200n8
[    1.204311] systemd[1]: Detected virtualization kvm.
"""
_CLOUD_INIT = f"""[    8.113201] cloud-init[812]: Cloud-init v. 23.2 running 'modules:final'
ci-info: generated password for root: {CANARY}
\x1b[0;32m  OK  \x1b[0m Reached target \x1b[0;1;39mCloud-init target\x1b[0m.
"""

LOGIN_BANNERS: Mapping[str, str] = {
    "aliyun": "\nAlibaba Cloud Linux 3.2104 U9 (OpenAnolis Edition)\nKernel 5.10.134-16.al8.x86_64 on an x86_64\n\n",
    "centos": "\nCentOS Linux 7 (Core)\nKernel 3.10.0-1160.el7.x86_64 on an x86_64\n\n",
    "ubuntu": "\r\nUbuntu 22.04.3 LTS {host} ttyS0\r\n\r\n",
    "debian": "\r\n\r\nDebian GNU/Linux 12 {host} ttyS0\r\n\r\n",
    "suse": "\n\nWelcome to SUSE Linux Enterprise Server 15 SP5 (x86_64) (ttyS0).\n\neth0: 172.16.0.10\n\n",
}
"""By a word of the operating system's name: what stands above the prompt."""

_PANIC = """[    2.310022] VFS: Cannot open root device "UUID=1" or unknown-block(0,0): error -6
[    2.310431] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)
[    2.311002] ---[ end Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0) ]---
"""
_BAD: Mapping[ConsoleName, str] = {
    "emergency": """[ TIME ] Timed out waiting for device /dev/disk/by-uuid/2.
[DEPEND] Dependency failed for /data.
You are in emergency mode. After logging in, type "journalctl -xb" to view
system logs, "systemctl reboot" to reboot, "systemctl default" or "exit"
to boot into default mode.
Give root password for maintenance
(or press Control-D to continue): """,
    "emergency-old": 'Welcome to emergency mode! After logging in, type "journalctl -xb" to view\nsystem logs.\n',
    "dracut": "dracut-initqueue[300]: Warning: timeout\nEntering emergency mode. Exit the shell.\ndracut:/# ",
    "initramfs": "ALERT!  UUID=1 does not exist.  Dropping to a shell!\n\n(initramfs) ",
    "panic": _PANIC,
}


def console_bytes(name: ConsoleName, host_name: str, os_name: str) -> bytes:
    """What a console holds once the start has come to its end."""
    host = host_name or "localhost"
    banner = next((text for word, text in LOGIN_BANNERS.items() if word in os_name.lower()), LOGIN_BANNERS["aliyun"])
    login = f"{_KERNEL}{_CLOUD_INIT}{banner.format(host=host)}{host} login: "
    if name == "silent":
        return b""
    if name == "binary":
        return b"\xff\xfe\x00\x9f\x8c" + CANARY.encode() + b"\xf0\x28"
    if name == "grub":
        return f"error: no such device: 1. {CANARY}\nEntering rescue mode...\ngrub rescue> ".encode()
    if name == "restarting":
        return f"{login}\n{_KERNEL}{CANARY}\n".encode()
    if name == "panic-then-login":
        return f"{_KERNEL}{_PANIC}{login}".encode()
    text = login if name == "login" else f"{_KERNEL}{_CLOUD_INIT}{_BAD[name]}"
    return text.encode()
