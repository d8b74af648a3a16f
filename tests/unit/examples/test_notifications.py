"""The notifications that the demo shows."""

from __future__ import annotations

from pathlib import Path

from anclora_otel.stack.receivers import Inbox, Notification
from examples.whatsapp_service.notifications import Notifications


def test_what_arrives_is_shown_once(tmp_path: Path) -> None:
    """Each notification is one line, shown once, and those of an earlier demo are not shown."""
    file = tmp_path / "notifications.jsonl"
    inbox = Inbox(file)
    inbox.add(Notification("slack", accepted=True, answer="ok", title="earlier"))
    notifications = Notifications(file)
    inbox.add(Notification("slack", accepted=True, answer="ok", place="#c", title="now"))
    inbox.add(Notification("email", accepted=False, answer="554", title="refused"))
    lines = notifications.new_lines()

    assert [line[10:] for line in lines] == ["slack      #c  now", "email        refused  REFUSED: 554"]
    assert notifications.new_lines() == []


def test_half_a_line_waits(tmp_path: Path) -> None:
    """A line that is being written is shown once it is whole."""
    file = tmp_path / "notifications.jsonl"
    notifications = Notifications(file)
    assert notifications.new_lines() == []
    Inbox(file).add(Notification("slack", accepted=True, answer="ok", title="whole"))
    whole = file.read_bytes()
    file.write_bytes(whole[:20])
    early = notifications.new_lines()
    file.write_bytes(whole)

    assert early == []
    assert len(notifications.new_lines()) == 1
