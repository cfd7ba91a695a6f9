import "reflect-metadata";
import { createPrivateKey, X509Certificate as ParsedCertificate } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { cluster } from "./layout.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY = 86_400_000;
const CA_DAYS = 3650;
const LEAF_DAYS = 365;
/** A certificate with less than this left is issued anew at the next start. */
const RENEW_BEFORE_DAYS = 90;

/** Who a certificate is for: a Kubernetes user and group, and the names it serves, if it serves. */
export interface CertificateRequest {
  readonly name: string;
  readonly commonName: string;
  readonly organization?: string;
  readonly serves?: readonly JsonGeneralName[];
}

const local: JsonGeneralName = { type: "ip", value: "127.0.0.1" };
const node: JsonGeneralName = { type: "ip", value: cluster.nodeAddress };
const dns = (value: string): JsonGeneralName => ({ type: "dns", value });

/** Every certificate signed by the cluster's authority. */
export const requests: readonly CertificateRequest[] = [
  { name: "etcd", commonName: "etcd", serves: [local] },
  {
    name: "apiserver",
    commonName: "kube-apiserver",
    serves: [
      ...["kubernetes", "kubernetes.default", "kubernetes.default.svc", `kubernetes.default.svc.${cluster.domain}`].map(dns),
      { type: "ip", value: cluster.apiServiceAddress },
      node,
      local,
    ],
  },
  { name: "apiserver-etcd", commonName: "kube-apiserver-etcd" },
  { name: "apiserver-kubelet", commonName: "kube-apiserver-kubelet", organization: "forecast-stack:kubelet-clients" },
  { name: "controller-manager", commonName: "system:kube-controller-manager", serves: [local] },
  { name: "scheduler", commonName: "system:kube-scheduler", serves: [local] },
  { name: "kubelet", commonName: `system:node:${cluster.node}`, organization: "system:nodes", serves: [dns(cluster.node), node] },
  { name: "proxy", commonName: "system:kube-proxy" },
  { name: "coredns", commonName: "forecast-stack:coredns" },
  { name: "metrics-server", commonName: "forecast-stack:metrics-server", serves: [dns("metrics-server.kube-system.svc"), node] },
  { name: "volumes", commonName: "forecast-stack:volumes" },
  { name: "admin", commonName: "forecast-stack:admin", organization: "system:masters" },
];

interface KeyPair {
  readonly certificate: X509Certificate;
  readonly keys: CryptoKeyPair;
}

/**
 * Makes sure that the folder holds the two authorities, every certificate of
 * `requests`, and the key that signs service-account tokens. What is there and
 * not about to expire stays, so pods and people keep their credentials.
 */
export async function ensureCertificates(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = await ensureAuthority(folder, "ca");
  for (const request of requests) await ensureLeaf(folder, request, authority);
  const frontProxy = await ensureAuthority(folder, "front-proxy-ca");
  await ensureLeaf(folder, { name: "front-proxy-client", commonName: "front-proxy-client" }, frontProxy);
  await ensureServiceAccountKey(folder);
}

async function ensureAuthority(folder: string, name: string): Promise<KeyPair> {
  const stored = await load(folder, name);
  if (stored !== undefined) return stored;
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=forecast-stack ${name}`,
    keys,
    signingAlgorithm: algorithm,
    ...validity(CA_DAYS),
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await store(folder, name, { certificate, keys });
  return { certificate, keys };
}

async function ensureLeaf(folder: string, request: CertificateRequest, authority: KeyPair): Promise<void> {
  if (await isGood(folder, request.name, authority)) return;
  const keys = await generateKeys();
  const organization = request.organization === undefined ? "" : `,O=${request.organization}`;
  const usages = [ExtendedKeyUsage.clientAuth, ...(request.serves === undefined ? [] : [ExtendedKeyUsage.serverAuth])];
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${request.commonName}${organization}`,
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: algorithm,
    ...validity(LEAF_DAYS),
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension(usages),
      await AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
      ...(request.serves === undefined ? [] : [new SubjectAlternativeNameExtension([...request.serves])]),
    ],
  });
  await store(folder, request.name, { certificate, keys });
}

/** Whether a stored certificate will do: not about to expire, of this authority, and of the key beside it. */
async function isGood(folder: string, name: string, authority: KeyPair): Promise<boolean> {
  const [stored, key] = await Promise.all(["crt", "key"].map((ending) => readFile(join(folder, `${name}.${ending}`), "utf8").catch(() => undefined)));
  if (stored === undefined || key === undefined) return false;
  const certificate = new ParsedCertificate(stored);
  const remaining = Date.parse(certificate.validTo) - Date.now();
  return remaining > RENEW_BEFORE_DAYS * DAY && certificate.checkPrivateKey(createPrivateKey(key)) && certificate.checkIssued(new ParsedCertificate(authority.certificate.toString("pem")));
}

async function ensureServiceAccountKey(folder: string): Promise<void> {
  const file = join(folder, "service-account.key");
  if ((await readFile(file).catch(() => undefined)) !== undefined) return;
  const keys = await generateKeys();
  await writeFile(join(folder, "service-account.pub"), await pem(keys.publicKey, "spki", "PUBLIC KEY"));
  await writeFile(file, await pem(keys.privateKey, "pkcs8", "PRIVATE KEY"), { mode: 0o600 });
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

/** Starts an hour in the past: a clock that is set back a little must not stop the cluster. */
function validity(days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + days * DAY) };
}

async function pem(key: CryptoKey, format: "pkcs8" | "spki", tag: string): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey(format, key), tag);
}

async function store(folder: string, name: string, pair: KeyPair): Promise<void> {
  await writeFile(join(folder, `${name}.key`), await pem(pair.keys.privateKey, "pkcs8", "PRIVATE KEY"), { mode: 0o600 });
  await writeFile(join(folder, `${name}.crt`), pair.certificate.toString("pem"));
}

async function load(folder: string, name: string): Promise<KeyPair | undefined> {
  const [certificate, key] = await Promise.all(
    ["crt", "key"].map((ending) => readFile(join(folder, `${name}.${ending}`), "utf8").catch(() => undefined)),
  );
  if (certificate === undefined || key === undefined) return undefined;
  const parsed = new X509Certificate(certificate);
  const privateKey = await crypto.subtle.importKey("pkcs8", PemConverter.decodeFirst(key), algorithm, true, ["sign"]);
  const publicKey = await crypto.subtle.importKey("spki", parsed.publicKey.rawData, algorithm, true, ["verify"]);
  return { certificate: parsed, keys: { privateKey, publicKey } };
}
