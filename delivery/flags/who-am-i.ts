import { AuthenticationV1Api, type KubeConfig, V1SelfSubjectReview } from "@kubernetes/client-node";

/** Who the API server takes this caller for. */
export async function whoAmI(kubeConfig: KubeConfig): Promise<string> {
  const review = await kubeConfig.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: new V1SelfSubjectReview() });
  return review.status?.userInfo?.username ?? "unknown";
}
