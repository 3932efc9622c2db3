"""Writes the tapes of Windows PCs: `python tests/tapes/windows` after every change; a test compares.

No Windows PC was recorded for them. Every answer has the form that its vendor documents, or that a published recording
shows, and says so as its source; what a PC must say to have a fault is the only difference between one and the next.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path

from tapes.windows import asked, guards, healthy, offline, others, parts, servers, system
from tapes.windows.pc import NOW

FOLDER = Path(__file__).parent.parent
PCS = {
    "windows-11-healthy": healthy.eleven,
    "windows-10-healthy-german": others.ten_german,
    "windows-11-laptop-turkish": others.laptop_turkish,
    "windows-server-core-full": servers.core_full,
    "windows-server-disk-lost": servers.disk_lost,
    "windows-server-controller-clock": servers.controller_clock,
    "windows-11-antivirus-left-behind": guards.left_behind,
    "windows-10-printer-driver": parts.printer_driver,
    "windows-11-card-undriven": parts.card_undriven,
    "windows-11-services-proxy": offline.services_proxy,
    "windows-11-domain-astray": servers.domain_astray,
    "windows-11-policy-unread": servers.policy_unread,
    "windows-10-healthy-russian": others.ten_russian,
    "windows-10-extended": others.ten_extended,
    "windows-11-laptop-russian": others.laptop_russian,
    "windows-11-wifi-refused": offline.wifi_refused,
    "windows-11-wifi-weak": offline.wifi_weak,
    "windows-11-vpn-refused": offline.vpn_refused,
    "windows-11-shown-offline": offline.shown_offline,
    "windows-11-too-hot": parts.too_hot,
    "windows-11-kaspersky": others.kaspersky,
    "windows-server-2019": servers.server,
    "windows-server-controller": servers.controller,
    "windows-server-controller-apart": servers.controller_apart,
    "windows-server-controller-unsure": servers.controller_unsure,
    "windows-server-controller-refuses": servers.controller_refuses,
    "windows-server-names-stopped": servers.controller_names_stopped,
    "windows-server-role-stopped": servers.role_stopped,
    "windows-server-controller-public": servers.controller_in_public,
    "windows-server-site-given-up": servers.site_given_up,
    "windows-server-forwarder-gone": servers.forwarder_gone,
    "windows-server-cluster-lacks": servers.cluster_lacks,
    "windows-server-backup-failing": servers.backup_failing,
    "windows-server-sessions-unlicensed": servers.sessions_unlicensed,
    "windows-server-unguarded": servers.server_unguarded,
    "windows-server-authorities-old": servers.server_authorities_old,
    "windows-server-login-refused": servers.login_refused,
    "windows-11-sound-fails": parts.sound_fails,
    "windows-11-card-hangs": parts.card_hangs,
    "windows-11-guests-refused": offline.guests_refused,
    "windows-11-defender-off": guards.defender_off,
    "windows-10-two-antiviruses": guards.two_antiviruses,
    "windows-11-clock-refused": system.clock_refused,
    "windows-11-disk-full": parts.disk_full,
    "windows-11-infected": guards.infected,
    "windows-11-rights-given-away": guards.rights_given_away,
    "windows-11-remote-desktop-shut": servers.remote_desktop_shut,
    "windows-11-start-harmed": system.start_harmed,
    "windows-server-addresses-used-up": servers.addresses_used_up,
    "windows-11-share-full": parts.share_full,
    "windows-11-disk-failing": parts.disk_failing,
    "windows-11-disk-cloned": parts.disk_cloned,
    "windows-11-volume-harmed": parts.volume_harmed,
    "windows-11-own-address": offline.apipa,
    "windows-11-wrong-name-server": offline.wrong_dns,
    "windows-11-dead-proxy": offline.dead_proxy,
    "windows-11-office-broken": system.office_broken,
    "windows-11-office-unlicensed": system.office_unlicensed,
    "windows-10-office-volume": system.office_volume,
    "windows-11-update-stuck": system.update_stuck,
    "windows-11-update-server-gone": system.update_server_gone,
    "windows-11-update-unfinished": system.update_unfinished,
    "windows-11-spooler-stopped": parts.spooler,
    "windows-11-firmware-refuses": system.firmware_refuses,
    "windows-11-install-failing": system.install_failing,
    "windows-11-service-crashing": system.service_crashing,
    "windows-11-queue-jammed": parts.queue_jammed,
    "windows-11-paper-out": parts.paper_out,
    "windows-11-blue-screens": system.blue_screens,
    "windows-10-all-administrators": guards.all_administrators,
    "windows-11-freezes-ending": system.freezes_ending,
    "windows-11-not-administrator": others.not_administrator,
    "windows-11-other-account": asked.other_account,
    "windows-11-no-powershell": asked.no_powershell,
    "windows-11-no-wmi": asked.no_wmi,
    "windows-11-defender-hangs": guards.defender_hangs,
}


def written(name: str) -> str:
    """The tape of one PC, an answer on each line."""
    pc = PCS[name]()
    head = {"system": "windows", "now": NOW, "source": " ".join((PCS[name].__doc__ or "").split())}
    lines = [json.dumps(entry, ensure_ascii=False) for entry in copy.deepcopy(pc.entries).values()]
    text = json.dumps(head, ensure_ascii=False)
    return text[:-1] + ', "answers": [\n' + ",\n".join(lines) + "\n]}\n"
