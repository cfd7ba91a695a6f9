import { join } from "node:path";

/** One `go build`: a module of `local/toolchain/`, the package in it and the file that comes out. */
export interface Program {
  readonly output: string;
  readonly package: string;
  readonly ldflags: string;
  /** Further flags of `go build`. */
  readonly flags?: readonly string[];
  /** Other names by which the program is called. */
  readonly links?: readonly string[];
}

export interface Recipe {
  /** Folder below `local/toolchain/` with its own go.mod and go.sum. */
  readonly module: string;
  readonly programs: readonly Program[];
  /** Files that the build embeds and that only exist inside another module of the cache. */
  /** Folder below the toolchain where the programs are found; `bin`, which is on PATH, unless told. */
  readonly linkInto?: string;
  readonly embed?: { readonly module: string; readonly files: readonly string[] };
}

export const KUBERNETES_VERSION = "1.34.4";
export const PULUMI_VERSION = "3.225.0";
/** Matched by @pulumi/kubernetes in infra/package.json. */
export const KUBERNETES_PROVIDER_VERSION = "4.25.0";
/** Where the CLI looks for the provider, below a folder of plugins. */
export const KUBERNETES_PROVIDER_FOLDER = `resource-kubernetes-v${KUBERNETES_PROVIDER_VERSION}`;

const KUBERNETES_PROGRAMS = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"];
const [major, minor] = KUBERNETES_VERSION.split(".");
const versionPackage = "k8s.io/component-base/version";
const pulumiVersion = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${PULUMI_VERSION}`;
const stripped = "-s -w";

/** What the embedded cluster runs. */
export const kubernetes: Recipe = {
  module: "kubernetes",
  programs: [
    {
      output: "forecast-kubernetes",
      package: ".",
      ldflags: `${stripped} -X ${versionPackage}.gitVersion=v${KUBERNETES_VERSION} -X ${versionPackage}.gitMajor=${major ?? ""} -X ${versionPackage}.gitMinor=${minor ?? ""}`,
      links: KUBERNETES_PROGRAMS,
    },
    { output: "coredns", package: "./coredns", ldflags: stripped },
    { output: "metrics-server", package: "sigs.k8s.io/metrics-server/cmd/metrics-server", ldflags: stripped },
    { output: "pause", package: "./pause", ldflags: stripped },
    { output: "kube-state-metrics", package: "k8s.io/kube-state-metrics/v2", ldflags: stripped },
  ],
};

export const PROMETHEUS_3_VERSION = "3.13.5";

/** A Prometheus of the next major version, for the proof that rules and configurations are right on it, too. */
export const prometheus3: Recipe = {
  module: "prometheus-3",
  // Not on PATH: the images and the tests are Debian's 2.42.
  linkInto: "prometheus-3",
  programs: ["prometheus", "promtool"].map((name) => ({ output: name, package: `github.com/prometheus/prometheus/cmd/${name}`, ldflags: `${stripped} -X github.com/prometheus/common/version.Version=${PROMETHEUS_3_VERSION}` })),
};

/** What `pulumi up` needs. */
export const pulumi: readonly Recipe[] = [
  {
    module: "provider-kubernetes",
    // Not on PATH: the CLI warns at every run about a provider that it finds there.
    linkInto: join("plugins", KUBERNETES_PROVIDER_FOLDER),
    embed: {
      module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
      files: ["cmd/pulumi-resource-kubernetes/schema.json", "cmd/pulumi-resource-kubernetes/terraform-mapping.json"],
    },
    programs: [
      {
        output: "pulumi-resource-kubernetes",
        package: ".",
        ldflags: `${stripped} -X github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=${KUBERNETES_PROVIDER_VERSION}`,
        // The generated Go SDK is linked but never runs: compiling it without
        // optimisation saves about a third of this module's build.
        flags: ["-gcflags=github.com/pulumi/pulumi-kubernetes/sdk/v4/...=-N -l"],
      },
    ],
  },
  { module: "pulumi", programs: [{ output: "pulumi", package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", ldflags: `${stripped} ${pulumiVersion}` }] },
  {
    module: "language-nodejs",
    programs: [
      {
        output: "pulumi-language-nodejs",
        package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
        ldflags: `${stripped} ${pulumiVersion}`,
      },
    ],
  },
];
