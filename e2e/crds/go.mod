// Pins the custom resource definitions that staging and production are
// previewed against. Nothing is compiled.
module forecast-stack/e2e/crds

go 1.24.0

require (
	github.com/cloudnative-pg/cloudnative-pg v1.27.0
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
