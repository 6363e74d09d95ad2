#!/usr/bin/env python3
"""Prints the days of days.tsv, found by brute force with Python's zoneinfo, an independent implementation.

A reset is the first minute of UTC at which the clocks of the zone show the date and time of the reset, or a later one. Columns:
zone, reset time, date that the day is named after, its start in UTC, its length in minutes. Listed are days that are not 24 hours
long, those beside them, and the ends of the months of a leap year. Regenerate with:  python3 generate.py > days.tsv
"""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

UTC = dt.timezone.utc
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
CASES = [
    ("Europe/Prague", "00:00", 2024, 2026),
    ("Europe/Prague", "02:30", 2026, 2026),
    ("America/New_York", "17:00", 2024, 2026),
    ("America/New_York", "18:00", 2026, 2026),
    ("America/New_York", "01:30", 2026, 2026),
    ("Asia/Nicosia", "00:00", 2024, 2026),
    ("Europe/Athens", "00:00", 2026, 2026),
    ("Africa/Cairo", "00:00", 2024, 2024),  # skips midnight
    ("America/Havana", "00:30", 2024, 2024),  # shows 00:30 twice
    ("Australia/Lord_Howe", "02:15", 2026, 2026),  # half an hour
    ("Pacific/Apia", "00:00", 2011, 2011),  # left 30 December 2011 out
]


def reset_of(zone, date, time):
    """The first minute at which the wall clock is at or past `date` `time`."""
    wall = dt.datetime.combine(date, time)
    instant = wall.replace(tzinfo=UTC) - dt.timedelta(hours=16)
    while instant.astimezone(zone).replace(tzinfo=None) < wall:
        instant += MINUTE
    return instant


def main():
    for name, reset, first, last in CASES:
        zone, time = ZoneInfo(name), dt.time.fromisoformat(reset)
        dates = [dt.date(first, 1, 1) - DAY + DAY * i for i in range((last - first + 1) * 366 + 2)]
        starts = [reset_of(zone, date, time) for date in dates]
        lengths = [int((b - a) / MINUTE) for a, b in itertools.pairwise(starts)]
        shown = {j for i, length in enumerate(lengths) if length != 1440 for j in (i - 1, i, i + 1)}
        shown |= {i for i, date in enumerate(dates) if date.year == 2024 and (date + DAY).day <= 2}
        for i in sorted(shown & set(range(len(lengths)))):
            named = dates[i] + (DAY if time.hour >= 12 else dt.timedelta())
            if lengths[i] > 0:
                print(name, reset, named, starts[i].strftime("%Y-%m-%dT%H:%M:%SZ"), lengths[i], sep="\t")


if __name__ == "__main__":
    main()
