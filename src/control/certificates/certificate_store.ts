import type { ServerCertificate } from "../../model/http_policy.ts";
import { type FileKind, FileStore, type FileStoreOptions } from "../files/file_store.ts";
import { type ReadTextFile, readTextFile } from "../files/read_text_file.ts";
import {
  type AppCertificates,
  certificatePaths,
  NO_CERTIFICATES,
  readAppCertificates,
} from "./app_certificates.ts";
import { CertificateReader } from "./certificate_reader.ts";
import { type PairTrials, pairTrials } from "./pair_trials.ts";
import { failedTrial } from "./read_certificates.ts";

/** What a store is made from. */
export interface CertificateStoreOptions extends FileStoreOptions {
  /** Reads files; from the disk unless given. */
  readonly read?: ReadTextFile;
  /** Tries certificates; those of the process unless given. */
  readonly trials?: PairTrials;
}

/** Holds the certificates of the apps, and looks after their files. */
export class CertificateStore extends FileStore<AppCertificates, ServerCertificate> {
  constructor(options: CertificateStoreOptions) {
    super(certificateKind(options), options);
  }
}

function certificateKind(
  { clock, read = readTextFile, trials = pairTrials }: CertificateStoreOptions,
): FileKind<AppCertificates, ServerCertificate> {
  return {
    none: NO_CERTIFICATES,
    code: "certificate",
    words: {
      replaced: "certificates_replaced",
      restored: "certificates_restored",
      doubtful: "certificate_doubtful",
      unusable: "certificates_refused",
      restless: "The files of certificates change all the time",
    },
    paths: certificatePaths,
    reader: () => {
      const reader = new CertificateReader(read, clock.wallTime());
      return (app, untried) => {
        const result = readAppCertificates(app, reader);
        if (!result.ok || result.value.certificate === null || app.tls === null) return result;
        const failure = trials.failure(result.value.certificate);
        if (failure === undefined) untried.push(result.value.certificate);
        return typeof failure === "string"
          ? { ok: false, problems: [failedTrial(app.tls, failure)] }
          : result;
      };
    },
    settle: (untried) => trials.settle(untried),
    isSame: (a, b) =>
      a.certificate?.cert === b.certificate?.cert && a.certificate?.key === b.certificate?.key &&
      a.caCerts.join() === b.caCerts.join(),
  };
}
