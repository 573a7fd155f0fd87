#!/usr/bin/python3
"""Units of three groups in slices of 3 to 120 units a group, for slices.csv.

    /usr/bin/python3 tests/golden/slices_data.py >tests/golden/slices_data.csv

Counts are the rows of PLACES and DEVICES: 29, 30 and 31 are beside the number of units from which a
slice weighs in Cochran's Q. The first line has the names; there is no room for a comment.
"""
import random

GROUPS = ("old", "new", "other")
PLACES = {"north": (120, 120, 120), "south": (60, 64, 29), "east": (30, 31, 30), "west": (31, 30, 31),
          "hill": (29, 30, 31), "dale": (30, 29, 30), "fen": (12, 9, 10), "isle": (3, 4, 5)}
DEVICES = {"phone": 0.8, "desk": 0.15, "watch": 0.05}


def main():
    random.seed(20261129)
    print("variant,place,device,spend,visits,before,bought")
    for place, counts in PLACES.items():
        for group, n in zip(GROUPS, counts):
            for _ in range(n):
                device = random.choices(list(DEVICES), DEVICES.values())[0]
                before = random.gauss(20, 4)
                lift = 1.5 if group == "new" and place in ("north", "isle") else 0
                print("%s,%s,%s,%.2f,%d,%.1f,%d" % (
                    group, place, device, before / 2 + random.gauss(10 + lift, 3),
                    random.randint(1, 9), before, random.random() < 0.3))


if __name__ == "__main__":
    main()
