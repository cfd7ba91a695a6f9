// Command pulumi-resource-kubernetes is Pulumi's Kubernetes provider.
//
// The provider module's own main embeds two files that its release process
// generates, so it does not build from the module proxy. This main embeds the
// same two files, which the toolchain build copies out of the module cache
// (cmd/pulumi-resource-kubernetes/ of the module) next to this file first.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() {
	provider.Serve("kubernetes", version.Version, schema, terraformMapping)
}
