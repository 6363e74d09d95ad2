#!/usr/bin/env python3
"""Prints the cases of python_decimal.tsv: arithmetic done by Python's decimal module, an independent implementation.

Columns: operation, a, b, scale, rounding, result. "-" stands for "not used", "overflow" for a result that Decimal must
refuse. Regenerate with:  python3 generate.py > python_decimal.tsv
"""

import decimal
import random
from decimal import Decimal

decimal.getcontext().prec = 200
ROUNDINGS = {
    "kHalfEven": decimal.ROUND_HALF_EVEN,
    "kHalfUp": decimal.ROUND_HALF_UP,
    "kDown": decimal.ROUND_DOWN,
    "kFloor": decimal.ROUND_FLOOR,
    "kCeiling": decimal.ROUND_CEILING,
}
LIMIT = 2**127 - 1


def plain(value):
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "0") else text


def fits(value):
    """Whether the value has at most 18 fraction digits and a 128-bit coefficient in lowest terms."""
    text = plain(value)
    digits = len(text.partition(".")[2])
    return digits <= 18 and abs(int(text.replace(".", ""))) <= LIMIT


def number(rng):
    digits = rng.choice([0, 0, 1, 2, 2, 3, 5, 8, 12, 18])
    magnitude = rng.choice([1, 2, 3, 5, 9, 12, 18])
    coefficient = rng.randrange(10 ** min(magnitude + digits, 36))
    if rng.random() < 0.2:
        coefficient = coefficient // 1000 * 1000
    value = Decimal(coefficient).scaleb(-digits)
    return -value if rng.random() < 0.4 else value


def emit(operation, a, b, scale, rounding, result):
    print("\t".join([operation, plain(a), "-" if b is None else plain(b), str(scale), rounding, result]))


def main():
    rng = random.Random(20240229)
    for _ in range(150):
        a, b = number(rng), number(rng)
        emit("add", a, b, "-", "-", plain(a + b) if fits(a + b) else "overflow")
        product = a * b
        # The coefficients are multiplied before the result is reduced, so the raw product must fit, too.
        raw = int(plain(a).replace(".", "")) * int(plain(b).replace(".", ""))
        emit("multiply", a, b, "-", "-", plain(product) if fits(product) and abs(raw) <= LIMIT else "overflow")
        emit("compare", a, b, "-", "-", str(int(a.compare(b))))
    for _ in range(60):
        a, scale = number(rng), rng.randrange(9)
        tie = number(rng).quantize(Decimal(1).scaleb(-scale), decimal.ROUND_DOWN) + Decimal(5).scaleb(-scale - 1)
        for name, mode in ROUNDINGS.items():
            for value in (a, tie):
                emit("rescale", value, None, scale, name, plain(value.quantize(Decimal(1).scaleb(-scale), mode)))
    count = 0
    while count < 60:
        a, b, scale = number(rng), number(rng), rng.randrange(19)
        if b == 0 or abs(a / b) >= Decimal(10) ** 18:
            continue
        if rng.random() < 0.3:  # an exact tie
            b = Decimal(rng.choice([2, 4, 8, 16, -2, 20, 500]))
        count += 1
        for name, mode in ROUNDINGS.items():
            emit("divide", a, b, scale, name, plain((a / b).quantize(Decimal(1).scaleb(-scale), mode)))


main()
