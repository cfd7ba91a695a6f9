import { join } from "node:path";
import { isRunning, stopCluster } from "./cluster/stop.ts";
import { ensurePackages } from "./packages/ensure-packages.ts";
import { paths } from "./paths.ts";
import { step } from "./progress.ts";

if (!isRunning()) {
  process.stdout.write("The cluster is not running.\n");
} else {
  const { bin } = await ensurePackages({ cacheDir: paths.cache, report: () => undefined });
  await step("Cluster stopped; its data stays", (note) => stopCluster(join(bin, "ctr"), note));
  process.stdout.write("npm start brings it back.\n");
}
