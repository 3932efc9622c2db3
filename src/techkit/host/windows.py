"""What only Windows can answer: WMI, the registry, event logs, the person at the desk, ARP and ping.

Objects and numbers only, never translated text. Nothing of Windows is imported before it is asked, so that its
parsers can be read and tested anywhere.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import struct
import sys
import time
from datetime import datetime, timedelta, timezone
from importlib import import_module
from itertools import batched, product
from typing import TYPE_CHECKING, Any

from techkit.host import Answer, ProbeError
from techkit.host.local import SESSION_VARIABLES, WINDOWS_REASONS, Local, problem
from techkit.model import Reason
