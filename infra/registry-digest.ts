/** Where an image's manifest is found: `redis` is `library/redis` of the default registry. */
export interface ManifestAddress {
  readonly origin: string;
  readonly repository: string;
}

const defaultRegistry = "registry-1.docker.io";

/** Reads an image name as container tools do: a first part with a dot or a port is a registry. */
export function manifestAddress(name: string): ManifestAddress {
  const [first = "", ...rest] = name.split("/");
  if (rest.length > 0 && /[.:]/.test(first)) return { origin: `${first.startsWith("127.0.0.1") ? "http" : "https"}://${first}`, repository: rest.join("/") };
  return { origin: `https://${defaultRegistry}`, repository: rest.length === 0 ? `library/${name}` : name };
}

const manifestTypes = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];

/**
 * Asks a registry for the digest that a tag has now, for all platforms at once
 * where there are several. Throws, naming image and answer, when it has none.
 */
export async function lookUpDigest(name: string, tag: string): Promise<string> {
  const { origin, repository } = manifestAddress(name);
  const url = `${origin}/v2/${repository}/manifests/${tag}`;
  const accept = manifestTypes.join(", ");
  const open = await fetch(url, { method: "HEAD", headers: { accept } }).catch((cause: unknown) => {
    throw new Error(`${name}:${tag}: ${origin} cannot be reached.`, { cause });
  });
  const answer = open.status === 401 ? await fetch(url, { method: "HEAD", headers: { accept, authorization: `Bearer ${await anonymousToken(open.headers.get("www-authenticate") ?? "")}` } }) : open;
  const digest = answer.headers.get("docker-content-digest");
  if (!answer.ok || digest === null || !/^sha256:[a-f0-9]{64}$/.test(digest)) throw new Error(`${name}:${tag}: the registry answered ${answer.status} without a digest.`);
  return digest;
}

/** The token that a registry gives to everybody, from where its challenge says. */
async function anonymousToken(challenge: string): Promise<string> {
  const parameters = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]));
  const realm = parameters.get("realm");
  if (realm === undefined) throw new Error(`The registry asks for something other than a token: ${challenge}`);
  parameters.delete("realm");
  const answer = await fetch(`${realm}?${new URLSearchParams([...parameters]).toString()}`);
  const body = (await answer.json()) as { readonly token?: string; readonly access_token?: string };
  const token = body.token ?? body.access_token;
  if (token === undefined) throw new Error(`${realm} answered ${answer.status} without a token.`);
  return token;
}
