import { spawnSync } from "node:child_process";

/**
 * What a case expects of the promtool on PATH. From Prometheus 3 on a window
 * does not include its first moment, so that an average over a day of values
 * that come every five minutes is over 288 of them, not 289.
 */
export function byMajorVersion<Value>({ two, three }: { readonly two: Value; readonly three: Value }): Value {
  const { stdout, stderr } = spawnSync("promtool", ["--version"], { encoding: "utf8" });
  return /promtool, version (\d+)\./.exec(`${stdout}${stderr}`)?.[1] === "2" ? two : three;
}
