/**
 * What is used of the Kubernetes client by what a process may do without: it takes
 * long to load, so that this file is imported when it is needed. An import() of the
 * package itself would keep all of it in the bundle.
 */
export { AuthenticationV1Api, CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions, V1SelfSubjectReview } from "@kubernetes/client-node";
