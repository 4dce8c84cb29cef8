"""Build the wheel and run one command from it, away from the checkout.

The editable install finds what a wheel would miss (a package or a data file that pyproject.toml does not name), so the wheel goes
into an empty environment. Its dependencies come from .venv by path, which saves a download and hides nothing of ours.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = (("--help",), ("families",), ("show", "math", "--level", "2"))


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Return the standard output of a command; a failure ends this script with what the command said."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(str(part) for part in command)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def install_wheel(place: Path) -> Path:
    """Return the bin folder of a new environment in `place` that holds the wheel, and reads everything else from .venv."""
    source, dist = place / "source", place / "dist"
    shutil.copytree(
        ROOT, source, ignore=shutil.ignore_patterns(".git", ".venv", "build", "*.egg-info")
    )  # stale files would be packed
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", dist, source)
    (wheel,) = dist.glob("*.whl")
    venv.create(place / "env", with_pip=False)
    (libraries,) = (place / "env" / "lib").glob("python*/site-packages")
    run(sys.executable, "-m", "pip", "--python", place / "env" / "bin" / "python", "install", "--quiet", "--no-deps", wheel)
    (libraries / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place / "env" / "bin"


def main() -> None:
    """Print what the wheel's command said, once it has answered every call of COMMANDS."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        binaries = install_wheel(place)
        where = run(binaries / "python", "-c", "import unisandbox.generators as g; print(g.__file__)", cwd=place).strip()
        if not where.startswith(str(place)):
            sys.exit(f"the wheel was not used: unisandbox.generators came from {where}")
        for arguments in COMMANDS:
            print(run(binaries / "unisandbox", *arguments, cwd=place))


if __name__ == "__main__":
    main()
