"""The page's JavaScript, called under Node.js."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from anclora_otel.stack.node import find_node, node_environment
from anclora_otel.stack.preview.server import PAGE

_PROGRAM = """
const { file, name, calls } = JSON.parse(await new Response(process.stdin).text());
const module = await import(file);
const given = calls.map((call) => {
  try { return { value: module[name](...call) ?? null }; } catch (error) { return { error: error.message }; }
});
process.stdout.write(JSON.stringify(given));
"""


def called(module: str, name: str, *calls: Sequence[Any]) -> list[Any]:
    """
    Call a function of the page, once for each list of arguments.

    Args:
        module: its module, such as ``units``.
        name: of the function.
        calls: the arguments of each call; what is None at the end is left out.

    Returns:
        What each call gave, or the message of what it threw.

    """
    node = find_node()
    asked = {"file": (PAGE / f"{module}.mjs").as_uri(), "name": name, "calls": calls}
    done = subprocess.run(
        [str(node), "--input-type=module", "--eval", _PROGRAM],
        input=json.dumps(asked),
        env={**node_environment(node), "LC_ALL": "en_US.UTF-8", "TZ": "Europe/Madrid"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [given.get("error", given.get("value")) for given in json.loads(done.stdout)]
