"""`python -m unisandbox` is the same as the `unisandbox` command."""

from unisandbox.cli import main

if __name__ == "__main__":
    main()
