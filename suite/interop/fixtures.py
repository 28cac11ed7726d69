"""The fixtures of the emulator's world, looked up by role.

A world file is TOML: `[[clusters]]`, `[[vpc_services]]` and `[[proxies]]`, each row with a role. Nothing
here names a row, so another world with the same roles does as well.
"""

import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path


class NoFixture(Exception):
    """The world has no row of the role."""


@dataclass(frozen=True)
class Cluster:
    id: str
    family: str
    trust_anchor: str
    password: str


@dataclass(frozen=True)
class Credential:
    access_key_id: str
    secret: str

    def member(self) -> dict:
        return {"AccessKeyId": self.access_key_id, "RawSecretAccessKey": self.secret}


@dataclass(frozen=True)
class Address:
    """Where a proxy answers, with a credential that it knows."""

    endpoint: str
    path: str
    credential: Credential


@dataclass(frozen=True)
class Service:
    name: str
    owner: str
    endpoint: str


def fresh_credential() -> Credential:
    """A credential that keeps the patterns and that nobody has used."""
    key = "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(20))
    return Credential(key, secrets.token_hex(32)[:43])


class World:
    def __init__(self, file: Path) -> None:
        with file.open("rb") as source:
            self.rows = tomllib.load(source)
        self.stores = self.rows.get("limits", {}).get("stores", 10)

    def _rows(self, table: str, role: str) -> list[dict]:
        rows = [row for row in self.rows.get(table, []) if row["role"] == role]
        if not rows:
            raise NoFixture(f"the world has no row in `{table}` with the role `{role}`")
        return rows

    def cluster(self, role: str = "primary", family: str | None = None) -> Cluster:
        """A cluster of the role, of the family if there is one."""
        rows = self._rows("clusters", role)
        row = next((row for row in rows if row["family"] == family), rows[0])
        anchor = row.get("trust_anchor", "any")
        return Cluster(row["id"], row["family"], anchor, row.get("password", "kmsPswd1"))

    def address(self, role: str = "healthy", number: int = 0) -> Address:
        """The address of a proxy of the role, another one for each number."""
        # A row that behaves otherwise when Connect asks is none for stores that are to connect.
        rows = [row for row in self._rows("proxies", role) if not row.keys() & {"connect_role", "connect_credentials"}]
        row = rows[0] if "*" in rows[0]["endpoint"] else rows[number % len(rows)]
        path = row.get("path", "*")
        known = row.get("credentials")
        return Address(
            row["endpoint"].replace("*", f"interop{number}"),
            "/kms/xks/v1" if path == "*" else path,
            Credential(known[0]["access_key_id"], known[0]["secret"]) if known else fresh_credential(),
        )

    def services(self, role: str = "good") -> list[Service]:
        """The VPC endpoint services of the role."""
        return [
            Service(row["name"], row["owner"], f"https://{row.get('dns_name', 'unnamed.xks.example')}")
            for row in self._rows("vpc_services", role)
        ]
