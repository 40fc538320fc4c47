"""The world as it is beside the world without a file, for every file at once: what relations are laid out over.

Each file has two hospitals of its own, `<hospital>|<number>|0` as it is and `…|1` without the file, which hold all of
the units (accounts, claims, encounters) that the file touches and nothing else. Relations never look across hospitals,
so the code that reckons a hospital reckons these, and the differences of their sums are what the file moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.kpis.relations.known import Known
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.ledger.lines import lines
from rcm_lakehouse.metadata import Metadata
from rcm_lakehouse.trace.without_file import current_rows
from rcm_lakehouse.transforms.spans import MEMBER

OF_CLAIM = ("claim_submission", "claim_edit", "remittance_claim")
"""Nouns that name both a claim and its account."""

OWN_IDS = ("account_id", "claim_id", "remittance_claim_id", "encounter_id")
"""What relations join and group by: each hospital has its own."""


@dataclass(frozen=True, slots=True)
class Family:
    """Relations whose rows are made of one unit each, and the nouns that make them; `unit` None: a record is one."""

    relations: tuple[str, ...]
    unit: str | None
    nouns: tuple[str, ...]


ENTERED = ("charge", "remittance_claim", "remittance_adjustment", "provider_adjustment", "patient_payment")
FAMILIES = (
    Family(
        ("posted_entry", "account_balance", "unbilled_charge", "patient_responsibility"),
        "account_id",
        ("account", "claim_submission", *ENTERED, "account_adjustment"),
    ),
    Family(
        ("claim_life", "remitted_claim", "claim_edit"),
        "claim_id",
        ("account", *OF_CLAIM, "claim_acknowledgement", "remittance_adjustment"),
    ),
    Family(("claim", "transaction", "encounter"), "encounter_id", ("account", "claim", "transaction", "encounter")),
    Family(("gl_balance",), None, ("gl_balance",)),
)

type Keys = DataFrame
"""`source_id`, `_key` and `_without`: members of a noun in the worlds of a file."""


class Beside(Known):
    """Both worlds of every file, for the relations of one family. `changed`: by noun what `changed_without` says."""

    def __init__(self, lake: Lake, metadata: Metadata, family: Family, changed: Mapping[str, DataFrame]) -> None:
        super().__init__(lake, metadata, None)
        self.staged_as = f"impact.{family.relations[0]}"
        self._family = family
        self._changed = {noun: changed[noun] for noun in family.nouns if noun in changed}
        self._touched = self._touched_units()

    def rows(self, noun: str) -> DataFrame:
        """Rows of both worlds; of what no file of a hospital's is asked about, the same in all."""
        if noun in self._family.nouns:
            return self._both(noun)
        rows = super().rows(noun)
        if noun != "payer_contract":
            return rows
        # Units are ids of one hospital's: its name stands before the colon.
        of = self._touched.select(F.split_part("_unit", F.lit(":"), F.lit(1)).alias("hospital"), "_without").distinct()
        worlds = of.withColumn("_world", F.explode(F.array(F.lit(0), F.lit(1))))
        both = rows.join(F.broadcast(worlds), "hospital")
        return both.withColumn("hospital", F.concat("hospital", _world())).drop("_without", "_world")

    def lines(self) -> DataFrame:
        """The lines that the rows of both worlds enter."""
        ruled = [(self._metadata.nouns[noun], self._metadata.nouns[noun].entries) for noun in self._family.nouns]
        of_account = [(noun, rules) for noun, rules in ruled if rules and rules.book == "account"]
        still = F.lit(None).cast("timestamp")
        made = [lines(self.rows(noun.name).withColumn("known_until", still), noun, rules) for noun, rules in of_account]
        return reduce(DataFrame.unionByName, made)

    def _both(self, noun: str) -> DataFrame:
        now = self._now(noun)
        worlds = F.explode(F.array(F.lit(0), F.lit(1)))
        here = now.join(self._keys(noun), MEMBER).withColumn("_world", worlds)
        if noun in self._changed:
            gone = self._changed[noun].select(*MEMBER, "_without", F.lit(1).alias("_world"))
            come = self._changed[noun].where("NOT is_gone").withColumn("_world", F.lit(1))
            here = here.join(gone, [*MEMBER, "_without", "_world"], "left_anti")
            here = here.unionByName(come.select(*here.columns))
        return self._in_own_hospital(here).drop("_key", "_without", "_world")

    def _in_own_hospital(self, rows: DataFrame) -> DataFrame:
        world = _world()
        origin, noun = (F.split_part("source_id", F.lit("__"), F.lit(n)) for n in (1, 2))
        hospital = F.concat(origin, world)
        own = {name: F.concat(name, world) for name in OWN_IDS if name in rows.columns}
        return rows.withColumns({**own, "hospital": hospital, "source_id": F.concat_ws("__", hospital, noun)})

    def _now(self, noun: str) -> DataFrame:
        return current_rows(self._lake, self._metadata.nouns[noun])

    def _all_versions(self, noun: str) -> DataFrame:
        """What a noun says in any world: `MEMBER`, `_without` (NULL: as it is) and the columns."""
        now = self._now(noun).withColumn("_without", F.lit(None).cast("int"))
        if noun not in self._changed:
            return now
        return now.unionByName(self._changed[noun].where("NOT is_gone").select(*now.columns))

    def _with_unit(self, noun: str, rows: DataFrame) -> DataFrame:
        """`rows` with `_unit`; an adjustment is of its remittance's, whatever it says itself."""
        unit = self._family.unit
        if unit is None:
            return rows.withColumn("_unit", F.col("_key"))
        if noun != "remittance_adjustment":
            return rows.withColumn("_unit", self._unit_of(noun, rows))
        owned = self._all_versions("remittance_claim").select("remittance_claim_id", F.col(unit).alias("_unit"))
        by_claim = rows.join(owned.distinct(), "remittance_claim_id")
        return by_claim.unionByName(rows.withColumn("_unit", F.col(unit)).select(*by_claim.columns))

    def _unit_of(self, noun: str, rows: DataFrame) -> Column:
        unit = str(self._family.unit)
        if unit not in rows.columns:
            return F.lit(None).cast("string")
        return F.coalesce(F.col(unit), F.concat(F.lit(f"{noun} "), "_key")) if unit == "encounter_id" else F.col(unit)

    def _touched_units(self) -> DataFrame:
        """`_unit` and `_without`: units of which a file's absence changes a record, as it is or would be."""
        parts = []
        for noun, changed in self._changed.items():
            members = changed.select(*MEMBER, "_without")
            was = self._with_unit(noun, self._now(noun)).join(members, MEMBER).select("_unit", "_without")
            would = self._with_unit(noun, changed.where("NOT is_gone")).select("_unit", "_without")
            parts += [was, would]
            if noun == "account" and self._family.unit == "claim_id":
                parts.append(self._claims_of(changed.select("_key", "_without")))
        return self._lake.set_aside(
            f"{self.staged_as}.units",
            reduce(DataFrame.unionByName, parts).where("_unit IS NOT NULL").distinct(),
        )

    def _claims_of(self, accounts: DataFrame) -> DataFrame:
        """The claims that name accounts which would be others."""
        named = [self._all_versions(noun).select("claim_id", "account_id") for noun in OF_CLAIM]
        keyed = self._now("account").select("_key", "account_id").join(accounts, "_key")
        claims = reduce(DataFrame.unionByName, named).distinct().join(keyed, "account_id")
        return claims.select(F.col("claim_id").alias("_unit"), "_without")

    def _keys(self, noun: str) -> Keys:
        """Which members stand in the worlds of which file."""
        if noun == "account" and self._family.unit == "claim_id":
            named = [
                self._with_unit(one, self._all_versions(one).drop("_without")).join(self._touched, "_unit")
                .select("account_id", "_without") for one in OF_CLAIM
            ]  # fmt: skip
            accounts = self._now(noun).select(*MEMBER, "account_id")
            touched = reduce(DataFrame.unionByName, named).distinct()
            return accounts.join(touched, "account_id").select(*MEMBER, "_without")
        units = self._with_unit(noun, self._now(noun)).select(*MEMBER, "_unit")
        return units.join(self._touched, "_unit").select(*MEMBER, "_without").distinct()


def _world() -> Column:
    return F.concat_ws("|", F.lit(""), F.col("_without").cast("string"), F.col("_world").cast("string"))
