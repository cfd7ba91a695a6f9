import { createHash } from "node:crypto";
import { type CheckpointResource, type Deployment, outputsOf } from "../releases/checkpoint.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { imagesOf } from "./plan.ts";
import { isProvider, parseUrn } from "./urn.ts";

/**
 * Today's release with one component, and everything in it, as the target had
 * it: for example the service alone, while databases and monitoring stay.
 *
 * @param part the component's name, as `releases show --json` lists it
 * @throws ReleaseError when the target has no such component
 */
export function onlyPart(target: Deployment, today: Deployment, part: string): Deployment {
  const [then, now] = [membersOf(target, part), membersOf(today, part)];
  if (then.length === 0) {
    const parts = target.resources.filter(({ custom, type }) => !custom && type !== "pulumi:pulumi:Stack").map(({ urn }) => parseUrn(urn).name);
    throw new ReleaseError(`That release has no part ${part}; it has ${[...new Set(parts)].sort().join(", ")}.`);
  }
  const replaced = new Set(now.map(({ urn }) => urn));
  const known = new Set(today.resources.map(({ urn }) => urn));
  // A provider that only the target knows comes along; what the part read from others is today's.
  const providers = target.resources.filter(({ urn, type }) => isProvider(type) && !known.has(urn));
  const others = today.resources.filter(({ urn }) => !replaced.has(urn));
  const root = others.findIndex(({ type }) => type === "pulumi:pulumi:Stack");
  return { ...today, resources: [...others.map((resource, index) => (index === root ? { ...resource, outputs: mixedOutputs(target, today, then, part) } : resource)), ...providers, ...then] };
}

/** The component and what is in it, in the recorded order. */
function membersOf({ resources }: Deployment, part: string): CheckpointResource[] {
  const members = new Set<string>();
  return resources.filter(({ urn, custom, parent }) => {
    const inside = (!custom && parseUrn(urn).name === part) || (parent !== undefined && members.has(parent));
    if (inside) members.add(urn);
    return inside;
  });
}

/** What such a mixture tells of itself: the part's images and accepted schemas, and a name that is neither release's. */
function mixedOutputs(target: Deployment, today: Deployment, then: readonly CheckpointResource[], part: string): Record<string, unknown> {
  const [before, now] = [outputsOf(target), outputsOf(today)];
  const used = new Set(imagesOf({ ...target, resources: [...then] }));
  const images = { ...(now["images"] as object | undefined), ...Object.fromEntries(Object.entries((before["images"] ?? {}) as Record<string, unknown>).filter(([, image]) => used.has(String(image)))) };
  const name = `${String(now["fingerprint"])} with ${part} of ${String(before["fingerprint"])}`;
  return { ...now, images, ...("schemaRange" in before ? { schemaRange: before["schemaRange"] } : {}), fingerprint: createHash("sha256").update(name).digest("hex").slice(0, 16) };
}
