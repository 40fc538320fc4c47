"""The notebooks of diagnosis codes. The bench leaves them out, as they call a web service; their tests do not."""

from local.bench.medallion.baseline.place import Place

CODES = "icd_code string, icd_code_type string, code_description string"


def icd_codes(place: Place) -> None:
    """What the service answered is added to bronze, once more at each run; what changed is updated where it stands."""
    answered = place.spark.read.parquet(f"{place.bronze}/codes/icd.parquet")
    bronze, silver = place.table("bronze.icd_codes"), place.table("silver.icd_codes")
    columns = f"{CODES}, inserted_date date, updated_date date, is_current_flag boolean"
    place.run(f"CREATE TABLE IF NOT EXISTS {bronze} ({CODES}) USING DELTA")
    place.run(f"CREATE TABLE IF NOT EXISTS {silver} ({columns}) USING DELTA")
    answered.createOrReplaceTempView("icd_answered")
    place.run(
        f"INSERT INTO {bronze} SELECT icd_code, icd_code_type, code_description FROM icd_answered",
        f"""MERGE INTO {silver} AS target USING (SELECT DISTINCT * FROM {bronze}) AS source
        ON target.icd_code = source.icd_code
        WHEN MATCHED AND target.code_description <> source.code_description THEN UPDATE SET
            target.code_description = source.code_description, target.updated_date = current_date(),
            target.is_current_flag = false
        WHEN NOT MATCHED THEN INSERT (icd_code, icd_code_type, code_description, inserted_date, updated_date,
            is_current_flag)
        VALUES (source.icd_code, source.icd_code_type, source.code_description, current_date(), current_date(),
            true)""",
    )


def dim_icd(place: Place) -> None:
    """Emptied, then a SELECT without an INSERT."""
    table = place.table("gold.dim_icd")
    place.run(f"CREATE TABLE IF NOT EXISTS {table} ({CODES}) USING DELTA")
    place.run(
        f"DELETE FROM {table}",
        f"""SELECT icd_code, icd_code_type, code_description FROM {place.table("silver.icd_codes")}
        WHERE is_current_flag = true""",
    )
