"""The usual work of the lakehouse in small: what the class archive should hold. Runs in the lakehouse's environment."""

import sys
import tempfile
from pathlib import Path

from pyspark import SparkContext
from pyspark.sql import SparkSession

from local.set_up.spark_conf import JAVA_OPTIONS, local_spark_conf

REPO_ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_WRITE_THE_ARCHIVE = 300


def main(archive: str) -> None:
    """Works through the kinds of statement the tasks use, then ends the JVM in good order: only then it archives."""
    conf = local_spark_conf(REPO_ROOT)
    conf["spark.driver.extraJavaOptions"] = " ".join([*JAVA_OPTIONS, f"-XX:ArchiveClassesAtExit={archive}"])
    with tempfile.TemporaryDirectory() as scratch:
        conf["spark.sql.warehouse.dir"] = f"{scratch}/warehouse"
        session = SparkSession.builder.master("local[2]").config(map=conf).getOrCreate()
        read_and_write_files(session, scratch)
        merge_and_read_changes(session, f"{scratch}/table")
        session.stop()
    end_jvm()


def read_and_write_files(session: SparkSession, scratch: str) -> None:
    records = session.range(1000).selectExpr(
        "id",
        "cast(id * 1.5 as decimal(18, 2)) as amount",
        "cast(id as string) as name",
        "date_add(date'2024-01-01', cast(id % 30 as int)) as service_date",
        "named_struct('rule', 'required', 'row_number', id) as reason",
    )
    records.write.parquet(f"{scratch}/parquet")
    session.read.parquet(f"{scratch}/parquet").createOrReplaceTempView("records")
    session.sql(
        "select *, sha2(concat_ws('|', id, name), 256) as content, "
        "row_number() over (partition by id % 50 order by service_date desc, id) as place from records"
    ).where("place = 1").createOrReplaceTempView("latest_records")
    session.sql(
        "select r.service_date, sum(r.amount) as amount, count(l.id) as latest from records r "
        "left join latest_records l on l.id = r.id group by r.service_date"
    ).write.json(f"{scratch}/json")
    session.read.json(f"{scratch}/json").selectExpr("try_cast(amount as decimal(18, 2))").collect()


def merge_and_read_changes(session: SparkSession, table: str) -> None:
    first = session.table("records").drop("reason")
    first.write.format("delta").option("delta.enableChangeDataFeed", "true").save(table)
    first.selectExpr("id + 500 as id", "amount", "name", "service_date").createOrReplaceTempView("staged")
    session.sql(
        f"merge into delta.`{table}` t using staged s on t.id = s.id "
        "when matched and s.id % 2 = 0 then delete when matched then update set * when not matched then insert *"
    )
    first.limit(10).write.format("delta").mode("append").save(table)
    session.sql(f"describe history delta.`{table}`").collect()
    changes = session.read.format("delta").option("readChangeFeed", "true").option("startingVersion", 0).load(table)
    changes.groupBy("_change_type").count().collect()


def end_jvm() -> None:
    """Closes the gateway and waits: left to itself the JVM would outlive this process while it writes."""
    gateway = SparkContext._gateway
    assert gateway is not None
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(timeout=SECONDS_TO_WRITE_THE_ARCHIVE)


if __name__ == "__main__":
    main(sys.argv[1])
