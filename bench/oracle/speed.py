"""CPU seconds that statsforecast needs for the series that bench/models.ts sends.

Reads {"horizon", "repeats", "seasonLength", "series"} from standard input and
writes {"version", "seconds": {model: [of each repetition]}}. The models are
called directly, without data frames: the fastest way that statsforecast offers.
"""

import json
import sys
import time
from importlib.metadata import version

import numpy as np
from statsforecast.models import TSB, CrostonClassic, CrostonSBA, HoltWinters, SimpleExponentialSmoothingOptimized

LEVELS = [80, 95]


def main() -> None:
    request = json.load(sys.stdin)
    series = [np.array(values, dtype=np.float64) for values in request["series"]]
    # Called this way, only Holt-Winters has an interval; the models of this project always give both.
    models = {
        "holt-winters": (HoltWinters(season_length=request["seasonLength"]), LEVELS),
        "exponential-smoothing": (SimpleExponentialSmoothingOptimized(), None),
        "croston": (CrostonClassic(), None),
        "sba": (CrostonSBA(), None),
        "tsb": (TSB(alpha_d=0.1, alpha_p=0.1), None),
    }
    seconds = {}
    for name, (model, level) in models.items():
        model.forecast(y=series[0], h=request["horizon"], level=level)
        seconds[name] = []
        for _ in range(request["repeats"]):
            before = time.process_time()
            for values in series:
                model.forecast(y=values, h=request["horizon"], level=level)
            seconds[name].append(time.process_time() - before)
    json.dump({"version": version("statsforecast"), "seconds": seconds}, sys.stdout)


main()
