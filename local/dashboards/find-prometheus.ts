import { askNow, QueryError } from "@forecast-stack/dashboards/check/prometheus-api.ts";
import { CommandError, run } from "../run.ts";
import { stackEnvironment } from "../stack/environment.ts";

/** There is no Prometheus to draw from; the message says what to do. */
export class NoPrometheusError extends Error {}

/**
 * The Prometheus of a stack in the embedded cluster, or the one that is given, once it has answered.
 *
 * @param given its URL as a person writes it
 * @throws NoPrometheusError when there is none, or something else answers
 */
export async function findPrometheus(stack: string, given: string | undefined): Promise<string> {
  const url = (given ?? (await addressInCluster(stack))).replace(/\/+$/, "");
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new NoPrometheusError(`“${url}” is no address of a Prometheus: give one such as http://127.0.0.1:9090.`);
  try {
    await askNow({ url }, "1");
  } catch (error) {
    if (error instanceof QueryError) throw new NoPrometheusError(error.message);
    throw error;
  }
  return url;
}

async function addressInCluster(stack: string): Promise<string> {
  try {
    const address = await run("kubectl", ["--namespace", `forecast-${stack}`, "get", "service", "prometheus", "-o", "jsonpath={.spec.clusterIP}"], { env: { ...process.env, ...stackEnvironment(process.env["PATH"] ?? "") }, timeout: 20_000 });
    return `http://${address}:9090`;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new NoPrometheusError(`The stack ${stack} has no Prometheus in the embedded cluster: npm start brings dev up, and --prometheus URL names another.`);
  }
}
