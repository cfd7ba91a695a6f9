import { oracleSeries } from "../../app/src/forecasting/oracle/oracle-series.ts";

// node bench/oracle/write-series.ts > series.json: the input of reference.py.
const series = oracleSeries().map(({ history, holdout, ...rest }) => ({ ...rest, history: [...history], holdout: [...holdout] }));
process.stdout.write(`${JSON.stringify(series)}\n`);
