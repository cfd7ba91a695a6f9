/**
 * What processes use of the Kubernetes client. It takes long to load, so it is
 * imported when it is needed, and only what is named here is part of the bundle.
 */
export { AuthenticationV1Api, CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions, V1SelfSubjectReview } from "@kubernetes/client-node";
