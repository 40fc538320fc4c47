"""Where the parts of the local world lie. Everything is below `.local/`, which is the repository's to delete."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """Paths of one clone. The named folders are links to the part that fits the locks now."""

    root: Path

    @classmethod
    def of_this_clone(cls) -> "Layout":
        return cls(Path(__file__).resolve().parents[2])

    @property
    def local(self) -> Path:
        return self.root / ".local"

    @property
    def parts(self) -> Path:
        """Every part that was ever built, by name and key."""
        return self.local / "parts"

    @property
    def logs(self) -> Path:
        """What the tools printed, one file a part."""
        return self.local / "log" / "set_up"

    @property
    def uv(self) -> Path:
        return self.local / "uv" / "bin" / "uv"

    @property
    def app(self) -> Path:
        """The app's environment: Python 3.13."""
        return self.local / "app"

    @property
    def lakehouse(self) -> Path:
        """The lakehouse's environment: Python 3.12, Spark and Delta."""
        return self.local / "lakehouse"

    @property
    def azurite(self) -> Path:
        return self.local / "azurite"

    @property
    def java(self) -> Path:
        """A folder that serves as JAVA_HOME."""
        return self.local / "java"

    @property
    def jars(self) -> Path:
        """The jars Delta adds to Spark's own."""
        return self.local / "jars"

    @property
    def class_archive(self) -> Path:
        """The JVM's archive of Spark's loaded classes; there is none where the Java at hand can't make one."""
        return self.local / "class_archive" / "spark.jsa"
