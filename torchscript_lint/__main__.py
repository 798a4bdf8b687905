"""``python -m torchscript_lint`` is ``tslint``."""

import sys

from torchscript_lint.cli import main

if __name__ == "__main__":
    sys.exit(main())
