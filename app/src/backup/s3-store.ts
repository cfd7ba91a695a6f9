import { Readable } from "node:stream";
import { DeleteObjectCommand, GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { messageOf } from "../platform/thrown.ts";
import { BackupError } from "./backup-error.ts";
import type { BackupStore } from "./store.ts";

export interface S3Place {
  readonly bucket: string;
  /** Before every name, for example `production/`. */
  readonly prefix: string;
  readonly region: string;
  /** Of a store that is not Amazon's. */
  readonly endpoint: string | undefined;
}

/** Backups in a bucket of S3 or of whatever speaks its protocol; the credentials are read the way all of its clients do. */
export class S3Store implements BackupStore {
  readonly place: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor({ bucket, prefix, region, endpoint }: S3Place) {
    this.place = `s3://${bucket}/${prefix}`;
    this.#bucket = bucket;
    this.#prefix = prefix;
    // Names of buckets below other stores' hosts rarely resolve, and not all of them know checksums behind the content.
    this.#client = new S3Client({ region, ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" }) });
  }

  /** In parts, none of which is visible before the last one has arrived. */
  async put(object: string, content: Readable): Promise<void> {
    let broken: { readonly error: unknown } | undefined;
    content.once("error", (error) => (broken = { error }));
    const upload = new Upload({ client: this.#client, params: { Bucket: this.#bucket, Key: this.#prefix + object, Body: content } });
    await upload.done().catch(async (error: unknown) => {
      // What gave the content failed, not the store.
      if (broken !== undefined) throw broken.error;
      await this.#explain(Promise.reject(error as Error));
    });
  }

  async get(object: string): Promise<Readable> {
    const answer = await this.#explain(
      this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + object })).catch((error: unknown) => {
        if (error instanceof Error && error.name === "NoSuchKey") throw new BackupError("failed", `There is no ${object} in ${this.place}; backup list shows what there is.`);
        throw error;
      }),
    );
    if (!(answer.Body instanceof Readable)) throw new BackupError("storage", `${this.place} gave ${object} without its content.`);
    return Readable.from(this.#explainedPieces(object, answer.Body), { objectMode: false });
  }

  async list(): Promise<string[]> {
    const names: string[] = [];
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: this.#prefix });
    await this.#explain(
      (async () => {
        for await (const { Contents = [] } of pages) names.push(...Contents.map(({ Key = "" }) => Key.slice(this.#prefix.length)));
      })(),
    );
    return names.sort();
  }

  async remove(object: string): Promise<void> {
    await this.#explain(this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + object })));
  }

  /** A download that breaks off says so: what arrived must not be taken for all that there is. */
  async *#explainedPieces(object: string, body: Readable): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of body) yield piece as Uint8Array;
    } catch (error) {
      throw new BackupError("storage", `${this.place} broke off while ${object} was read: ${messageOf(error)}; nothing was changed.`, error);
    }
  }

  async #explain<Result>(work: Promise<Result>): Promise<Result> {
    return work.catch((error: unknown) => {
      if (error instanceof BackupError) throw error;
      throw new BackupError("storage", `${this.place} does not do what it is asked: ${messageOf(error).replace(/\.$/, "")}; earlier backups are untouched.`, error);
    });
  }
}
