"""What bench.types prints, and how it ends."""

from __future__ import annotations

from benchmarks.picker.selection import Criteria
from tests.support.picker_answers import shown


def test_the_table_has_seven_columns_and_says_what_is_hidden_and_how_old_it_is() -> None:
    assert shown(Criteria(cpu=4)) == (
        "Type         Cores  vCPU  Mem GiB  Arch    $/h on demand  $/core-h\n"
        "c6i.2xlarge      4     8       16  x86_64         0.3400    0.0850\n"
        "c8a.2xlarge      8     8       16  x86_64         0.4300    0.0537\n"
        "\n"
        "2 of the 4 instance types in eu-north-1 fit.\n"
        "Hidden, though they fit: 1 burstable type (--burstable), 1 type with GPUs (--gpu), "
        "1 type of previous generations (--all).\n"
        "Fetched: instance types 3 h ago (2026-05-19), zones 3 h ago (2026-05-19), on-demand prices 3 h ago "
        "(2026-05-19), spot prices 3 h ago (2026-05-19). To ask anew: --refresh.\n"
        "To run on the best fit: ./inv bench -i x\n"
    )
