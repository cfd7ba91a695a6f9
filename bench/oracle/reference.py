"""Reference forecasts of statsforecast for the series of write-series.ts.

    python reference.py series.json app/src/forecasting/oracle

writes one JSON file per model: the forecast of the holdout (one number where it
is flat) and three RMSSE, all in units of the seasonal naive forecast's error in
the history:

- historyRmsse: one period ahead over the second half of the history, where the
  starting values no longer matter;
- oneStepRmsse: one period ahead over the holdout, with the parameters found in
  the history;
- holdoutRmsse: the holdout, forecast in one go from the end of the history.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
from statsforecast.models import (
    TSB,
    CrostonClassic,
    CrostonSBA,
    HoltWinters,
    SimpleExponentialSmoothing,
    SimpleExponentialSmoothingOptimized,
)

MODELS = {
    "holt-winters": lambda season: HoltWinters(season_length=season, error_type="A"),
    "exponential-smoothing": lambda _: SimpleExponentialSmoothingOptimized(),
    "croston": lambda _: CrostonClassic(),
    "sba": lambda _: CrostonSBA(),
    "tsb": lambda _: TSB(alpha_d=0.1, alpha_p=0.1),
}


def rounded(value: float) -> float:
    """Twelve significant digits: more than any comparison needs, the same on every machine."""
    return float(f"{value:.12g}")


def root_mean_square(errors: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(errors))))


def one_step_ahead(model, history: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """What the model, with the parameters found in the history, expected of every period."""
    if isinstance(model, HoltWinters):
        return model.fit(history).forward(y=whole, h=1, fitted=True)["fitted"]
    if isinstance(model, SimpleExponentialSmoothingOptimized):
        model = SimpleExponentialSmoothing(alpha=model.fit(history).model_["alpha"])
    # The others have no parameters to find.
    return model.forecast(y=whole, h=1, fitted=True)["fitted"]


def reference(make, series: dict) -> dict:
    # The models work in the precision of their input.
    history = np.array(series["history"], dtype=np.float64)
    holdout = np.array(series["holdout"], dtype=np.float64)
    season, known, half = series["seasonLength"], len(history), len(history) // 2
    naive = root_mean_square(history[season:] - history[:-season])
    points = make(season).forecast(y=history, h=len(holdout))["mean"]
    expected = one_step_ahead(make(season), history, np.concatenate([history, holdout]))
    return {
        "sku": series["sku"],
        "forecast": rounded(points[0]) if np.all(points == points[0]) else [rounded(point) for point in points],
        "historyRmsse": rounded(root_mean_square(history[half:] - expected[half:known]) / naive),
        "oneStepRmsse": rounded(root_mean_square(holdout - expected[known:]) / naive),
        "holdoutRmsse": rounded(root_mean_square(holdout - points) / naive),
    }


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit("usage: python reference.py SERIES.json DIRECTORY")
    all_series = json.loads(Path(sys.argv[1]).read_text())
    for name, make in MODELS.items():
        # One series per line, so that a difference is seen as one.
        lines = ",\n".join(f"    {json.dumps(reference(make, series))}" for series in all_series)
        source = json.dumps(f"statsforecast {version('statsforecast')}")
        Path(sys.argv[2], f"{name}.json").write_text(f'{{\n  "source": {source},\n  "series": [\n{lines}\n  ]\n}}\n')


main()
