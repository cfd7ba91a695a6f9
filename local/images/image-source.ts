import { imageSourceSchema, type ImageSource } from "./images-manifest.ts";

/** Where images without a host in their name come from. */
const DEFAULT_REGISTRY = "https://registry-1.docker.io/v2/";
const TIMEOUT_MILLISECONDS = 3000;

/**
 * Decides where images come from: FORECAST_STACK_IMAGES where it is set, else whether a registry answers.
 * @throws when FORECAST_STACK_IMAGES has another value than registry or debian
 */
export async function chooseImageSource(environment: NodeJS.ProcessEnv = process.env, registry: string = DEFAULT_REGISTRY): Promise<ImageSource> {
  const wanted = environment["FORECAST_STACK_IMAGES"];
  if (wanted !== undefined && wanted !== "") {
    const parsed = imageSourceSchema.safeParse(wanted);
    if (!parsed.success) throw new Error(`FORECAST_STACK_IMAGES is "${wanted}"; allowed are registry and debian`);
    return parsed.data;
  }
  return (await registryAnswers(registry)) ? "registry" : "debian";
}

/**
 * Whether an image registry answers at `url` within three seconds. A login page or a proxy's refusal is no registry:
 * only one says which version of the registry protocol it speaks.
 */
export async function registryAnswers(url: string, timeoutMilliseconds: number = TIMEOUT_MILLISECONDS): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMilliseconds), redirect: "manual" });
    await response.body?.cancel();
    return response.headers.get("docker-distribution-api-version") === "registry/2.0";
  } catch {
    return false;
  }
}
