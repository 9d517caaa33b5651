"""Settings of a sandbox's AWS endpoint: identity, credentials, delays and limits."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """A sandbox's AWS account and simulated delays. Times are in seconds."""

    # Credentials of the sandbox's own user.
    access_key_id: str
    secret_access_key: str
    # Required in the header X-Sandbox-Token by /_sandbox/ paths, since instances reach the endpoint too.
    admin_token: str
    # Where the controller and the instances reach the endpoint, without a trailing slash; "" if not needed.
    endpoint_url: str = ""
    region: str = "us-east-1"
    account_id: str = "123456789012"
    # File for the endpoint's log of all API calls; None keeps it in memory only.
    requests_log: Path | None = None
    # New tags and instances stay invisible to filtered Describe calls for this long (eventual consistency).
    tag_delay_seconds: float = 1.5
    # A new instance's id is unknown to Describe calls by id for this long.
    instance_delay_seconds: float = 0.5
    # A new instance profile is refused by RunInstances for this long.
    profile_delay_seconds: float = 5.0
    # Status checks say "initializing" for this long after an instance is running.
    status_check_seconds: float = 2.0
    # Terminated instances stay describable for this long (AWS: about an hour).
    terminated_visible_seconds: float = 3600.0
    # EC2 quota "Running On-Demand Standard instances" (L-1216C47A), in vCPUs; likewise for spot.
    vcpu_quota: int = 512
    # Regions that the account has not enabled, of those that need it, with commas between.
    regions_off: str = ""

    def instance_token(self, instance_id: str) -> str:
        """The token with which an instance's metadata service fetches that instance's own data, nothing else."""
        return hmac.new(self.admin_token.encode(), instance_id.encode(), hashlib.sha256).hexdigest()

    def is_off(self, region: str) -> bool:
        """Whether the account has not enabled a region."""
        return region in self.regions_off.split(",")

    def to_json(self) -> str:
        """The settings as a JSON object that `from_json` reads back."""
        values = asdict(self)
        values["requests_log"] = None if self.requests_log is None else str(self.requests_log)
        return json.dumps(values, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Read what `to_json` wrote. Raises ValueError or TypeError for anything else."""
        values = json.loads(text)
        if values.get("requests_log") is not None:
            values["requests_log"] = Path(values["requests_log"])
        return cls(**values)
