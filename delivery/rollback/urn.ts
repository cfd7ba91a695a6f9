/** The parts of a URN: `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`. */
export interface UrnParts {
  readonly stack: string;
  readonly project: string;
  readonly type: string;
  readonly name: string;
}

export function parseUrn(urn: string): UrnParts {
  const [head = "", project = "", types = "", ...name] = urn.split("::");
  return { stack: head.slice(head.lastIndexOf(":") + 1), project, type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}

/** A recorded reference to a provider is its URN and its id, which is another one after a stack was destroyed and made again. */
export function providerReference(urn: string, id: string): string {
  return `${urn}::${id}`;
}

/** The provider's URN of such a reference. */
export function providerUrn(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("::"));
}

/** Whether resources of this type are providers. */
export function isProvider(type: string): boolean {
  return type.startsWith("pulumi:providers:");
}

/** Pulumi makes default providers itself, from the stack's configuration. */
export function isDefaultProvider(urn: string): boolean {
  const { type, name } = parseUrn(urn);
  return isProvider(type) && (name === "default" || name.startsWith("default_"));
}
