"""Compares the departure delays of a year of flights with the hourly weather at their airport.

Needs only Python 3.8 or newer, no packages. All sums are of whole minutes and the random numbers are seeded,
so that the results are the same bytes on every machine.
"""

import argparse
import csv
import gzip
import random
import time
from collections import Counter
from pathlib import Path

UNKNOWN = "unknown"

# For each kind of weather: its column, and its classes as (upper bound, label). A value belongs to the first
# class with an upper bound above the value.
WEATHER = {
    "visibility": (
        "visib",
        [(1, "below 1 mile"), (3, "1 to 3 miles"), (10, "3 to 10 miles"), (None, "10 miles")],
    ),
    "precipitation": ("precip", [(0.001, "none"), (0.1, "below 0.1 in/h"), (None, "0.1 in/h or more")]),
    "wind": (
        "wind_speed",
        [(10, "below 10 mph"), (20, "10 to 20 mph"), (30, "20 to 30 mph"), (None, "30 mph or more")],
    ),
    "temperature": (
        "temp",
        [
            (32, "below 32 F"),
            (50, "32 to 50 F"),
            (70, "50 to 70 F"),
            (85, "70 to 85 F"),
            (None, "85 F or more"),
        ],
    ),
}


class Group:
    """The departure delays of some flights: exact counts by minute, and sums by day to resample."""

    def __init__(self):
        self.delays = Counter()
        self.cancelled = 0
        self.days = {}

    def add(self, day, delay):
        if delay is None:
            self.cancelled += 1
            return
        self.delays[delay] += 1
        sums = self.days.get(day)
        if sums is None:
            self.days[day] = [delay, 1]
        else:
            sums[0] += delay
            sums[1] += 1

    def departed(self):
        return sum(self.delays.values())

    def mean(self):
        return sum(delay * count for delay, count in self.delays.items()) / max(1, self.departed())

    def percentile(self, percent):
        """The nearest rank: always a delay that some flight really had."""
        rank, seen = -(-self.departed() * percent // 100), 0
        for delay in sorted(self.delays):
            seen += self.delays[delay]
            if seen >= rank:
                return delay
        return None

    def late(self, late_after):
        return sum(count for delay, count in self.delays.items() if delay >= late_after)


def open_text(path):
    return gzip.open(path, "rt", encoding="ascii", newline="")


def weather_class(classes, value):
    if value == "NA":
        return UNKNOWN
    number = float(value)
    return next(label for bound, label in classes if bound is None or number < bound)


def read_weather(folder):
    """(airport, hour in UTC) -> one class for each kind of weather."""
    weather = {}
    for path in sorted(folder.glob("*.csv.gz")):
        with open_text(path) as file:
            for row in csv.DictReader(file):
                weather[row["origin"], row["time_hour"]] = tuple(
                    weather_class(classes, row[column]) for column, classes in WEATHER.values()
                )
    return weather


def number(text):
    return None if text == "NA" else int(text)


def read_flights(folder, weather, tables, carriers, log):
    """Adds every flight to its group in every table. Files are read one by one, so memory stays small."""
    unknown = (UNKNOWN,) * len(WEATHER)
    for path in sorted(folder.glob("*.csv.gz")):
        started = time.monotonic()
        this_month = Group()
        with open_text(path) as file:
            for row in csv.DictReader(file):
                day = (int(row["month"]), int(row["day"]))
                delay = number(row["dep_delay"])
                this_month.add(day, delay)
                keys = {
                    "airport": row["origin"],
                    "carrier": carriers[row["carrier"]],
                    "destination": row["dest"],
                    "hour": f"{int(row['hour']):02}:00",
                }
                keys.update(zip(WEATHER, weather.get((row["origin"], row["time_hour"]), unknown)))
                for table, key in keys.items():
                    group = tables[table].get(key)
                    if group is None:
                        group = tables[table][key] = Group()
                    group.add(day, delay)
        month = path.name.split(".")[0]
        tables["month"][month] = this_month
        print(
            f"  {month}: {this_month.departed() + this_month.cancelled:6,} flights,"
            f" {this_month.cancelled:5,} cancelled, mean delay {this_month.mean():4.1f} min",
            flush=True,
        )
        log.append(f"{month} {time.monotonic() - started:.2f} s")


def resample(groups, rounds, seed):
    """95 % intervals of the mean delay, by drawing whole days (flights of one day share their weather)."""
    days = sorted({day for group in groups for day in group.days})
    series = [
        ([group.days.get(day, (0, 0))[0] for day in days], [group.days.get(day, (0, 0))[1] for day in days])
        for group in groups
    ]
    means = [[] for _ in groups]
    # Only random() returns the same numbers in every version of Python.
    draw = random.Random(seed).random
    for done in range(1, rounds + 1):
        drawn = [int(draw() * len(days)) for _ in days]
        for (sums, counts), group_means in zip(series, means):
            departed = sum(map(counts.__getitem__, drawn))
            if departed:
                group_means.append(sum(map(sums.__getitem__, drawn)) / departed)
        if done % max(1, rounds // 4) == 0:
            print(f"  {done:,} of {rounds:,} rounds", flush=True)
    intervals = []
    for group_means in means:
        group_means.sort()
        cut = len(group_means) // 40
        low_high = (group_means[cut], group_means[-1 - cut]) if group_means else ()
        intervals.append([f"{bound:.1f}" for bound in low_high] or ["NA", "NA"])
    return intervals


COLUMNS = [
    "departed",
    "cancelled",
    "cancelled_percent",
    "mean_delay",
    "median_delay",
    "p90_delay",
    "late_percent",
]


def describe(group, late_after):
    departed = group.departed()
    return [
        str(departed),
        str(group.cancelled),
        percent(group.cancelled, departed + group.cancelled),
        "NA" if departed == 0 else f"{group.mean():.1f}",
        "NA" if departed == 0 else str(group.percentile(50)),
        "NA" if departed == 0 else str(group.percentile(90)),
        percent(group.late(late_after), departed),
    ]


def percent(part, whole):
    return f"{100 * part / whole:.1f}" if whole else "NA"


def write_csv(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="ascii", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def text_table(header, rows, left=1):
    """Lines with aligned columns, the first `left` of them to the left."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]

    def line(row):
        cells = (
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        )
        return "  ".join(cells).rstrip()

    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    return [rule, line(header), rule, *map(line, rows), rule]


def write_tables(folder, tables, intervals, late_after):
    """One file for each way to group the flights, the weather's in a folder of their own."""
    for name, groups in tables.items():
        if name not in WEATHER:
            rows = [[key, *describe(groups[key], late_after)] for key in sorted(groups)]
            write_csv(folder / f"by-{name}.csv", [name, *COLUMNS], rows)
            continue
        rows = [
            [label, *describe(groups[label], late_after), *intervals[name, label]]
            for label in labels(name)
            if label in groups
        ]
        header = [name, *COLUMNS, "mean_low", "mean_high"]
        write_csv(folder / "weather" / f"by-{name}.csv", header, rows)


def labels(kind):
    return [*(label for _, label in WEATHER[kind][1]), UNKNOWN]


def weather_table(tables, intervals, late_after):
    rows = []
    for kind in WEATHER:
        for label in labels(kind):
            if label == UNKNOWN or label not in tables[kind]:
                continue
            departed, _, cancelled, mean, _, _, late = describe(tables[kind][label], late_after)
            interval = " to ".join(intervals[kind, label])
            rows.append([kind, label, f"{int(departed):,}", cancelled, mean, interval, late])
    header = ["weather", "class", "departed", "cancelled %", "mean delay", "95 % interval", "late %"]
    return text_table(header, rows, left=2)


def write_report(path, title, note, sections):
    lines = [f"# {title}", "", note]
    for heading, table in sections:
        lines += ["", f"## {heading}", "", "```text", *table, "```"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("flights", "weather", "airlines", "report", "tables"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--title", required=True)
    parser.add_argument("--late-after", type=int, required=True, metavar="MINUTES")
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    late_after = options.late_after
    log = []

    print("Reading the weather ...", flush=True)
    weather = read_weather(options.weather)
    print(f"  {len(weather):,} hours at {len({airport for airport, _ in weather})} airports")
    with open(options.airlines, encoding="ascii", newline="") as file:
        carriers = {row["carrier"]: row["name"] for row in csv.DictReader(file)}

    print("Joining the flights ...", flush=True)
    tables = {name: {} for name in ["month", "hour", "airport", "carrier", "destination", *WEATHER]}
    read_flights(options.flights, weather, tables, carriers, log)
    if not tables["month"]:
        raise SystemExit(f"analyse: no *.csv.gz in {options.flights}")

    print("Resampling the days ...", flush=True)
    started = time.monotonic()
    classes = [(kind, label) for kind in WEATHER for label in labels(kind) if label in tables[kind]]
    resampled = resample([tables[kind][label] for kind, label in classes], options.rounds, options.seed)
    intervals = dict(zip(classes, resampled))
    log.append(f"resampling {time.monotonic() - started:.2f} s")

    write_tables(options.tables, tables, intervals, late_after)
    # This file differs in each run. The output filter of the demand excludes it.
    (options.tables / "timing.log").write_text("\n".join(log) + "\n", encoding="ascii")

    by_carrier, by_month = tables["carrier"], tables["month"]
    most_delayed_first = sorted(by_carrier, key=lambda name: (-by_carrier[name].mean(), name))
    by_weather = weather_table(tables, intervals, late_after)
    carrier_rows = [[name, *describe(by_carrier[name], late_after)] for name in most_delayed_first]
    month_rows = [[name, *describe(by_month[name], late_after)] for name in sorted(by_month)]
    write_report(
        options.report,
        options.title,
        f"Delays are in minutes; a departure is late from {late_after} minutes on. The interval is for the"
        f" mean delay, from {options.rounds:,} draws of whole days.",
        [
            ("By weather", by_weather),
            ("By airline, most delayed first", text_table(["airline", *COLUMNS], carrier_rows)),
            ("By month", text_table(["month", *COLUMNS], month_rows)),
        ],
    )

    print()
    print(options.title)
    print("\n".join(by_weather))


if __name__ == "__main__":
    main()
